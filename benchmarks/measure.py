"""Measures one run: a process of its own with a database of its own."""

import json
import os
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit, urlunsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Measured:
    """`seconds`: the time of the work; `process`: with the start of the process; `memory`: its peak, in MB."""

    seconds: float
    process: float
    memory: float
    outcome: str = ""


def median_of(runs: list[Measured]) -> Measured:
    return Measured(
        median(run.seconds for run in runs), median(run.process for run in runs), max(run.memory for run in runs)
    )


class Databases(ABC):
    """Makes databases for runs to work in."""

    @abstractmethod
    def fresh(self, *, migrated: bool = True) -> AbstractContextManager[str]:
        """The URL of an empty database, which is dropped at the end of the `with` block."""

    def flush(self) -> None:
        """Write everything to disk, so that the next run does not pay for what the one before left to write."""
        os.sync()


class Files(Databases):
    """Makes databases of SQLite in a folder, all migrated."""

    def __init__(self, folder: Path) -> None:
        self.template, self.file = folder / "template.sqlite3", folder / "site.sqlite3"

    @contextmanager
    def fresh(self, *, migrated: bool = True) -> Iterator[str]:
        if not self.template.exists():
            self.template.parent.mkdir()
            migrate(f"sqlite:///{self.template}")
        shutil.copy(self.template, self.file)
        yield f"sqlite:///{self.file}"
        for file in self.file.parent.glob(f"{self.file.name}*"):
            file.unlink()


def migrate(url: str) -> None:
    environment = {**os.environ, "DATABASE_URL": url}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)


class Server(Databases):
    """Creates databases on the server of DATABASE_URL and drops them again."""

    def __init__(self, url: str) -> None:
        self.url = urlsplit(url)
        self.template = f"{self.url.path[1:]}_bench_template"
        self.name = f"{self.url.path[1:]}_bench"

    def url_of(self, name: str) -> str:
        return urlunsplit(self.url._replace(path=f"/{name}"))

    def execute(self, *statements: str) -> None:
        connection = psycopg2.connect(self.url_of("postgres"))
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        connection.close()

    def migrate(self) -> None:
        """Create the migrated database of which runs get a copy."""
        self.execute(f'DROP DATABASE IF EXISTS "{self.template}"', f'CREATE DATABASE "{self.template}"')
        migrate(self.url_of(self.template))

    @contextmanager
    def fresh(self, *, migrated: bool = True) -> Iterator[str]:
        template = self.template if migrated else "template1"
        self.execute(f'DROP DATABASE IF EXISTS "{self.name}"', f'CREATE DATABASE "{self.name}" TEMPLATE "{template}"')
        yield self.url_of(self.name)
        self.execute(f'DROP DATABASE "{self.name}"')

    def flush(self) -> None:
        self.execute("CHECKPOINT")
        super().flush()

    def clean_up(self) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{self.name}"', f'DROP DATABASE IF EXISTS "{self.template}"')


def measured_process(contestant: str, source: Path, url: str) -> Measured:
    """Measure a contestant that imports a source into a database. Raises CalledProcessError if it fails."""
    command = [sys.executable, "-m", f"benchmarks.contestants.{contestant}", str(source)]
    environment = {**os.environ, "DATABASE_URL": url, "LOG_LEVEL": "ERROR"}
    environment.pop("REDIS_URL", None)
    started = os.times().elapsed
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise subprocess.CalledProcessError(status, command)
    printed = json.loads(output.splitlines()[-1])
    return Measured(printed["seconds"], os.times().elapsed - started, usage.ru_maxrss / 1024, printed["outcome"])
