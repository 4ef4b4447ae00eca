"""Processes of their own: killed at any moment, or two at once. The site's snapshot stays whole."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from etlimport.models import ImportRun
from etlimport.run.progress import STEPS
from etlimport.sample import make_next, make_snapshot
from etlimport.tests.sources import dump

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
Status = ImportRun.Status
KILLED_IN = ("read", "resolve", "protect", "merge", "repair", "audit")
ENOUGH = 60  # seconds after which a process is surely stuck


class Site:
    """A database that other processes can reach as well: `database` is this one's connection to it."""

    def __init__(self, url: str, database):
        self.url, self.database = url, database

    def start(self, source: Path, *arguments: str) -> subprocess.Popen:
        """`run_etl` in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "manage.py", "run_etl", f"--source={source}", *arguments],
            cwd=settings.BASE_DIR,
            env={**os.environ, "DATABASE_URL": self.url, "REDIS_URL": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, source: Path, *arguments: str) -> tuple[int, str]:
        """(exit code, output)."""
        process = self.start(source, *arguments)
        output, errors = process.communicate(timeout=ENOUGH)
        assert "Traceback" not in errors
        return process.returncode, output

    def runs(self) -> list[tuple[str, str]]:
        """(status, reasons) of every run, the first first."""
        with self.database.cursor() as cursor:
            cursor.execute("SELECT status, reasons FROM etlimport_importrun ORDER BY id")
            return cursor.fetchall()


@pytest.fixture
def site(transactional_db, tmp_path):
    """On PostgreSQL the tests' own database; on SQLite a copy of it on disk, as it lives in memory."""
    if connection.vendor == "postgresql":
        found = connection.settings_dict
        login = ":".join(filter(None, (found["USER"], found["PASSWORD"])))
        host = ":".join(filter(None, (found["HOST"], str(found["PORT"]))))
        yield Site(f"postgres://{login}@{host}/{found['NAME']}", connection)
        return
    path = tmp_path / "site.sqlite3"
    on_disk = sqlite3.connect(path)
    connection.ensure_connection()
    connection.connection.backup(on_disk)
    on_disk.close()
    database = connection.copy()
    database.settings_dict["NAME"] = str(path)
    yield Site(f"sqlite:///{path}", database)
    database.close()


@pytest.fixture(scope="module")
def season(tmp_path_factory) -> tuple[Path, Path]:
    """A snapshot and the next one, large enough that an import of them takes a while."""
    folder = tmp_path_factory.mktemp("season")
    make_snapshot(folder / "first", players=600, seed=7, history=5)
    make_next(folder / "first", folder / "second", seed=8)
    return folder / "first", folder / "second"


def wait_for_step(process: subprocess.Popen, step: str = "read") -> None:
    assert any(STEPS[step] in line for line in process.stderr)


def test_an_import_killed_at_any_moment_leaves_the_old_snapshot_whole(site, season):
    first, second = season
    assert site.run(first)[0] == 0
    before = dump(site.database)
    killed = 0
    for step in KILLED_IN:
        process = site.start(second)
        wait_for_step(process, step)
        time.sleep(random.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=ENOUGH)
        if [status for status, _ in site.runs()].count(Status.PUBLISHED) > 1:
            break  # the last steps may be over before the signal: then the new snapshot is there
        killed += 1
        assert dump(site.database) == before
    assert killed >= 3
    code, output = site.run(second)
    assert code == 0, output
    outcomes = site.runs()
    assert [status for status, _ in outcomes].count(Status.DIED) == killed
    assert all("ended from outside" in error for status, error in outcomes if status == Status.DIED)
    assert dump(site.database) != before


def test_the_second_of_two_imports_refuses_and_names_the_first(site, season):
    first, second = season
    process = site.start(first)
    wait_for_step(process)
    process.send_signal(signal.SIGSTOP)
    try:
        code, output = site.run(second)
    finally:
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=ENOUGH)
    assert process.returncode == 0
    assert code == 3
    assert f"process {process.pid}" in output
    assert str(first) in output
    assert Status.PUBLISHED in {status for status, _ in site.runs()}


def test_an_interrupted_import_ends_and_the_next_one_succeeds(site, season):
    """Ctrl-C, or what a service manager sends first."""
    first, _ = season
    process = site.start(first)
    wait_for_step(process)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=ENOUGH)
    assert process.returncode != 0
    assert site.run(first)[0] == 0
