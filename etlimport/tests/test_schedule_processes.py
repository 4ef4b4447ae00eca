"""Beat and workers as processes, as production runs them: against a real PostgreSQL and a real Redis."""

import os
import signal
from contextlib import ExitStack
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import redis

from etlimport.tests.production import NIGHTLY, ZONE, copied_site, prepared_database
from rally.tests.processes import free_port, running, stop, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.postgresql, pytest.mark.redis]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """(name of a database with the first snapshot imported, folder with the snapshots): made once, then copied."""
    folder = tmp_path_factory.mktemp("site")
    with prepared_database(os.environ["DATABASE_URL"], folder) as name:
        yield name, folder


@pytest.fixture
def site(prepared, tmp_path):
    template, snapshots = prepared
    with copied_site(os.environ["DATABASE_URL"], template, snapshots / "next", tmp_path) as site:
        yield site


def test_the_clock_strikes_and_the_import_publishes_and_sessions_are_outdated(site):
    (before,) = site.ask("SELECT value FROM system_settings WHERE key = 'session_version'")
    # As if beat had last looked a little before the minute that IMPORT_TIME names.
    site.manage("setup_schedule")
    struck = datetime.now(ZoneInfo(ZONE)).replace(second=0, microsecond=0) - timedelta(minutes=6)
    site.ask(f"UPDATE django_celery_beat_periodictask SET last_run_at = '{struck.isoformat()}'")
    with site.worker(), site.beat():
        wait_until(lambda: site.outcomes()[1:] == ["published"], seconds=60)
        wait_until(lambda: site.ask("SELECT 1 FROM etlimport_healthsnapshot WHERE run_id IS NULL"), seconds=30)
    (after,) = site.ask("SELECT value FROM system_settings WHERE key = 'session_version'")
    assert int(after[0]) > int(before[0])


def test_a_night_without_beat_is_made_up_for_once_when_it_is_back(site):
    """Beat was down from sixteen hours ago until now, the import was due six hours ago."""
    now = datetime.now(ZoneInfo(ZONE))
    site.environment["IMPORT_TIME"] = f"{now - timedelta(hours=6):%H:%M}"
    site.manage("setup_schedule")
    down_since = (now - timedelta(hours=16)).isoformat()
    site.ask(f"UPDATE django_celery_beat_periodictask SET last_run_at = '{down_since}'")
    with site.worker():
        with site.beat():
            wait_until(lambda: site.outcomes()[1:] == ["published"], seconds=60)
        with site.beat():
            wait_until(lambda: site.ask("SELECT 1 FROM etlimport_healthsnapshot WHERE run_id IS NULL"), seconds=30)
    assert site.outcomes()[1:] == ["published"]
    (last_run_at,) = site.ask("SELECT last_run_at FROM django_celery_beat_periodictask WHERE name LIKE '%nightly%'")
    assert last_run_at[0] >= now


def test_a_worker_killed_in_the_middle_leaves_the_old_snapshot_a_dead_run_and_an_alert(site):
    before = site.catalogue()
    with site.holding(), site.worker() as worker:
        site.shell(NIGHTLY)
        wait_until(site.is_held, seconds=60)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(10)
    assert site.outcomes()[-1] == "running"

    def told() -> bool:
        return "import failed" in site.manage("check_alerts", codes=(0, 1), ADMINS="ann@example.com")

    wait_until(told, seconds=30, pause=1)
    assert site.outcomes()[-1] == "died"
    assert site.catalogue() == before
    assert site.ask("SELECT count(*) FROM etlimport_alertnotice WHERE sent_at IS NOT NULL") == [(1,)]

    site.manage("run_task", "import_nightly", ADMINS="ann@example.com")
    assert site.outcomes()[-2:] == ["died", "published"]
    assert site.catalogue() != before
    assert site.ask("SELECT count(*) FROM etlimport_alertincident WHERE closed_at IS NULL") == [(0,)]


def test_of_imports_fired_from_two_workers_at_once_one_publishes_and_one_is_refused(site):
    with site.worker("one"), site.worker("two"):
        with site.holding():  # the first one waits until the second has tried
            site.shell(f"{NIGHTLY}; nightly.delay()")
            wait_until(lambda: sorted(site.outcomes()[1:]) == ["refused", "running"], seconds=60)
        wait_until(lambda: sorted(site.outcomes()[1:]) == ["published", "refused"], seconds=60)


def test_an_import_outlives_who_started_it_where_there_is_no_broker(site):
    launch = "from etlimport import tasks; from etlimport.operations.launch import launch; launch(tasks.import_nightly)"
    site.shell(launch, CELERY_BROKER_URL="", REDIS_URL="")
    wait_until(lambda: site.outcomes()[1:] == ["published"], seconds=60)


def test_a_broker_that_restarts_in_the_middle_costs_no_import(site):
    """Redis goes and comes back while the import runs: it publishes once, and the worker takes the next job."""
    port = free_port()
    broker = ["redis-server", "--port", str(port), "--dir", str(site.folder), "--appendonly", "yes", "--save", ""]
    site.environment["CELERY_BROKER_URL"] = f"redis://127.0.0.1:{port}/0"
    with ExitStack() as stack:
        first = stack.enter_context(running(broker, site.environment, site.log("redis")))
        wait_until(lambda: answers(port))
        # It may end when it loses its broker: kombu 5.7 stumbles over a message not yet acknowledged.
        stack.enter_context(site.worker(supervised=True))
        with site.holding():
            site.shell(NIGHTLY)
            wait_until(lambda: site.outcomes()[1:] == ["running"], seconds=60)
            stop(first)
            stack.enter_context(running(broker, site.environment, site.log("redis-again")))
            wait_until(lambda: answers(port))
        wait_until(lambda: site.outcomes()[1:] == ["published"], seconds=60)
        site.shell(NIGHTLY)
        wait_until(lambda: len(site.outcomes()) >= 3 and "running" not in site.outcomes(), seconds=60)
    assert set(site.outcomes()[2:]) == {"unchanged"}


def answers(port: int) -> bool:
    try:
        return redis.Redis(port=port, socket_timeout=1).ping()
    except redis.RedisError:
        return False
