"""`rejected_rows` shows what could not be imported, for people, spreadsheets and scripts."""

import csv
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from etlimport.models import ImportRun, RejectedRow
from etlimport.reports.rejected_rows import as_csv
from etlimport.resolve import fixtures
from etlimport.tests.sources import imported, match, player, run_of, standing, two_teams
from leagues.models import RosterSpot

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(snapshot) -> ImportRun:
    """One row of each kind: rejected, repaired, contradicting."""
    return imported(
        snapshot(
            players=[*two_teams(), {"League": "NSTF", "First Name": "Zoe"}, player("p9", PTI="x")],
            series_stats=[standing(points=1), standing(points=2)],
        )
    )


def rejected_rows(*arguments) -> str:
    out = StringIO()
    call_command("rejected_rows", *arguments, stdout=out)
    return out.getvalue()


def test_the_table_tells_where_why_and_what(run):
    output = rejected_rows()
    assert f"Run {run.pk}" in output
    assert "3 rows" in output
    assert output.index("players.json") < output.index("no Player ID") < output.index("series_stats.json")
    assert '"First Name": "Zoe"' in output
    assert "contradiction" in output


def test_the_latest_run_is_shown_unless_another_is_named(run, snapshot):
    later = imported(snapshot(players=[*two_teams(), 5]))
    assert f"Run {later.pk}" in rejected_rows()
    assert f"Run {run.pk}" in rejected_rows(str(run.pk))


def test_json_is_one_object(run):
    found = json.loads(rejected_rows("--json"))
    assert found["run"] == run.pk
    assert [row["kind"] for row in found["rows"]] == ["rejected", "repaired", "contradiction"]
    assert set(found["rows"][0]) == {"file", "index", "kind", "reason", "content"}


def test_the_csv_holds_every_row_as_it_was(run, tmp_path):
    path = tmp_path / "rejected.csv"
    assert "3 rows" in rejected_rows(f"--csv={path}")
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["file", "index", "kind", "reason", "content"]
    assert (rows[0]["file"], rows[0]["index"]) == ("players.json", "8")
    assert json.loads(rows[0]["content"]) == {"League": "NSTF", "First Name": "Zoe"}


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_cell_of_the_csv_is_a_formula(run, cell):
    RejectedRow.objects.create(run=run, file=cell, index=0, reason=cell, content=cell)
    rows = list(csv.reader(StringIO("".join(as_csv(run)), newline="")))
    held = [found for row in rows for found in row if found.endswith(cell)]
    assert held == [f"'{cell}"] * 3


def test_the_table_steers_no_terminal(run):
    RejectedRow.objects.create(run=run, file="f", index=0, reason="\x1b[2Jgone", content="a\nb\x1b]0;title\x07")
    assert "\x1b" not in rejected_rows()


def test_an_unknown_run_is_a_usage_error(run):
    with pytest.raises(CommandError, match="There is no run 999999") as error:
        rejected_rows("999999")
    assert error.value.returncode == 2


def test_without_any_run_it_says_what_to_do():
    with pytest.raises(CommandError, match="run_etl") as error:
        rejected_rows()
    assert error.value.returncode == 2


def test_a_csv_that_cannot_be_written_is_told(run, tmp_path):
    with pytest.raises(CommandError, match="cannot be written") as error:
        rejected_rows(f"--csv={tmp_path}")
    assert error.value.returncode == 2


def test_a_run_that_rejected_nothing_says_so(snapshot):
    imported(snapshot(players=two_teams()))
    assert "0 rows" in rejected_rows()


def test_rows_of_a_run_that_failed_are_kept(snapshot, monkeypatch):
    monkeypatch.setattr("etlimport.pipeline.publish", lambda **_: 1 / 0)
    run = run_of(snapshot(players=[*two_teams(), 5]))
    assert run.status == ImportRun.Status.FAILED
    assert "is not an object" in rejected_rows(str(run.pk))


def test_two_people_under_one_id_are_not_made_one(snapshot):
    stranger = player("p1", "Zed", "Quist", team="Oak 1", club="Oak")
    run = imported(snapshot(players=[*two_teams(), stranger]))
    assert [spot.team.name for spot in RosterSpot.objects.filter(player__external_id="p1")] == ["Elm 1"]
    (note,) = run.rejected_rows.all()
    assert note.index == len(two_teams())
    assert "somebody else" in note.reason
    assert "Quist" in note.content
    assert run.counts["files"]["players.json"]["rejected"] == 1


def test_one_person_by_two_names_under_one_id_is_one(snapshot):
    robert = [player("p9", "Robert", "Hale"), player("p9", "Bob", "Hale", team="Oak 1", club="Oak")]
    run = imported(snapshot(players=[*two_teams(), *robert]))
    assert RosterSpot.objects.filter(player__external_id="p9").count() == 2
    assert not run.rejected_rows.exists()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            {"players": [*two_teams(), player(PTI="40")]},
            "Ann Hale of Elm 1 with other figures than row 0 of players.json",
        ),
        ({"schedules": [match(), match(location="Oak")]}, "Elm 1 – Oak 1 a second time, at another place"),
        ({"series_stats": [standing(), standing(points=3)]}, "standing of Elm 1 with other figures than row 0"),
    ],
    ids=["players", "schedules", "series_stats"],
)
def test_a_duplicate_that_contradicts_its_twin_is_told(snapshot, rows, said):
    run = imported(snapshot(**{"players": two_teams()} | rows))
    (note,) = run.rejected_rows.all()
    assert note.kind == RejectedRow.Kind.CONTRADICTION
    assert said in note.reason
    assert run.counts["contradictions"] == 1


def test_a_row_that_is_lost_on_the_way_fails_the_run(snapshot, monkeypatch):
    lost = f"SELECT * FROM ({fixtures.FIXTURE_ROWS}) every WHERE location <> 'Lost'"
    monkeypatch.setattr(fixtures, "FIXTURE_ROWS", lost)
    run = run_of(snapshot(players=two_teams(), schedules=[match(), match(date="10/01/2024", location="Lost")]))
    assert run.status == ImportRun.Status.FAILED
    assert "do not add up" in run.error
