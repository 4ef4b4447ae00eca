"""What others do to the database while an import's transaction is open: the run starts over, or fails in words."""

from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection

from etlimport.database import lock
from etlimport.models import ImportRun
from etlimport.pipeline import Options, run_import
from etlimport.run.transaction import ATTEMPTS
from etlimport.tests.sources import dump, imported, player, two_teams
from leagues.models import Player, PlayerAssociation
from leagues.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
Status = ImportRun.Status


@pytest.fixture(autouse=True)
def without_pause(monkeypatch):
    """Between two attempts of a run; nobody is in the way here."""
    monkeypatch.setattr("etlimport.run.transaction.PAUSE", 0)


def elsewhere(statement: str, *params) -> None:
    """Do it on a connection of its own, as another process would."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(statement, params)
    finally:
        other.close()


class Conflict(Exception):
    pgcode = "40001"


def conflict(times: int, step: str = "publish"):
    """A hook that makes the first attempts fail for a conflict, and counts them."""
    attempts = []

    def hook(name):
        if name == step:
            attempts.append(name)
            if len(attempts) <= times:
                raise OperationalError("could not serialize access") from Conflict()

    return hook, attempts


def test_a_run_that_begins_anew_tells_nothing_of_the_attempt_before(snapshot, monkeypatch):
    monkeypatch.setattr("etlimport.health.score.WARN_BELOW", 101)  # every run has something to warn of
    imported(snapshot(players=two_teams()))
    source = snapshot(players=[*two_teams(), player("p9", "Zoe")])
    once, _ = conflict(0)
    expected = run_import(Options(source, dry_run=True), hook=once)
    hook, attempts = conflict(2)
    run = run_import(Options(source), hook=hook)
    assert (run.status, len(attempts)) == (Status.PUBLISHED, 3)
    kept = ImportRun.objects.get(pk=run.pk)
    assert kept.warnings == expected.warnings
    assert len(kept.warnings) == 1
    assert kept.counts["things"] == expected.counts["things"]


def test_a_run_in_conflict_over_and_over_gives_up_and_leaves_everything(snapshot):
    imported(snapshot(players=two_teams()))
    before = dump()
    hook, attempts = conflict(ATTEMPTS)
    run = run_import(Options(snapshot(players=[*two_teams(), player("p9", "Zoe")])), hook=hook)
    assert (run.status, len(attempts)) == (Status.FAILED, ATTEMPTS)
    assert "could not serialize" in run.error
    assert dump() == before


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_user_who_links_the_player_a_repair_gives_back_costs_an_attempt_not_the_run(snapshot):
    imported(snapshot(players=two_teams()))
    left = UserFactory(first_name="Ann", last_name="Hale")
    ann = Player.objects.get(external_id="p1")
    other = UserFactory()
    clicked = []

    def hook(step):
        if step == "restore" and not clicked:
            clicked.append(step)
            elsewhere(
                "INSERT INTO leagues_playerassociation (user_id, player_id, is_primary, created_at)"
                " VALUES (%s, %s, true, now())",
                other.pk,
                ann.pk,
            )
            # What the run would write itself, had it not been written meanwhile.
            PlayerAssociation.objects.create(user=left, player=ann)

    run = run_import(Options(snapshot(players=[*two_teams(), player("p9", "Zoe")])), hook=hook)
    assert clicked
    assert run.status == Status.PUBLISHED, run.error
    assert list(PlayerAssociation.objects.filter(player=ann).values_list("user_id", flat=True)) == [other.pk]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rebuild", [False, True], ids=["merge", "rebuild"])
def test_a_lost_connection_ends_the_run_as_failed_and_the_next_one_is_free(snapshot, rebuild):
    imported(snapshot(players=two_teams()))
    before = dump()
    source = snapshot(players=[*two_teams(), player("p9", "Zoe")])

    def hook(step):
        if step == "merge":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (pid,) = cursor.fetchone()
            elsewhere("SELECT pg_terminate_backend(%s)", pid)

    run = run_import(Options(source, rebuild=rebuild), hook=hook)
    assert run.status == Status.FAILED
    assert ImportRun.objects.get(pk=run.pk).status == Status.FAILED
    assert dump() == before
    assert imported(source).status == Status.PUBLISHED


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_session_that_has_imported_has_its_former_limits_again():
    def lock_timeout() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            return cursor.fetchone()[0]

    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '7s'")
    try:
        with lock.import_lock() as is_free:
            assert is_free
            assert lock_timeout() == "10s"
        assert lock_timeout() == "7s"
    finally:
        connection.close()


@pytest.mark.parametrize("name", ["/srv/memory/rally.sqlite3", "memory.sqlite3"])
def test_a_file_called_after_memory_is_locked_beside_itself(name, monkeypatch):
    from django.db import connections
    from django.db.backends.sqlite3.base import DatabaseWrapper

    database = DatabaseWrapper({**connections["default"].settings_dict, "NAME": name})
    monkeypatch.setattr(lock, "connection", database)
    assert str(lock.lock_path()) == f"{name}.import-lock"


def test_a_database_in_memory_is_locked_for_its_process(monkeypatch):
    in_memory = SimpleNamespace(is_in_memory_db=lambda: True)
    monkeypatch.setattr(lock, "connection", in_memory)
    assert lock.lock_path().name.startswith("rally-import-")
