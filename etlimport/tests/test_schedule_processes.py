"""Beat and workers as processes, as production runs them: against a real PostgreSQL and a real Redis."""

import os
import shlex
import signal
import uuid
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import psycopg2
import pytest
import redis
from django.conf import settings

from etlimport.sample import make_next, make_snapshot
from rally.tests.processes import free_port, production_environment, run, running, stop, wait_until
from rally.tests.test_containers import SERVICES

pytestmark = [pytest.mark.postgresql, pytest.mark.redis]

ZONE = "America/Chicago"


class Site:
    """A database of its own, what its nightly import reads, and how its processes are started."""

    def __init__(self, url: str, snapshots, folder):
        self.url, self.folder = url, folder
        self.source = snapshots / "next"
        self.environment = production_environment(
            DATABASE_URL=url,
            REDIS_URL=settings.REDIS_URL,
            CELERY_BROKER_URL=settings.REDIS_URL,
            CELERY_QUEUE=f"test-{uuid.uuid4().hex[:8]}",
            CACHE_KEY_PREFIX=f"test-{uuid.uuid4().hex[:8]}",
            IMPORT_SOURCE=str(self.source),
            IMPORT_TIME=f"{datetime.now(ZoneInfo(ZONE)):%H:%M}",
            TIME_ZONE=ZONE,
            ETL_MAX_DROP="1",
        )

    def manage(self, *arguments: str, codes=(0,), **environment: str) -> str:
        result = run(["python", "manage.py", *arguments], self.environment | environment)
        assert result.returncode in codes, result.stderr
        return result.stdout

    def ask(self, sql: str) -> list[tuple]:
        with closing(psycopg2.connect(self.url)) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            connection.commit()
            return cursor.fetchall() if cursor.description else []

    def outcomes(self) -> list[str]:
        return [status for (status,) in self.ask("SELECT status FROM etlimport_importrun ORDER BY id")]

    def worker(self, name: str = "worker", supervised: bool = False):
        """Supervised: started again when it ends, as compose and systemd do."""
        command = [*SERVICES["worker"]["command"], "--hostname", f"{name}-{uuid.uuid4().hex[:6]}"]
        if supervised:
            command = ["sh", "-c", f"while sleep 0.2; do {shlex.join(command)}; done"]
        return running(command, self.environment, self.folder / f"{name}.log")

    def beat(self):
        command = [*SERVICES["beat"]["command"][:-1], str(self.folder / "beat.pid"), "--max-interval", "1"]
        return running(command, self.environment, self.folder / "beat.log")

    def catalogue(self) -> list[tuple]:
        """Every player and team as they are: by this a half-done import would be seen."""
        return self.ask(
            "SELECT id, external_id, first_name, last_name, is_active::text, updated_at::text FROM leagues_player"
            " UNION ALL SELECT id, name, '', '', is_active::text, updated_at::text FROM leagues_team ORDER BY 1, 2"
        )


def execute(sql: str) -> None:
    """On the server the tests use, outside any transaction."""
    with closing(psycopg2.connect(database_url("postgres"))) as connection:
        connection.autocommit = True
        connection.cursor().execute(sql)


def database_url(name: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


@contextmanager
def database(template: str = "template1"):
    """The name of a new database, dropped afterwards."""
    name = f"rally_test_{uuid.uuid4().hex[:12]}"
    execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield name
    finally:
        execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """(name of a database with the first snapshot imported, folder with the snapshots): made once, then copied."""
    folder = tmp_path_factory.mktemp("site")
    make_snapshot(folder / "first", players=100, history=1)
    make_next(folder / "first", folder / "next")
    with database() as name:
        site = Site(database_url(name), folder, folder)
        site.manage("migrate_locked")
        site.manage("run_etl", "--source", str(folder / "first"), "--json")
        yield name, folder


@pytest.fixture
def site(prepared, tmp_path):
    template, snapshots = prepared
    with database(template) as name:
        site = Site(database_url(name), snapshots, tmp_path)
        yield site
    forget_queue(site.environment["CELERY_QUEUE"])


def forget_queue(queue: str) -> None:
    """Nothing of a test stays in the broker: not its queue, nor what a killed worker had taken from it."""
    broker = redis.Redis.from_url(settings.REDIS_URL)
    broker.delete(queue, f"_kombu.binding.{queue}", f"_kombu.binding_permanent.{queue}")
    for tag, message in broker.hscan_iter("unacked"):
        if queue.encode() in message:
            broker.hdel("unacked", tag)
            broker.zrem("unacked_index", tag)


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


def test_a_worker_killed_in_the_middle_leaves_the_old_snapshot_a_dead_run_and_an_alert(site):
    before = site.catalogue()
    with closing(psycopg2.connect(site.url)) as blocker, blocker.cursor() as cursor:
        cursor.execute("LOCK TABLE leagues_player IN SHARE MODE")  # the import reads, then waits to write
        with site.worker() as worker:
            site.manage("shell", "-v0", "-c", "from etlimport.tasks import import_nightly; import_nightly.delay()")
            wait_until(
                lambda: site.ask("SELECT 1 FROM pg_locks WHERE NOT granted AND relation IS NOT NULL"), seconds=60
            )
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait(10)
        blocker.rollback()
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
    with closing(psycopg2.connect(site.url)) as blocker, blocker.cursor() as cursor:
        cursor.execute("LOCK TABLE leagues_player IN SHARE MODE")  # the first one waits until the second has tried
        with site.worker("one"), site.worker("two"):
            fire = "from etlimport.tasks import import_nightly as i; i.delay(); i.delay()"
            site.manage("shell", "-v0", "-c", fire)
            wait_until(lambda: sorted(site.outcomes()[1:]) == ["refused", "running"], seconds=60)
            blocker.rollback()
            wait_until(lambda: sorted(site.outcomes()[1:]) == ["published", "refused"], seconds=60)


def test_an_import_outlives_who_started_it_where_there_is_no_broker(site):
    site.manage(
        "shell",
        "-v0",
        "-c",
        "from etlimport import launch, tasks; launch.launch(tasks.import_nightly)",
        CELERY_BROKER_URL="",
        REDIS_URL="",
    )
    wait_until(lambda: site.outcomes()[1:] == ["published"], seconds=60)


def test_a_broker_that_restarts_in_the_middle_costs_no_import(site):
    """Redis goes and comes back while the import runs: it publishes once, and the worker takes the next job."""
    port = free_port()
    broker = ["redis-server", "--port", str(port), "--dir", str(site.folder), "--appendonly", "yes", "--save", ""]
    site.environment["CELERY_BROKER_URL"] = f"redis://127.0.0.1:{port}/0"
    fire = ["shell", "-v0", "-c", "from etlimport.tasks import import_nightly; import_nightly.delay()"]
    with ExitStack() as stack:
        first = stack.enter_context(running(broker, site.environment, site.folder / "redis.log"))
        wait_until(lambda: answers(port))
        with closing(psycopg2.connect(site.url)) as blocker, blocker.cursor() as cursor:
            cursor.execute("LOCK TABLE leagues_player IN SHARE MODE")
            # It may end when it loses its broker: kombu 5.7 stumbles over a message not yet acknowledged.
            stack.enter_context(site.worker(supervised=True))
            site.manage(*fire)
            wait_until(lambda: site.outcomes()[1:] == ["running"], seconds=60)
            stop(first)
            stack.enter_context(running(broker, site.environment, site.folder / "redis-again.log"))
            wait_until(lambda: answers(port))
            blocker.rollback()
        wait_until(lambda: site.outcomes()[1:] == ["published"], seconds=60)
        site.manage(*fire)
        wait_until(lambda: len(site.outcomes()) >= 3 and "running" not in site.outcomes(), seconds=60)
    assert set(site.outcomes()[2:]) == {"unchanged"}


def answers(port: int) -> bool:
    try:
        return redis.Redis(port=port, socket_timeout=1).ping()
    except redis.RedisError:
        return False
