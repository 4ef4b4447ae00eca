import json
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from celery.exceptions import Retry
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from etlimport import tasks
from etlimport.database import lock
from etlimport.models import HealthSnapshot, ImportRun
from etlimport.operations.metrics import figures
from etlimport.reports.run_report import as_text, exit_code
from etlimport.run import lifecycle
from etlimport.tests.sources import player
from leagues.models import Player
from leagues.tests.factories import UserFactory
from sessionsync.models import RefreshSignal, UserSession

pytestmark = pytest.mark.django_db

Status = ImportRun.Status
PLAYERS = [player("p1", "Ann"), player("p2", "Bea")]


@pytest.fixture
def source(snapshot, settings):
    settings.IMPORT_SOURCE = str(snapshot(players=PLAYERS))
    return settings.IMPORT_SOURCE


def do(task, **arguments):
    return task.apply(kwargs=arguments, throw=True).get()


def test_the_nightly_import_publishes_its_source(source):
    run = ImportRun.objects.get(pk=do(tasks.import_nightly))
    assert (run.status, run.source) == (Status.PUBLISHED, source)
    assert Player.objects.count() == 2


def test_the_nightly_import_repeated_changes_nothing(source):
    do(tasks.import_nightly)
    assert ImportRun.objects.get(pk=do(tasks.import_nightly)).status == Status.UNCHANGED


def test_without_a_source_the_nightly_import_says_what_to_set(settings):
    settings.IMPORT_SOURCE = ""
    with pytest.raises(ValueError, match="IMPORT_SOURCE"):
        do(tasks.import_nightly)


def test_an_import_asked_for_is_in_the_name_of_who_asked(source):
    person = UserFactory()
    run = ImportRun.objects.get(pk=do(tasks.import_snapshot, source=source, started_by=person.pk, dry_run=True))
    assert (run.status, run.started_by) == (Status.PREVIEWED, person)
    assert not Player.objects.exists()


def test_a_failing_nightly_import_is_told_at_once(settings):
    settings.ADMINS, settings.IMPORT_SOURCE = [("Ann", "ann@example.com")], "/there/is/no/such/folder"
    do(tasks.import_nightly)
    assert [message.subject for message in mail.outbox] == ["[Rally] Alert: import failed"]


@pytest.fixture
def retries(monkeypatch) -> list[int]:
    """The seconds after which the nightly import asked to be tried again."""
    asked = []

    def retry(exc, countdown, **_kwargs):
        asked.append(countdown)
        return Retry(exc=exc, when=countdown)

    monkeypatch.setattr(tasks.import_nightly, "retry", retry)
    return asked


def test_a_lost_connection_is_tried_again_later(source, monkeypatch, retries):
    def lost():
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr("etlimport.pipeline.remember_contexts", lost)
    with pytest.raises(Retry):
        tasks.import_nightly.run()
    assert retries == [10]
    run = ImportRun.objects.get()
    assert run.status == Status.FAILED
    assert "server closed the connection" in run.error


@contextmanager
def another_run_at_work():
    """The lock of imports is held, by another session or through another handle of the file."""
    if connection.vendor == "postgresql":
        with closing(connection.copy()) as other, other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [lock.IMPORT_LOCK])
            yield
            # On a busy machine a session still holds its locks for a moment after its connection was closed.
            cursor.execute("SELECT pg_advisory_unlock(%s)", [lock.IMPORT_LOCK])
    else:
        with lock.lock_path().open("a+") as file:
            assert lock.take_file_lock(file)
            yield


def test_a_nightly_import_that_finds_another_run_at_work_is_tried_again_and_alarms_nobody(source, settings, retries):
    settings.IMPORT_LOCK_WAIT, settings.ADMINS = 0, [("Ann", "ann@example.com")]
    with another_run_at_work(), pytest.raises(Retry):
        tasks.import_nightly.run()
    assert retries == [10]
    busy = ImportRun.objects.get()
    assert (busy.status, busy.cause) == (Status.REFUSED, ImportRun.Cause.BUSY)
    assert "--force" not in as_text(busy)
    assert exit_code(busy) == 3
    assert mail.outbox == []
    assert ImportRun.objects.get(pk=do(tasks.import_nightly)).status == Status.PUBLISHED


def test_an_import_asked_for_in_a_page_is_not_tried_again_behind_ones_back(source, settings):
    settings.IMPORT_LOCK_WAIT = 0
    with another_run_at_work():
        run = ImportRun.objects.get(pk=do(tasks.import_snapshot, source=source))
    assert run.status == Status.REFUSED
    assert ImportRun.objects.count() == 1


def test_a_source_that_is_refused_is_not_tried_again(settings, retries):
    settings.IMPORT_SOURCE = "/there/is/no/such/folder"
    assert ImportRun.objects.get(pk=tasks.import_nightly.run()).status == Status.UNREADABLE
    assert retries == []


def test_the_health_check_keeps_a_score_and_finds_the_dead():
    dead = lifecycle.start(source="/snapshots")
    assert do(tasks.check_health) == 100
    assert HealthSnapshot.objects.count() == 1
    dead.refresh_from_db()
    assert dead.status == Status.DIED


def test_clean_ups_delete_what_is_old_and_nothing_else():
    now = timezone.now()
    for days in (-1, 1):
        UserSession.objects.create(session_key=f"key{days}", expire_date=now + timedelta(days=days))
    for days in (1, 8):
        user = UserFactory()
        before = now - timedelta(days=days)
        RefreshSignal.objects.create(user=user, email=user.email, refreshed_at=before, is_refreshed=True)
    for days in (1, 91):
        HealthSnapshot.objects.create(score=100, band="perfect", created_at=now - timedelta(days=days))
    jobs = (tasks.clean_up_sessions, tasks.clean_up_refresh_signals, tasks.clean_up_health)
    assert [do(job) for job in jobs] == [1, 1, 1]
    assert [do(job) for job in jobs] == [0, 0, 0]
    assert do(tasks.clean_up_stale_contexts) == 0


def test_every_task_has_a_time_limit_and_is_given_back_when_its_worker_dies(settings):
    for task in vars(tasks).values():
        if hasattr(task, "apply_async"):
            assert task.acks_late
            assert 0 < (task.time_limit or settings.CELERY_TASK_TIME_LIMIT) <= settings.CELERY_TASK_TIME_LIMIT


def test_any_task_can_be_run_by_command(source, capsys):
    call_command("run_task")
    listed = capsys.readouterr().out
    for name in ("import_nightly", "check_alerts", "clean_up_sessions"):
        assert f"{name}: " in listed
    call_command("run_task", "import_snapshot", json.dumps({"source": source}))
    assert int(capsys.readouterr().out) == ImportRun.objects.get().pk


@pytest.mark.parametrize("given", [["no_such_task"], ["check_health", "{"]])
def test_a_wrong_call_of_the_command_is_a_usage_error(given):
    with pytest.raises(CommandError) as error:
        call_command("run_task", *given)
    assert error.value.returncode == 2


def test_the_figures_tell_runs_rows_times_health_signals_and_sessions(source):
    do(tasks.import_nightly)
    do(tasks.import_nightly)
    samples = {
        (sample.name, *sample.labels.values()): sample.value for family in figures() for sample in family.samples
    }
    assert samples["rally_import_runs", "published"] == 1
    assert samples["rally_import_runs", "unchanged"] == 1
    assert samples["rally_import_runs", "failed"] == 0
    assert samples["rally_import_rows", "read"] == 2
    assert samples["rally_import_duration_seconds",] > 0
    assert samples["rally_import_step_seconds", "merge"] > 0
    assert samples["rally_health_score",] == 100
    assert samples["rally_refresh_signals", "pending"] == 0
    assert samples["rally_sessions", "active"] == 0


def test_figures_of_an_empty_site_are_no_error():
    assert {family.name for family in figures()} >= {"rally_import_runs", "rally_sessions"}


def test_figures_stay_at_a_handful_of_queries(source, django_assert_max_num_queries):
    do(tasks.import_nightly)
    with django_assert_max_num_queries(8):
        list(figures())


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_database_that_cuts_the_connection_in_the_middle_ends_in_one_clean_outcome(source, monkeypatch, retries):
    """As when PostgreSQL restarts: this try fails whole, the next one publishes."""

    def cut():
        with closing(connection.copy()) as other, other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])

    monkeypatch.setattr("etlimport.pipeline.remember_contexts", cut)
    with pytest.raises(Retry):
        tasks.import_nightly.run()
    assert not Player.objects.exists()
    monkeypatch.undo()
    run = ImportRun.objects.get(pk=do(tasks.import_nightly))
    assert run.status == Status.PUBLISHED
    assert not ImportRun.objects.filter(status=Status.RUNNING).exists()
    with lock.import_lock() as free:
        assert free
