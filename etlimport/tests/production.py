"""A site whose imports, workers and beat run as processes, as in production: against a real PostgreSQL and Redis."""

import shlex
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg2
import redis
from django.conf import settings

from etlimport.sample import make_next, make_snapshot
from etlimport.tests.sources import catalogue
from rally.tests.processes import production_environment, run, running
from rally.tests.sites import new_database
from rally.tests.test_containers import SERVICES

ZONE = "America/Chicago"
NIGHTLY = "from etlimport.tasks import import_nightly as nightly; nightly.delay()"


class Site:
    """A database of its own, what its nightly import reads, and how its processes are started."""

    def __init__(self, url: str, source: Path, folder: Path):
        self.url, self.source, self.folder = url, source, folder
        self.environment = production_environment(
            DATABASE_URL=url,
            REDIS_URL=settings.REDIS_URL,
            CELERY_BROKER_URL=settings.REDIS_URL,
            CELERY_QUEUE=f"test-{uuid.uuid4().hex[:8]}",
            CACHE_KEY_PREFIX=f"test-{uuid.uuid4().hex[:8]}",
            IMPORT_SOURCE=str(source),
            IMPORT_TIME=f"{datetime.now(ZoneInfo(ZONE)):%H:%M}",
            TIME_ZONE=ZONE,
            ETL_MAX_DROP="1",
        )

    def manage(self, *arguments: str, codes=(0,), **environment: str) -> str:
        result = run(["python", "manage.py", *arguments], self.environment | environment)
        assert result.returncode in codes, result.stderr
        return result.stdout

    def shell(self, code: str, **environment: str) -> str:
        return self.manage("shell", "-v0", "-c", code, **environment)

    def ask(self, sql: str) -> list[tuple]:
        with closing(psycopg2.connect(self.url)) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            connection.commit()
            return cursor.fetchall() if cursor.description else []

    def outcomes(self) -> list[str]:
        return [status for (status,) in self.ask("SELECT status FROM etlimport_importrun ORDER BY id")]

    def catalogue(self) -> dict[str, list[tuple]]:
        """Every row of it as it is: by this a half-done import would be seen."""
        with closing(psycopg2.connect(self.url)) as connection:
            return catalogue(connection)

    def worker(self, name: str = "worker", *options: str, supervised: bool = False):
        """Supervised: started again when it ends, as compose and systemd do."""
        command = [*SERVICES["worker"]["command"], *options, "--hostname", f"{name}-{uuid.uuid4().hex[:6]}"]
        if supervised:
            command = ["sh", "-c", f"while sleep 0.2; do {shlex.join(command)}; done"]
        return running(command, self.environment, self.log(name))

    def beat(self):
        command = [*SERVICES["beat"]["command"][:-1], str(self.folder / "beat.pid"), "--max-interval", "1"]
        return running(command, self.environment, self.log("beat"))

    def run_etl(self):
        command = ["python", "manage.py", "run_etl", "--source", str(self.source)]
        return running(command, self.environment, self.log("run_etl"))

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    @contextmanager
    def holding(self, table: str = "leagues_player", *, from_reading: bool = False) -> Iterator[None]:
        """An import waits where it first writes this table, or first looks at it, until the block ends."""
        with closing(psycopg2.connect(self.url)) as blocker, blocker.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN {'ACCESS EXCLUSIVE' if from_reading else 'SHARE'} MODE")
            yield

    def is_held(self) -> bool:
        """Whether an import waits so."""
        here = "(SELECT oid FROM pg_database WHERE datname = current_database())"
        return bool(self.ask(f"SELECT 1 FROM pg_locks WHERE NOT granted AND database = {here}"))


@contextmanager
def prepared_database(server: str, folder: Path, players: int = 100) -> Iterator[str]:
    """The name of a database with the first of two snapshots imported, to copy; both are left in `folder`."""
    make_snapshot(folder / "first", players=players, history=1)
    make_next(folder / "first", folder / "next")
    with new_database(server) as url:
        site = Site(url, folder / "first", folder)
        site.manage("migrate_locked")
        site.manage("run_etl", "--source", str(site.source), "--json")
        yield url.rpartition("/")[2]


@contextmanager
def copied_site(server: str, template: str, source: Path, folder: Path) -> Iterator[Site]:
    """A site on a copy of this database, gone afterwards; `folder` takes its logs."""
    with new_database(server, template) as url:
        site = Site(url, source, folder)
        yield site
    forget_queue(site.environment["CELERY_QUEUE"])


def forget_queue(queue: str) -> None:
    """Nothing of a test stays in the broker: not its queue, nor what a killed worker had taken from it."""
    if not settings.REDIS_URL:
        return
    broker = redis.Redis.from_url(settings.REDIS_URL)
    broker.delete(queue, f"_kombu.binding.{queue}", f"_kombu.binding_permanent.{queue}")
    for tag, message in broker.hscan_iter("unacked"):
        if queue.encode() in message:
            broker.hdel("unacked", tag)
            broker.zrem("unacked_index", tag)
