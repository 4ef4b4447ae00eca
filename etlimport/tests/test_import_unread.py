"""What cannot be read has not left, and has not changed."""

import json

import pytest

from etlimport.models import ImportRun, RejectedRow
from etlimport.tests.sources import history, imported, line, match, player, roster, run_of, standing, two_teams
from leagues.models import MatchScore, Player, PlayerHistory, RosterSpot, ScheduledMatch, Standing, Team

pytestmark = pytest.mark.django_db
FOUR = ("p1", "p2", "p5", "p6")
FIRST = {"PTI": 30, "Wins": 5, "Losses": 2, "Captain": "C", "Career Wins": 50}
REBUILD = pytest.mark.parametrize("rebuild", [False, True])


def night(**changes) -> list[dict]:
    """The players of two teams, of whom the first has figures, with some of the first one's values changed."""
    first, *others = two_teams()
    return [first | FIRST | changes, *others]


def spot() -> RosterSpot:
    return RosterSpot.objects.select_related("player").get(player__external_id="p1", is_active=True)


@REBUILD
@pytest.mark.parametrize("value", ["NaN", "Infinity", "NR", "–", "unrated", "1e999", [], {}, True])
def test_a_value_that_cannot_be_read_stays_as_it_is(snapshot, value, rebuild):
    imported(snapshot(players=night()))
    run = imported(snapshot(players=night(PTI=value, Wins=value, **{"Career Wins": value})), rebuild=rebuild)
    assert (spot().player.pti, spot().wins, spot().losses, spot().player.career_wins) == (30, 5, 2, 50)
    assert run.rejected_rows.get().kind == RejectedRow.Kind.REPAIRED
    assert run.counts["files"]["players.json"]["repaired"] == 1


def test_a_value_that_is_missing_is_missing(snapshot):
    imported(snapshot(players=night()))
    imported(snapshot(players=night(PTI="", Wins=None)))
    assert (spot().player.pti, spot().wins) == (None, None)


@REBUILD
@pytest.mark.parametrize(
    "unread",
    [
        {"First Name": "", "Last Name": ""},
        {"First Name": ["Ann"]},
        {"Last Name": "x" * 200},
        {"Series Mapping ID": ""},
        {"Series Mapping ID": None, "Series": {}, "Club": 7.5},
        {"Club": "x" * 201, "PTI": "NaN"},
    ],
)
def test_a_player_keeps_name_and_team_that_cannot_be_read(snapshot, unread, rebuild):
    imported(snapshot(players=night()))
    run = imported(snapshot(players=night(**unread)), rebuild=rebuild)
    assert (spot().player.full_name, spot().team.name) == ("Ann Hale", "Elm 1")
    counts = run.counts["files"]["players.json"]
    assert (counts["rejected"], counts["repaired"]) == (0, 1)
    assert Player.objects.filter(is_active=True).count() == 8


def test_a_newcomer_without_a_readable_team_is_a_player_without_one(snapshot):
    run = imported(snapshot(players=[*two_teams(), player("n9", "Nia", "Orr", team=None)]))
    assert Player.objects.get(external_id="n9").roster_spots.count() == 0
    assert run.counts["files"]["players.json"]["inserted"] == 9


def test_a_newcomer_without_a_readable_name_is_shown_by_the_id(snapshot):
    imported(snapshot(players=[*two_teams(), player("n9", "", "")]))
    assert Player.objects.get(external_id="n9").full_name == "Player n9"


def test_of_two_rows_of_a_player_the_one_without_a_team_adds_nothing(snapshot):
    run = imported(snapshot(players=[player(team=""), *two_teams()]))
    assert spot().team.name == "Elm 1"
    assert run.counts["files"]["players.json"]["duplicate"] == 1


@REBUILD
def test_a_row_without_a_readable_id_keeps_the_player_of_its_name(snapshot, rebuild):
    imported(snapshot(players=night()))
    run = imported(snapshot(players=night(**{"Player ID": None})), rebuild=rebuild)
    assert spot().player.is_active
    assert run.counts["files"]["players.json"]["rejected"] == 1


def test_a_rejected_row_of_another_name_keeps_nobody(snapshot):
    imported(snapshot(players=night()))
    imported(snapshot(players=[*two_teams()[1:], player(None, "Zoe", "Zander")]))
    assert not Player.objects.get(external_id="p1").is_active


@REBUILD
def test_a_match_of_which_one_team_cannot_be_read_stays_on_its_day(snapshot, rebuild):
    others = [match(date="10/01/2024"), match("Oak 1", "Elm 1", date="10/08/2024")]
    imported(snapshot(players=two_teams(), schedules=[match(), *others]))
    imported(snapshot(players=two_teams(), schedules=[match("Elm 1", ["Oak"]), *others]), rebuild=rebuild)
    assert ScheduledMatch.objects.filter(is_active=True).count() == 3


@REBUILD
@pytest.mark.parametrize("date", ["TBD", "", "soon", None])
def test_a_match_without_a_day_keeps_the_day_it_had(snapshot, date, rebuild):
    imported(snapshot(players=two_teams(), schedules=[match()]))
    run = imported(snapshot(players=two_teams(), schedules=[match(date=date, location="Fir")]), rebuild=rebuild)
    found = ScheduledMatch.objects.get(is_active=True)
    assert (str(found.date), str(found.time), found.location) == ("2024-09-24", "18:30:00", "Fir")
    assert run.counts["files"]["schedules.json"]["rejected"] == 0


def test_a_match_without_a_day_that_may_be_any_of_several_changes_none(snapshot):
    both = [match(), match(date="10/01/2024")]
    imported(snapshot(players=two_teams(), schedules=both))
    run = imported(snapshot(players=two_teams(), schedules=[match(date="TBD")]))
    assert ScheduledMatch.objects.filter(is_active=True).count() == 2
    assert "it may be any of several matches" in run.rejected_rows.get().reason


def test_a_new_match_without_a_day_waits_for_its_day(snapshot):
    run = imported(snapshot(players=two_teams(), schedules=[match(date="TBD")]))
    assert not ScheduledMatch.objects.exists()
    assert run.counts["files"]["schedules.json"]["rejected"] == 1


@REBUILD
def test_the_figures_of_a_table_that_cannot_be_read_stay(snapshot, rebuild):
    imported(snapshot(players=two_teams(), series_stats=[standing(matches={"won": 3, "lost": 1})]))
    imported(snapshot(players=two_teams(), series_stats=[standing(points="?", matches="?")]), rebuild=rebuild)
    assert (Standing.objects.get().points, Standing.objects.get().matches_won) == (10, 3)


@REBUILD
def test_what_cannot_be_read_of_a_line_stays(snapshot, rebuild):
    imported(snapshot(players=two_teams(), match_history=[line(people=FOUR, Line="Line 2")]))
    unread = {"Winner": "?", "Line": "last", "Scores": ["6-1"], "Home Player 1": {}, "Home Player 1 ID": []}
    imported(snapshot(players=two_teams(), match_history=[line(people=FOUR) | unread]), rebuild=rebuild)
    found = MatchScore.objects.get(is_active=True)
    assert (found.winner, found.line, found.scores, found.home_player_1.external_id) == ("home", 2, "6-1, 6-2", "p1")


def test_a_line_without_a_readable_day_keeps_the_lines_of_its_teams(snapshot):
    lines = [line(people=FOUR), line(people=FOUR, date="01-Oct-24")]
    imported(snapshot(players=two_teams(), match_history=lines))
    imported(snapshot(players=two_teams(), match_history=[lines[0] | {"Date": "?"}, lines[1]]))
    assert MatchScore.objects.filter(is_active=True).count() == 2


def test_a_rating_that_cannot_be_read_stays(snapshot):
    entry = {"date": "2024-09-24", "end_pti": 30, "series": "S"}
    imported(snapshot(players=two_teams(), player_history=[history("p1", entry)]))
    imported(snapshot(players=two_teams(), player_history=[history("p1", entry | {"end_pti": "NR"})]))
    assert PlayerHistory.objects.get().end_pti == 30


def test_a_whole_file_in_windows_1252_is_read_as_that(snapshot):
    source = snapshot(players=two_teams())
    rows = two_teams()[:4] + roster("Søren Löwe", team="Oak 1", club="Oak", start=5)
    (source / "players.json").write_bytes(json.dumps(rows, ensure_ascii=False).encode("cp1252"))
    run = imported(source)
    assert Player.objects.get(external_id="p5").full_name == "Søren Löwe"
    assert any("are not UTF-8; they were read as" in warning for warning in run.warnings)
    assert run.status == ImportRun.Status.PUBLISHED
    assert Team.objects.filter(is_active=True).count() == 2


@pytest.fixture
def season(snapshot):
    """Imports a night with matches, tables and lines of the two teams; kinds of files may be replaced."""
    rows = {
        "players": two_teams(),
        "schedules": [match(), match(date="10/01/2024")],
        "series_stats": [standing(), standing("Oak 1")],
        "match_history": [line(people=FOUR, match_id="m1"), line(people=("p2", "p3", "p6", "p7"), match_id="m2")],
    }
    imported(snapshot(**rows))

    def next_night(kind, **change):
        """The same, but for some values of the first row of a kind of file."""
        first, *others = rows[kind]
        return imported(snapshot(**rows | {kind: [first | change, *others]}))

    return next_night


@pytest.mark.parametrize("league", [None, "", [], {}, "x" * 101])
@pytest.mark.parametrize(
    ("kind", "field", "model"),
    [
        ("players", "League", Player),
        ("players", "League", RosterSpot),
        ("schedules", "League", ScheduledMatch),
        ("series_stats", "league_id", Standing),
        ("match_history", "league_id", MatchScore),
    ],
)
def test_what_a_row_without_a_readable_league_may_be_about_stays(season, kind, field, model, league):
    before = model.objects.filter(is_active=True).count()
    run = season(kind, **{field: league})
    assert run.counts["files"][f"{kind}.json"]["rejected"] == 1
    assert model.objects.filter(is_active=True).count() == before


@pytest.mark.parametrize("field", ["Scores", "Winner", "Line", "Home Player 1", "Away Player 2 ID", "Home Team"])
def test_a_line_is_all_that_it_was_where_it_cannot_be_read(season, field):
    before = MatchScore.objects.order_by("pk").values().first()
    season("match_history", **{field: ["?"]})
    assert MatchScore.objects.order_by("pk").values().first() == before
    assert MatchScore.objects.count() == 2


def test_a_team_of_which_no_row_has_a_readable_id_stays(snapshot):
    imported(snapshot(players=two_teams()))
    elm, oak = two_teams()[:4], two_teams()[4:]
    imported(snapshot(players=elm + [{**row, "Player ID": None} for row in oak]))
    assert Team.objects.get(name="Oak 1").is_active
    assert RosterSpot.objects.filter(team__name="Oak 1", is_active=True).count() == 4


def test_a_source_of_which_nothing_can_be_read_is_refused_night_after_night(snapshot):
    imported(snapshot(players=two_teams(), schedules=[match()]))
    unreadable = {
        "players": [{**row, "Player ID": None} for row in two_teams()],
        "schedules": [{**match(), "League": {}}],
    }
    for _ in range(2):
        run = run_of(snapshot(**unreadable))
        assert run.status == ImportRun.Status.UNREADABLE
        assert "players.json: none of its 8 rows can be read; the first (row 0) because: no Player ID" in run.error
    assert Player.objects.filter(is_active=True).count() == 8


def test_a_file_of_which_nothing_can_be_read_is_a_warning(snapshot):
    imported(snapshot(players=two_teams(), schedules=[match()]))
    run = imported(snapshot(players=two_teams(), schedules=[{**match(), "League": {}}]))
    (warning,) = run.warnings
    assert "schedules.json: none of its 1 rows can be read" in warning
    assert ScheduledMatch.objects.filter(is_active=True).count() == 1


@pytest.mark.parametrize("length", [51, 200, 201, 5_000])
def test_a_label_of_any_length_is_imported_or_told(snapshot, length):
    long = "Elm 1 " + "x" * (length - len("Elm 1 "))
    run = imported(snapshot(players=[*two_teams(), player("p9", "Zoe", "Zander", team=long)]))
    assert Player.objects.get(external_id="p9").roster_spots.count() == (length <= 200)
    assert run.counts["files"]["players.json"]["repaired"] == (length > 200)
