"""Measures one run: a process of its own with a database of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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


class Server:
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
        environment = {**os.environ, "DATABASE_URL": self.url_of(self.template)}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)

    @contextmanager
    def fresh(self, *, migrated: bool = True) -> Iterator[str]:
        """The URL of an empty database, which is dropped at the end of the `with` block."""
        template = self.template if migrated else "template1"
        self.execute(f'DROP DATABASE IF EXISTS "{self.name}"', f'CREATE DATABASE "{self.name}" TEMPLATE "{template}"')
        yield self.url_of(self.name)
        self.execute(f'DROP DATABASE "{self.name}"')

    def flush(self) -> None:
        """Write everything to disk, so that the next run does not pay for what the one before left to write."""
        self.execute("CHECKPOINT")
        os.sync()

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
