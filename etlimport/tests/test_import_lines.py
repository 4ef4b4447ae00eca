"""One match line is one line, whatever of it the source corrects; one that the source takes back is inactive."""

import pytest

from etlimport.models import ImportRun, RejectedRow
from etlimport.tests.sources import imported, line, match, roster, run_of, two_teams
from etlimport.undo import undo_run
from leagues.models import MatchScore, Team
from leagues.season import lines_of, results

pytestmark = pytest.mark.django_db
FOUR, OTHERS = ("p1", "p2", "p5", "p6"), ("p3", "p4", "p7", "p8")


def season(*lines: dict) -> dict:
    return {"players": two_teams(), "match_history": [*lines]}


def only_line() -> MatchScore:
    return MatchScore.objects.get()


def exchanged(row: dict) -> dict:
    """The same line with the visitors written first, its scores and its winner turned."""
    turned = {}
    for key in row:
        other = key.replace("Home", "\0").replace("Away", "Home").replace("\0", "Away")
        turned[other] = row[key]
    return turned | {"Scores": "1-6, 2-6", "Winner": "away"}


CORRECTIONS = {
    "its date": {"Date": "25-Sep-24"},
    "its result": {"Scores": "4-6, 6-7", "Winner": "away"},
    "its id": {"match_id": "m-9"},
    "the spelling of its id": {"match_id": "M-1_Line1"},
    "a player": {"Home Player 1": "Name of p3", "Home Player 1 ID": "p3"},
    "the players' ids": {f"{side} Player {number} ID": "" for side in ("Home", "Away") for number in (1, 2)},
}


@pytest.mark.parametrize("rebuild", [False, True])
@pytest.mark.parametrize("with_id", [False, True])
@pytest.mark.parametrize("change", CORRECTIONS.values(), ids=CORRECTIONS)
def test_a_corrected_line_is_the_same_line(snapshot, change, with_id, rebuild):
    row = line(people=FOUR, **({"match_id": "m-1"} if with_id else {}))
    imported(snapshot(**season(row)))
    before = only_line()
    imported(snapshot(**season(row | change)), rebuild=rebuild)
    assert rebuild or only_line().pk == before.pk
    assert [result.date.day for result in results(Team.objects.get(name="Elm 1"), 9)] == [only_line().date.day]


def test_whatever_else_changes_the_id_of_the_source_tells_a_line(snapshot):
    imported(snapshot(**season(line(people=FOUR, match_id="m1"), line(people=OTHERS, match_id="m2"))))
    before = dict(MatchScore.objects.values_list("source_id", "pk"))
    moved = line("Oak 1", "Elm 1", people=("p7", "p8", "p3", "p4"), date="02-Oct-24", match_id="m1", Scores="7-5, 7-5")
    imported(snapshot(**season(moved, line(people=OTHERS, match_id="m2"))))
    assert dict(MatchScore.objects.values_list("source_id", "pk")) == before


def test_a_line_with_its_sides_exchanged_is_the_same_line_seen_from_there(snapshot):
    row = line(people=FOUR)
    imported(snapshot(**season(row)))
    before = only_line()
    imported(snapshot(**season(exchanged(row))))
    after = only_line()
    assert after.pk == before.pk
    assert (after.home_team.name, after.away_team.name, after.winner) == ("Oak 1", "Elm 1", "away")
    (result,) = results(Team.objects.get(name="Elm 1"), 9)
    assert (result.won, result.lost, result.lines[0].scores) == (1, 0, "6-1, 6-2")


def test_a_line_told_from_both_sides_in_one_file_comes_once(snapshot):
    row = line(people=FOUR)
    run = imported(snapshot(**season(row, exchanged(row))))
    assert only_line().home_team.name == "Elm 1"
    assert run.counts["files"]["match_history.json"]["duplicate"] == 1


def test_a_line_told_with_other_players_ids_in_the_same_file_comes_once(snapshot):
    row = line(people=FOUR)
    without_ids = row | {f"{side} Player {number} ID": "" for side in ("Home", "Away") for number in (1, 2)}
    imported(snapshot(**season(row, without_ids)))
    assert only_line().home_player_1.external_id == "p1"


def test_a_second_row_with_the_same_id_and_another_result_is_told_as_a_contradiction(snapshot):
    first = line(people=FOUR, match_id="m1")
    run = imported(snapshot(**season(first, first | {"Scores": "0-6, 0-6", "Winner": "away"})))
    assert only_line().winner == "home"
    (note,) = run.rejected_rows.all()
    assert note.kind == RejectedRow.Kind.CONTRADICTION
    assert "a second time, with another result than row 0 of match_history.json" in note.reason
    assert "0-6, 0-6" in note.content


def test_all_ids_issued_anew_double_nothing(snapshot):
    rows = [line(people=FOUR), line(people=OTHERS, Scores="6-0, 6-0"), line(people=FOUR, date="01-Oct-24")]
    imported(snapshot(**season(*(row | {"match_id": f"a{n}"} for n, row in enumerate(rows)))))
    before = {pk: (date, scores) for pk, date, scores in MatchScore.objects.values_list("pk", "date", "scores")}
    imported(snapshot(**season(*(row | {"match_id": f"b{n}"} for n, row in enumerate(rows)))))
    assert {pk: (date, scores) for pk, date, scores in MatchScore.objects.values_list("pk", "date", "scores")} == before


def test_ids_that_are_numbers_of_rows_double_nothing(snapshot):
    rows = [line(people=FOUR), line(people=OTHERS, Scores="6-0, 6-0")]
    imported(snapshot(**season(*(row | {"match_id": f"{n}"} for n, row in enumerate(rows)))))
    before = dict(MatchScore.objects.values_list("pk", "scores"))
    newest = line(people=("p1", "p3", "p5", "p7"), date="01-Oct-24", Scores="7-5, 7-5")
    imported(snapshot(**season(*(row | {"match_id": f"{n}"} for n, row in enumerate([newest, *rows])))))
    assert before.items() < dict(MatchScore.objects.values_list("pk", "scores")).items()
    assert MatchScore.objects.count() == 3


def test_lines_in_another_order_change_nothing(snapshot):
    twice = [line(people=FOUR, Scores="6-1, 6-1"), line(people=FOUR, Scores="4-6, 6-7", Winner="away")]
    imported(snapshot(**season(*twice)))
    run = imported(snapshot(**season(*reversed(twice))))
    assert run.status == ImportRun.Status.UNCHANGED


def test_a_line_taken_back_is_out_of_every_page_and_comes_back_with_undo(client, snapshot):
    imported(snapshot(**season(line(people=FOUR), line(people=OTHERS, date="01-Oct-24"))))
    run = imported(snapshot(**season(line(people=OTHERS, date="01-Oct-24"))))
    elm = Team.objects.get(name="Elm 1")
    gone = MatchScore.objects.get(is_active=False)
    assert gone.date.day == 24
    assert [result.date.day for result in results(elm, 9)] == [1]
    assert lines_of(gone.home_player_1, 9) == []
    assert run.counts["things"]["match lines"]["deactivated"] == 1
    assert run.diff["match lines left"]["items"] == ["Elm 1 – Oak 1, 2024-09-24"]
    undo_run(run)
    assert len(results(elm, 9)) == 2


def test_a_line_that_comes_back_is_the_row_it_was(snapshot):
    both = season(line(people=FOUR), line(people=OTHERS, date="01-Oct-24"))
    imported(snapshot(**both))
    before = set(MatchScore.objects.values_list("pk", flat=True))
    imported(snapshot(**season(line(people=OTHERS, date="01-Oct-24"))))
    imported(snapshot(**both))
    assert set(MatchScore.objects.filter(is_active=True).values_list("pk", flat=True)) == before


@pytest.mark.parametrize("rebuild", [False, True])
def test_lines_of_a_season_that_the_file_no_longer_tells_stay(snapshot, rebuild):
    imported(snapshot(**season(line(people=FOUR, date="24-Sep-23"))))
    imported(snapshot(**season(line(people=OTHERS, date="24-Sep-24"))), rebuild=rebuild)
    assert sorted(MatchScore.objects.filter(is_active=True).values_list("date__year", flat=True)) == [2023, 2024]


@pytest.mark.parametrize("rebuild", [False, True])
def test_without_a_match_history_no_line_is_taken_back(snapshot, rebuild):
    imported(snapshot(**season(line(people=FOUR))))
    imported(snapshot(players=two_teams() + roster("New Comer", start=9)), rebuild=rebuild)
    assert only_line().is_active


def test_taking_back_most_lines_is_refused(snapshot, settings):
    settings.ETL_DROP_MIN_ROWS = 5
    rows = [line(people=FOUR, date=f"{day:02}-Sep-24") for day in range(1, 11)]
    imported(snapshot(**season(*rows)))
    run = run_of(snapshot(**season(*rows[:3])))
    assert run.status == ImportRun.Status.REFUSED
    assert "NSTF would lose 7 of its 10 active match lines" in run.error


def test_a_short_label_is_the_team_most_of_whose_people_played(snapshot):
    short = [line("Elm PC", "Oak 1", people=FOUR, date=f"{day:02}-Sep-24") for day in (3, 10)]
    with_a_guest = line("Elm PC", "Oak 1", people=("p3", "p7", "p8", "p5"), date="17-Sep-24")
    run = imported(snapshot(**season(*short, with_a_guest)))
    assert set(MatchScore.objects.values_list("home_team__name", "away_team__name")) == {("Elm 1", "Oak 1")}
    assert run.counts["files"]["match_history.json"]["inserted"] == 3


def test_a_short_label_under_which_two_teams_played_equally_stays_a_label(snapshot):
    imported(snapshot(**season(line("The Elms", "Oak 1", people=("p1", "p5", "p6", "p7")))))
    assert only_line().home_team is None


def clubs_league(*lines: dict, **more) -> dict:
    """A league of clubs with teams in two series, whose match lines name clubs only."""
    fixtures = [
        match("Elm - 3.0 Sat", "Oak - 3.0 Sat", series="Series 3.0 Sat"),
        match("Oak - 4.0 Sun", "Elm - 4.0 Sun", series="Series 4.0 Sun", date="10/01/2024"),
        match("Elm - 3.0 Sat", "Oak - 3.0 Sat", series="Series 3.0 Sat", date="10/08/2024"),
        match("Elm - 4.0 Sun", "Oak - 4.0 Sun", series="Series 4.0 Sun", date="10/08/2024"),
    ]
    return {"schedules": fixtures, "match_history": [*lines], **more}


NOBODY = ("", "", "", "")


@pytest.mark.parametrize(
    ("day", "teams"),
    [
        ("24-Sep-24", ("Elm - 3.0 Sat", "Oak - 3.0 Sat")),
        ("01-Oct-24", ("Elm - 4.0 Sun", "Oak - 4.0 Sun")),
        ("08-Oct-24", (None, None)),
        ("15-Oct-24", (None, None)),
    ],
    ids=["one match", "sides exchanged", "two matches", "none"],
)
def test_a_line_between_two_clubs_is_of_the_one_match_they_have_that_day(snapshot, day, teams):
    imported(snapshot(**clubs_league(line("Elm", "Oak", people=NOBODY, date=day))))
    found = only_line()
    assert (found.home_team and found.home_team.name, found.away_team and found.away_team.name) == teams


def test_the_team_page_shows_no_line_taken_back(client, django_user_model, snapshot):
    imported(snapshot(**season(line(people=FOUR, Scores="6-4, 6-4"), line(people=OTHERS, date="01-Oct-24"))))
    imported(snapshot(**season(line(people=OTHERS, date="01-Oct-24"))))
    client.force_login(django_user_model.objects.create_user("ann@example.com", "secret"))
    elm = Team.objects.get(name="Elm 1")
    assert "6-4" not in client.get(elm.get_absolute_url()).content.decode()
