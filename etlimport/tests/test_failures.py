"""A run that fails in whatever step: its record says where and why, and the database is as it was."""

import pytest
from django.db import OperationalError, connection

from etlimport import pipeline
from etlimport.errors import AuditFailed
from etlimport.models import ImportRun
from etlimport.pipeline import Options, run_import
from etlimport.reports.run_report import exit_code
from etlimport.run.progress import STEPS
from etlimport.tests.sources import dump, imported, line, match, player, run_of, standing, two_teams
from leagues.models import Player, Team
from leagues.tests.factories import PlayerAssociationFactory, PracticeTimeFactory

pytestmark = pytest.mark.django_db
Status = ImportRun.Status


@pytest.fixture
def published(snapshot):
    """A snapshot, and what users attached to it."""
    imported(
        snapshot(
            players=two_teams(),
            schedules=[match()],
            series_stats=[standing(), standing("Oak 1")],
            match_history=[line(people=("p1", "p2", "p5", "p6"))],
        )
    )
    PracticeTimeFactory(team=Team.objects.get(name="Elm 1"))
    PlayerAssociationFactory(player=Player.objects.get(external_id="p1"))


@pytest.fixture
def next_one(snapshot):
    """A source that changes something of every kind."""
    return snapshot(
        players=[*two_teams()[1:], player("p9", "Zoe", team="Fir 1", club="Fir")],
        schedules=[match(date="10/01/2024"), match("Fir 1", "Elm 1")],
        series_stats=[standing(points=99), standing("Fir 1")],
        match_history=[line(people=("p1", "p2", "p5", "p6"), Scores="0-6, 0-6")],
    )


@pytest.mark.parametrize("rebuild", [False, True], ids=["merge", "rebuild"])
@pytest.mark.parametrize("broken", [step for step in STEPS if step != "read"])
def test_a_run_that_raises_leaves_its_record_and_nothing_else(published, next_one, broken, rebuild):
    before = dump()

    def hook(step):
        if step == broken:
            raise RuntimeError("out of paper")

    run = run_import(Options(next_one, rebuild=rebuild), hook=hook)
    assert dump() == before
    kept = ImportRun.objects.get(pk=run.pk)
    assert (kept.status, kept.step, exit_code(kept)) == (Status.FAILED, broken, 1)
    assert "out of paper" in kept.error
    assert f"“{broken}”" in kept.error
    assert kept.finished_at


def test_a_run_after_one_that_failed_succeeds(published, next_one):
    def hook(step):
        raise RuntimeError

    assert run_import(Options(next_one), hook=hook).status == Status.FAILED
    assert imported(next_one).status == Status.PUBLISHED
    assert Team.objects.filter(name="Fir 1", is_active=True).exists()


@pytest.mark.parametrize("rebuild", [False, True], ids=["merge", "rebuild"])
def test_a_failing_audit_leaves_the_database_as_it_was(published, next_one, rebuild, monkeypatch):
    def failing(*_):
        raise AuditFailed(["2 references of practice times to rows that do not exist"])

    before = dump()
    monkeypatch.setattr(pipeline, "audit", failing)
    run = run_of(next_one, rebuild=rebuild)
    assert dump() == before
    assert (run.status, run.step) == (Status.FAILED, "audit")
    assert "2 references of practice times" in run.error


def test_a_statement_that_fails_leaves_the_database_as_it_was(published, next_one, monkeypatch):
    merge = pipeline.merge_catalogue

    def broken(*arguments, **options):
        merge(*arguments, **options)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")

    before = dump()
    monkeypatch.setattr(pipeline, "merge_catalogue", broken)
    run = run_of(next_one)
    assert dump() == before
    assert run.status == Status.FAILED
    assert "no_such_table" in run.error


def test_rows_that_do_not_add_up_fail_the_run(published, next_one, monkeypatch):
    from etlimport.check import accounting

    counted = accounting.count_placed

    def one_too_many(log):
        return {no: {**counts, "inserted": counts["inserted"] + 1} for no, counts in counted(log).items()}

    monkeypatch.setattr(accounting, "count_placed", one_too_many)
    before = dump()
    run = run_of(next_one)
    assert dump() == before
    assert "do not add up" in run.error


@pytest.mark.django_db(transaction=True)
def test_a_run_that_never_heard_of_its_commit_tells_that_it_published(snapshot, monkeypatch):
    def commit_unheard():
        monkeypatch.undo()
        connection.commit()
        raise OperationalError("server closed the connection unexpectedly")

    def hook(step):
        if step == "publish":
            monkeypatch.setattr(connection, "commit", commit_unheard)

    run = run_import(Options(snapshot(players=[player("p1", "Ann")])), hook=hook)
    assert Player.objects.count() == 1
    assert (run.status, run.error, exit_code(run)) == (Status.PUBLISHED, "", 0)
    kept = ImportRun.objects.get()
    assert (kept.status, kept.error) == (Status.PUBLISHED, "")
