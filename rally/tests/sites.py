"""A whole site of its own: a database, gunicorn in front of it, and its commands, as production runs them."""

import json
import os
import shutil
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import environ
import psycopg2
import redis
from django.conf import settings
from django.db import connections

from rally.tests.processes import free_port, production_environment, run, running, wait_until

ALIAS = "site"
"""Under this alias the tests look into the site's database; they have no other way to it."""


@dataclass
class Site:
    environment: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environment['PORT']}"

    @contextmanager
    def served(self, log: Path) -> Iterator[None]:
        """Behind gunicorn while the block runs; `log` takes its output."""
        with running(["gunicorn", "rally.wsgi"], self.environment, log):
            wait_until(lambda: answers(f"{self.url}/healthz"), seconds=60)
            yield

    def manage(self, *arguments: str | Path) -> str:
        """What the management command printed; AssertionError with its complaints if it fails."""
        result = run(["python", "manage.py", *map(str, arguments)], self.environment)
        assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
        return result.stdout

    def import_source(self, source: Path, *flags: str) -> dict:
        """The run's report. Forced, as a sample's next night drops more of its few teams than a real one."""
        return json.loads(self.manage("run_etl", "--source", source, "--force", "--json", *flags))


@contextmanager
def serving(database_url: str, redis_url: str, folder: Path, **variables: str) -> Iterator[Site]:
    """A migrated site behind gunicorn; `folder` takes its log. It sees what tests do by the alias `site`.

    It runs as in production, behind a proxy that speaks https.
    """
    environment = production_environment(
        DATABASE_URL=database_url,
        REDIS_URL=redis_url,
        SECRET_KEY=settings.SECRET_KEY,
        PORT=str(free_port()),
        BEHIND_PROXY="1",
        LOG_LEVEL="WARNING",
        **variables,
    )
    site = Site(environment)
    site.manage("migrate_locked")
    with database(database_url), site.served(folder / "gunicorn.log"):
        yield site


def answers(url: str) -> bool:
    try:
        return urllib.request.urlopen(url, timeout=5).status == 200
    except OSError:
        return False


@contextmanager
def database(url: str) -> Iterator[None]:
    """Open the database under the alias; afterwards nobody finds it any more."""
    configured = connections.configure_settings({"default": {}, ALIAS: environ.Env.db_url_config(url)})
    connections.settings[ALIAS] = configured[ALIAS]
    try:
        yield
    finally:
        connections[ALIAS].close()
        del connections[ALIAS]
        del connections.settings[ALIAS]


@contextmanager
def migrated_database(template: str, folder: Path) -> Iterator[str]:
    """The URL of a copy of the run's template, of the kind the tests run on; gone afterwards."""
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
        path = folder / "rally.sqlite3"
        shutil.copyfile(template, path)
        yield f"sqlite:///{path}"
    else:
        with new_database(os.environ["DATABASE_URL"], template) as url:
            yield url


@contextmanager
def new_database(server: str, template: str = "template1") -> Iterator[str]:
    """The URL of a new database on the server of that URL; gone afterwards."""
    name = f"rally_test_{uuid.uuid4().hex[:12]}"
    execute(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def execute(server: str, sql: str) -> None:
    """Outside any transaction."""
    with closing(psycopg2.connect(urlsplit(server)._replace(path="/postgres").geturl())) as connection:
        connection.autocommit = True
        connection.cursor().execute(sql)


@contextmanager
def own_redis(port: int, folder: Path):
    """A Redis for us alone, to stop and start as we like; it keeps nothing over a stop."""
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with running(command, production_environment(), folder / "redis.log") as process:
        client = redis.Redis(port=port)

        def is_up() -> bool:
            try:
                return client.ping()
            except redis.ConnectionError:
                return False

        wait_until(is_up)
        client.close()
        yield process
