"""Match lines and scheduled matches from one snapshot to the next: corrected, never doubled, never lost."""

import pytest

from etlimport.tests.sources import imported, line, match, roster, standing, two_teams
from leagues.models import MatchScore, ScheduledMatch

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
