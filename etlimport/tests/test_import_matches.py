"""Match lines and scheduled matches from one snapshot to the next: corrected, never doubled, never lost."""

import pytest

from etlimport.models import Alias
from etlimport.tests.sources import history, imported, line, match, roster, standing, two_teams
from leagues.models import Availability, MatchScore, PlayerHistory, ScheduledMatch, User

pytestmark = pytest.mark.django_db
FOUR = ("p1", "p2", "p5", "p6")
OTHERS = ("p3", "p4", "p7", "p8")


def season(*lines: dict) -> dict:
    return {"players": two_teams(), "match_history": [*lines]}


def test_the_same_four_may_play_twice_on_a_day(snapshot):
    imported(snapshot(**season(line(people=FOUR, Scores="6-1, 6-1"), line(people=FOUR, Scores="4-6, 6-7"))))
    before = set(MatchScore.objects.values_list("pk", "scores"))
    assert len(before) == 2
    imported(snapshot(**season(line(people=FOUR, Scores="6-1, 6-1"), line(people=FOUR, Scores="4-6, 6-7"), line())))
    assert before < set(MatchScore.objects.values_list("pk", "scores"))


def test_a_line_written_twice_in_every_word_is_a_duplicate(snapshot):
    run = imported(snapshot(**season(line(people=FOUR), line(people=FOUR))))
    assert MatchScore.objects.count() == 1
    assert run.counts["files"]["match_history.json"]["duplicate"] == 1


def test_a_line_that_gets_an_id_later_is_the_same_line(snapshot):
    imported(snapshot(**season(line(people=FOUR), line(people=OTHERS))))
    before = set(MatchScore.objects.values_list("pk", flat=True))
    imported(snapshot(**season(line(people=OTHERS, match_id="m2"), line(people=FOUR, match_id="m1"))))
    assert set(MatchScore.objects.values_list("pk", flat=True)) == before
    assert MatchScore.objects.get(source_id="m1").home_player_1.external_id == "p1"


def test_the_same_four_twice_who_get_ids_keep_both_lines(snapshot):
    twice = [line(people=FOUR, Scores="6-1, 6-1"), line(people=FOUR, Scores="4-6, 6-7")]
    imported(snapshot(**season(*twice)))
    imported(snapshot(**season(*(row | {"match_id": f"m{number}"} for number, row in enumerate(twice)))))
    assert set(MatchScore.objects.values_list("source_id", "scores")) == {("m0", "6-1, 6-1"), ("m1", "4-6, 6-7")}


def test_corrected_scores_change_the_row(snapshot):
    imported(snapshot(**season(line(people=FOUR))))
    before = MatchScore.objects.get()
    run = imported(snapshot(**season(line(people=FOUR, Scores="6-0, 6-0", Winner="away"))))
    after = MatchScore.objects.get()
    assert (after.pk, after.scores, after.winner) == (before.pk, "6-0, 6-0", "away")
    assert run.counts["things"]["match lines"]["updated"] == 1


def test_corrected_players_change_the_row(snapshot):
    imported(snapshot(**season(line(people=FOUR), line(people=OTHERS))))
    before = set(MatchScore.objects.values_list("pk", flat=True))
    imported(snapshot(**season(line(people=("p1", "p2", "p5", "p9")), line(people=OTHERS))))
    assert set(MatchScore.objects.values_list("pk", flat=True)) == before


def test_a_line_with_its_own_id_keeps_its_row_whatever_else_is_corrected(snapshot):
    imported(snapshot(**season(line(people=FOUR, match_id="m1"))))
    before = MatchScore.objects.get().pk
    imported(snapshot(**season(line(people=OTHERS, match_id="m1", Scores="6-4, 6-4"))))
    assert MatchScore.objects.get().pk == before


def test_lines_of_re_keyed_players_are_not_doubled(snapshot):
    imported(snapshot(**season(line(people=FOUR), line(people=OTHERS))))
    before = set(MatchScore.objects.values_list("pk", flat=True))

    def new(people):
        return tuple(f"new-{external_id}" for external_id in people)

    players = [row | {"Player ID": f"new-{row['Player ID']}"} for row in two_teams()]
    imported(snapshot(players=players, match_history=[line(people=new(FOUR)), line(people=new(OTHERS))]))
    assert set(MatchScore.objects.values_list("pk", flat=True)) == before


def test_a_line_without_ids_has_a_stable_key(snapshot):
    nobody = (None,) * 4
    names = {"Home Player 1": "Ann", "Home Player 2": "Bea", "Away Player 1": "Cy", "Away Player 2": "Di"}
    imported(snapshot(series_stats=[standing(), standing("Oak 1")], match_history=[line(people=nobody) | names]))
    before = set(MatchScore.objects.values_list("pk", "key", "updated_at"))
    swapped = names | {"Home Player 1": "Bea", "Home Player 2": "Ann"}
    imported(snapshot(match_history=[line(people=nobody) | swapped]))
    assert {row[:2] for row in MatchScore.objects.values_list("pk", "key")} == {row[:2] for row in before}


@pytest.mark.parametrize("written", ["09/24/2024", "2024-09-24", "24-Sep-24"])
def test_every_spelling_of_a_date_is_the_same_day(snapshot, written):
    imported(snapshot(**season(line(people=FOUR))))
    imported(snapshot(**season(line(people=FOUR, date=written))))
    assert MatchScore.objects.count() == 1


def test_a_match_on_a_new_day_is_the_same_match(snapshot):
    imported(snapshot(schedules=[match()]))
    before = ScheduledMatch.objects.get().pk
    imported(snapshot(schedules=[match(date="2024-10-01")]))
    found = ScheduledMatch.objects.get()
    assert (found.pk, found.date.month) == (before, 10)


def test_two_matches_of_the_same_teams_on_one_day_are_two(snapshot):
    imported(snapshot(schedules=[match(), match(time="08:00 pm"), match()]))
    assert ScheduledMatch.objects.count() == 2


def test_a_captain_without_a_team_of_opponents_keeps_the_label(snapshot):
    run = imported(snapshot(players=roster("Ann Hale"), match_history=[line("Elm 1", "Nowhere 7", FOUR)]))
    score = MatchScore.objects.get()
    assert (score.home_team.name, score.away_team, score.away_label) == ("Elm 1", None, "Nowhere 7")
    assert run.counts["files"]["match_history.json"]["rejected"] == 0


def test_a_line_with_an_id_of_its_own_replaces_no_other(snapshot):
    def numbered(number: int, source_id: str) -> dict:
        four = tuple(f"p{start + number}" for start in (10, 20, 30, 40))
        return line(people=four, line=number, match_id=source_id, Scores=f"6-{number}, 6-1")

    imported(snapshot(**season(numbered(1, "m1"), numbered(2, "m2"), numbered(3, "m3"))))
    third = MatchScore.objects.get(source_id="m3").pk
    imported(snapshot(**season(numbered(1, "m1"), numbered(2, "m2"), numbered(4, "m4"))))
    assert MatchScore.objects.get(source_id="m3").pk == third
    assert MatchScore.objects.count() == 4


def test_a_new_line_of_another_number_replaces_no_other(snapshot):
    imported(snapshot(**season(line(people=FOUR, line=1), line(people=OTHERS, line=2, Scores="6-0, 6-0"))))
    other = line(people=("p1", "p3", "p5", "p7"), line=3, Scores="7-5, 7-5")
    imported(snapshot(**season(line(people=FOUR, line=1), other)))
    assert sorted(MatchScore.objects.values_list("line", flat=True)) == [1, 2, 3]


@pytest.mark.parametrize("alias", [False, True])
def test_two_spellings_of_a_league_tell_one_line_once(snapshot, alias):
    if alias:
        Alias.objects.create(kind="league", label="North", means="NSTF")
    other = line(people=FOUR) | {"league_id": "North" if alias else "nstf"}
    run = imported(snapshot(**season(line(people=FOUR), other)))
    assert MatchScore.objects.count() == 1
    assert run.counts["files"]["match_history.json"]["duplicate"] == 1


def test_a_line_nobody_can_place_is_the_same_when_the_league_gets_another_code(snapshot):
    stray = line(home="Nowhere A", away="Nowhere B", people=("", "", "", ""))
    imported(snapshot(**season(stray)))
    Alias.objects.create(kind="league", label="NORTH", means="NSTF")
    players = [row | {"League": "NORTH"} for row in two_teams()]
    imported(snapshot(players=players, match_history=[stray | {"league_id": "NORTH"}]))
    assert MatchScore.objects.count() == 1


def entry(pti: int, series="S") -> dict:
    return {"date": "2024-09-24", "end_pti": pti, "series": series}


def ratings() -> list[int]:
    return sorted(PlayerHistory.objects.values_list("end_pti", flat=True))


def test_a_rating_of_a_day_is_itself_wherever_it_stands(snapshot):
    imported(snapshot(players=two_teams(), player_history=[history("p1", entry(30), entry(31))]))
    before = set(PlayerHistory.objects.values_list("pk", "end_pti"))
    imported(snapshot(players=two_teams(), player_history=[history("p1", entry(31))]))
    assert set(PlayerHistory.objects.values_list("pk", "end_pti")) == before
    imported(snapshot(players=two_teams(), player_history=[history("p1", entry(32), entry(31), entry(30))]))
    assert set(PlayerHistory.objects.values_list("pk", "end_pti")) > before
    assert ratings() == [30, 31, 32]


def test_a_corrected_rating_changes_the_row(snapshot):
    imported(snapshot(players=two_teams(), player_history=[history("p1", entry(30), entry(31))]))
    before = set(PlayerHistory.objects.values_list("pk", flat=True))
    imported(snapshot(players=two_teams(), player_history=[history("p1", entry(29), entry(31), entry(28))]))
    assert ratings() == [28, 29, 31]
    assert set(PlayerHistory.objects.values_list("pk", flat=True)) > before


def available(**match_fields) -> Availability:
    user = User.objects.create_user("ann@example.com", "secret")
    return Availability.objects.create(user=user, match=ScheduledMatch.objects.get(**match_fields), status="yes")


def scheduled(snapshot, *matches: dict, **options) -> None:
    imported(snapshot(players=two_teams(), schedules=[*matches]), **options)


MORNING, EVENING = match(time="09:00 am"), match(time="06:30 pm")


@pytest.mark.parametrize("rebuild", [False, True])
def test_an_availability_stays_with_its_hour_when_the_other_match_of_the_day_is_cancelled(snapshot, rebuild):
    scheduled(snapshot, MORNING, EVENING)
    late, early = available(time="18:30"), ScheduledMatch.objects.get(time="09:00")
    Availability.objects.create(user=late.user, match=early, status="no")
    scheduled(snapshot, EVENING, rebuild=rebuild)
    late.refresh_from_db()
    assert (late.match.time.hour, late.match.is_active) == (18, True)
    cancelled = Availability.objects.get(status="no").match
    assert (cancelled.time.hour, cancelled.is_active) == (9, False)


@pytest.mark.parametrize("rebuild", [False, True])
def test_an_availability_stays_with_its_hour_when_an_earlier_match_is_added(snapshot, rebuild):
    scheduled(snapshot, EVENING)
    answer = available()
    scheduled(snapshot, MORNING, EVENING, rebuild=rebuild)
    answer.refresh_from_db()
    assert answer.match.time.hour == 18
    assert ScheduledMatch.objects.filter(is_active=True).count() == 2


def test_a_match_without_a_time_comes_after_those_with_one(snapshot):
    scheduled(snapshot, match(time=""), EVENING)
    assert [found.time is None for found in ScheduledMatch.objects.order_by("occurrence")] == [False, True]


@pytest.mark.parametrize("rebuild", [False, True])
def test_an_availability_goes_with_its_match_to_a_new_day(snapshot, rebuild):
    scheduled(snapshot, match(date="09/24/2024"))
    answer = available()
    scheduled(snapshot, match(date="09/26/2024"), rebuild=rebuild)
    answer.refresh_from_db()
    assert (answer.match.date.day, answer.match.is_active) == (26, True)


def test_last_seasons_match_does_not_become_this_seasons(snapshot):
    scheduled(snapshot, match(date="09/24/2024"))
    answer = available()
    scheduled(snapshot, match(date="10/02/2025"))
    answer.refresh_from_db()
    assert (answer.match.date.year, answer.match.is_active) == (2024, False)


def test_a_match_that_was_played_does_not_move(snapshot):
    imported(snapshot(**season(line(people=FOUR)), schedules=[match()]))
    answer = available()
    imported(snapshot(**season(line(people=FOUR)), schedules=[match(date="10/02/2024")]))
    answer.refresh_from_db()
    assert answer.match.date.month == 9


def test_a_team_does_not_play_itself(snapshot):
    run = imported(snapshot(players=two_teams(), schedules=[match(), match(away="Elm 1")]))
    assert ScheduledMatch.objects.count() == 1
    assert run.rejected_rows.get().reason == "both sides are the same team"
