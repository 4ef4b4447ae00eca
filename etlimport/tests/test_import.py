"""A run as a whole: what it writes, what it leaves alone, what it tells, how it exits."""

import json
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command

from etlimport.models import Alias, ImportRun, RejectedRow
from etlimport.tests.sources import (
    CATALOGUE,
    catalogue,
    dump,
    history,
    imported,
    line,
    match,
    player,
    roster,
    run_of,
    standing,
    two_teams,
)
from leagues.models import League, MatchScore, Player, PlayerHistory, RosterSpot, ScheduledMatch, Standing, Team
from sessionsync.versions import current_version

pytestmark = pytest.mark.django_db
Status = ImportRun.Status


def everything() -> dict:
    return {
        "players": two_teams(),
        "schedules": [match()],
        "series_stats": [standing(), standing("Oak 1", points=7)],
        "match_history": [line(people=("p1", "p2", "p5", "p6"))],
        "player_history": [history("p1", {"date": "04/05/2025", "end_pti": "-21.6", "series": "Series 1"})],
    }


def rewritten(files: dict) -> dict:
    """The same rows in files of other bytes."""
    return {kind: json.dumps(rows, indent=3) for kind, rows in files.items()}


def run_etl(source, *arguments) -> tuple[int, str]:
    """(exit code, output) of the command."""
    out = StringIO()
    try:
        call_command("run_etl", f"--source={source}", "--no-progress", *arguments, stdout=out)
    except SystemExit as exit:
        return exit.code, out.getvalue()
    return 0, out.getvalue()


def test_a_first_run_writes_every_kind_of_thing(snapshot):
    run = imported(snapshot(**everything()))
    assert run.status == Status.PUBLISHED
    assert {table: len(rows) for table, rows in catalogue().items()} == dict(
        zip(sorted(CATALOGUE), (2, 1, 1, 8, 1, 8, 1, 1, 2, 2), strict=True)
    ), sorted(CATALOGUE)
    assert (ScheduledMatch.objects.get().home_team.name, ScheduledMatch.objects.get().time.hour) == ("Elm 1", 18)
    assert MatchScore.objects.get().away_player_2 == Player.objects.get(external_id="p6")
    assert PlayerHistory.objects.get().end_pti < -21
    assert Standing.objects.get(team__name="Oak 1").points == 7


def test_every_row_is_accounted_for_per_file(snapshot):
    files = everything()
    files["players"] += [files["players"][0], {"League": "NSTF"}, "no row", player("p9", PTI="12,x")]
    counts = imported(snapshot(**files)).counts["files"]["players.json"]
    assert counts == {
        "read": 12,
        "inserted": 9,
        "updated": 0,
        "unchanged": 0,
        "duplicate": 1,
        "rejected": 2,
        "repaired": 1,
    }


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_second_run_of_the_same_rows_writes_nothing(snapshot, rebuild):
    imported(snapshot(**everything()), rebuild=rebuild)
    before, version = catalogue(), current_version()
    run = imported(snapshot(**rewritten(everything())))
    assert run.status == Status.UNCHANGED
    assert catalogue() == before
    assert current_version() == version
    counts = run.counts["files"]["players.json"]
    assert (counts["inserted"], counts["updated"], counts["unchanged"]) == (0, 0, 8)
    assert all(not things["inserted"] and not things["updated"] for things in run.counts["things"].values())


def test_identical_files_are_recognised_by_their_content(snapshot):
    imported(snapshot(**everything()))
    run = imported(snapshot(**everything()))
    assert run.status == Status.UNCHANGED
    assert list(run.timings) == ["read"]
    assert run.counts["files"]["players.json"]["unchanged"] == 8


def test_a_known_file_among_changed_ones_is_not_read_again_and_keeps_its_rows(snapshot):
    imported(snapshot(**everything()))
    run = imported(snapshot(**everything() | {"series_stats": [standing(points=11), standing("Oak 1", points=7)]}))
    assert run.status == Status.PUBLISHED
    assert run.counts["files"]["players.json"]["unchanged"] == 8
    assert run.counts["files"]["series_stats.json"]["updated"] == 1
    assert Team.objects.filter(is_active=True).count() == 2
    assert Player.objects.filter(is_active=True).count() == 8


def test_a_run_that_failed_makes_no_file_known(snapshot, monkeypatch):
    monkeypatch.setattr("etlimport.pipeline.publish", lambda **_: 1 / 0)
    assert run_of(snapshot(**everything())).status == Status.FAILED
    monkeypatch.undo()
    assert imported(snapshot(**everything())).status == Status.PUBLISHED


def test_only_what_differs_is_written(snapshot):
    imported(snapshot(**everything()))
    old = dict(Player.objects.values_list("external_id", "updated_at"))
    files = everything()
    files["players"][2]["PTI"] = "31.5"
    imported(snapshot(**files))
    new = dict(Player.objects.values_list("external_id", "updated_at"))
    assert {external_id for external_id in new if new[external_id] != old[external_id]} == {"p3"}


def test_an_absent_file_leaves_what_it_feeds_alone(snapshot):
    imported(snapshot(**everything()))
    before = catalogue()
    imported(snapshot(series_stats=[standing(points=10), standing("Oak 1", points=7), standing("Fir 1", points=0)]))
    after = catalogue()
    for table in ("leagues_player", "leagues_rosterspot", "leagues_scheduledmatch", "leagues_matchscore"):
        assert after[table] == before[table]


def test_an_absent_league_is_left_alone(snapshot):
    imported(snapshot(players=[*two_teams(), player("x1", team="Ash 7", club="Ash", League="CITA")]))
    imported(snapshot(players=two_teams()))
    assert Player.objects.get(external_id="x1").is_active
    assert League.objects.get(key="cita").is_active
    assert Team.objects.get(name="Ash 7").is_active


def test_only_the_leagues_asked_for_are_imported(snapshot):
    rows = [*two_teams(), player("x1", team="Ash 7", club="Ash", League="CITA")]
    imported(snapshot(players=rows), leagues=("cita",))
    assert list(League.objects.values_list("code", flat=True)) == ["CITA"]
    imported(snapshot(players=rows))
    assert Player.objects.count() == 9


@pytest.mark.parametrize("asked", ["APTA_CHICAGO", "apta chicago", "Paddle"])
def test_a_league_asked_for_is_imported_in_all_its_spellings(snapshot, asked):
    Alias.objects.create(kind="league", label="paddle", means="APTA_CHICAGO")
    elm, oak = two_teams()[:4], two_teams()[4:]
    rows = [row | {"League": "APTA_CHICAGO"} for row in elm] + [row | {"League": "Apta Chicago"} for row in oak]
    imported(snapshot(players=rows))
    imported(snapshot(players=[*rows, player("x1", League="CITA")]), leagues=(asked,))
    assert Player.objects.filter(is_active=True).count() == 8
    assert League.objects.count() == 1


def folders(tmp_path, **players: list[dict]):
    """A source with a players.json in a folder of each name."""
    source = tmp_path / str(len(list(tmp_path.iterdir())))
    for name, rows in players.items():
        (source / name).mkdir(parents=True)
        (source / name / "players.json").write_text(json.dumps(rows))
    return source


def test_one_changed_file_of_a_league_lets_nobody_of_its_other_files_go(tmp_path):
    elm, oak = two_teams()[:4], two_teams()[4:]
    imported(folders(tmp_path, a=elm, b=oak))
    imported(folders(tmp_path, a=elm, b=[*oak, player("p9", "New", "One", team="Oak 1", club="Oak")]))
    assert Player.objects.filter(is_active=True).count() == 9


def test_who_is_in_a_file_that_is_gone_left_though_the_other_files_are_the_same(tmp_path):
    elm, oak = two_teams()[:4], two_teams()[4:]
    imported(folders(tmp_path, a=elm, b=oak))
    imported(folders(tmp_path, a=elm), force=True)
    assert Player.objects.filter(is_active=True).count() == 4


def test_files_under_names_that_were_not_there_last_time_are_read(snapshot, tmp_path):
    first = snapshot(players=two_teams())
    imported(first)
    imported(folders(tmp_path, nstf=[player("p1", "Ann", "Quist"), *two_teams()[1:]]))
    assert imported(first).status == Status.PUBLISHED
    assert Player.objects.get(external_id="p1").last_name == "Hale"


def test_what_left_is_deactivated_and_comes_back_as_the_same_row(snapshot):
    files = everything()
    imported(snapshot(**files))
    ids = dict(Player.objects.values_list("external_id", "pk"))
    imported(snapshot(**files | {"players": files["players"][1:]}))
    gone = Player.objects.get(external_id="p1")
    assert not gone.is_active
    assert not RosterSpot.objects.get(player=gone).is_active
    run = imported(snapshot(**files | {"players": files["players"][::-1]}))
    assert Player.objects.get(external_id="p1").is_active
    assert RosterSpot.objects.get(player=gone).is_active
    assert dict(Player.objects.values_list("external_id", "pk")) == ids
    assert run.counts["things"]["players"]["inserted"] == 0


def test_a_team_that_left_every_file_is_deactivated_and_keeps_its_row(snapshot):
    imported(snapshot(**everything()))
    files = {
        "players": roster(*("Ann Hale", "Bea Irwin", "Cy Jonas", "Di Kemp")),
        "schedules": [match(away="Fir 1")],
        "series_stats": [standing(), standing("Fir 1")],
    }
    imported(snapshot(**files))
    oak = Team.objects.get(name="Oak 1")
    assert not oak.is_active
    assert not oak.standing.is_active


def test_match_history_never_shrinks(snapshot):
    files = everything()
    files["match_history"] = [line(date=f"{day}-Sep-24") for day in (10, 11, 12)]
    imported(snapshot(**files))
    imported(snapshot(**files | {"match_history": [line(date="13-Sep-24")]}))
    assert MatchScore.objects.count() == 4


def test_rating_history_never_shrinks(snapshot):
    entries = [{"date": f"04/0{day}/2025", "end_pti": "20"} for day in (1, 2, 3)]
    imported(snapshot(players=two_teams(), player_history=[history("p1", *entries)]))
    imported(snapshot(players=two_teams(), player_history=[history("p1", entries[0] | {"end_pti": "21"})]))
    assert sorted(PlayerHistory.objects.values_list("end_pti", flat=True)) == [20, 20, 21]


def test_several_rows_of_one_player_are_several_spots_of_one_player(snapshot):
    imported(snapshot(players=[player(), player(team="Elm 2", series="Series 2")]))
    assert Player.objects.count() == 1
    assert {spot.team.name for spot in RosterSpot.objects.select_related("team")} == {"Elm 1", "Elm 2"}


def test_a_dry_run_leaves_the_database_as_it_was(snapshot):
    imported(snapshot(**everything()))
    before = dump()
    files = everything()
    files["players"] = roster("Zoe Zimmer", "Bea Irwin", "Cy Jonas", "Di Kemp", team="Yew 1", club="Yew")
    run = run_of(snapshot(**files), dry_run=True, diff=True)
    assert run.status == Status.PREVIEWED
    assert run.counts["things"]["players"]["deactivated"] == 5  # Oak's four, and Ann, whose id is now Zoe's
    assert run.diff
    assert dump() == before


def test_a_dry_run_keeps_the_rows_it_rejected(snapshot):
    run = run_of(snapshot(players=[*two_teams(), 7]), dry_run=True)
    assert RejectedRow.objects.get(run=run).content == "7"
    assert not Player.objects.exists()


def test_the_report_is_one_object_for_scripts(snapshot):
    code, output = run_etl(snapshot(**everything()), "--json")
    report = json.loads(output)
    assert code == 0
    assert report["status"] == "published"
    assert report["counts"]["things"]["players"]["inserted"] == 8
    assert set(report["timings"]) >= {"read", "resolve", "merge", "audit", "publish"}
    assert report["health"]["after"] == 100


def test_the_report_reads_well(snapshot):
    code, output = run_etl(snapshot(**everything()))
    assert code == 0
    assert "Published." in output
    assert "Health score 100.0 %" in output
    (row,) = (text for text in output.splitlines() if text.startswith("players.json"))
    assert row.split()[1:] == ["8", "8", "0", "0", "0", "0", "0"]


def test_a_run_that_failed_exits_with_1_and_says_where(snapshot, monkeypatch):
    monkeypatch.setattr("etlimport.pipeline.publish", lambda **_: 1 / 0)
    code, output = run_etl(snapshot(**everything()))
    assert code == 1
    assert "FAILED" in output
    assert "in the step “publish”: division by zero" in output


def test_an_unreadable_source_exits_with_2(snapshot, tmp_path):
    code, output = run_etl(tmp_path / "nowhere")
    assert code == 2
    assert "does not exist" in output


def test_a_refused_run_exits_with_3_and_names_the_way_on(snapshot):
    code, output = run_etl(snapshot(players="", series_stats=[standing()]))
    assert code == 3
    assert "players.json" in output
    assert "--force" in output


def test_a_league_the_source_does_not_have_is_a_usage_error(snapshot):
    code, output = run_etl(snapshot(players=two_teams()), "--league=NOPE")
    assert code == 2
    assert "nope" in output.casefold()
    assert not Player.objects.exists()


@pytest.mark.processes
def test_the_command_exits_with_2_without_a_source():
    command = [sys.executable, "manage.py", "run_etl"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert done.returncode == 2
    assert "--source" in done.stderr
    assert "Traceback" not in done.stderr
