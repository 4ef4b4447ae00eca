"""A plugin of pytest: what this machine has, and the marks of tests that need what it has not."""

import os
import pwd
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MEMORY = Path("/dev/shm")
"""A folder whose files lie in memory, on Linux."""
ENOUGH = 2 << 30
"""Bytes that the databases of all tests take there at most."""
POSTGRESQL_USER = "postgres"
"""Who runs a PostgreSQL for root, who may not."""


def find_browser() -> str | None:
    """The path of an installed Chromium, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def find_postgresql_programs() -> Path | None:
    """The folder of initdb and pg_ctl; None where they are not installed, or root finds nobody to run them as."""
    if os.geteuid() == 0 and POSTGRESQL_USER not in {user.pw_name for user in pwd.getpwall()}:
        return None
    folders = [os.environ["PATH"], *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)]
    if shutil.which("pg_config"):
        folders.insert(1, subprocess.check_output(["pg_config", "--bindir"], text=True).strip())
    initdb = shutil.which("initdb", path=os.pathsep.join(folders))
    return Path(initdb).resolve().parent if initdb else None


def folder_in_memory() -> Path | None:
    """Where a PostgreSQL of the tests keeps its data: each import makes a hundred small files. None without room."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH else None


@cache
def missing_marks() -> frozenset[str]:
    """Marks of tests that cannot run here."""
    is_there = {
        "postgresql": "postgresql" in settings.DATABASES["default"]["ENGINE"],
        "sqlite": "sqlite" in settings.DATABASES["default"]["ENGINE"],
        "redis": bool(settings.REDIS_URL),
        "rabbitmq": bool(os.environ.get("RABBITMQ_URL")),
        "browser": find_browser() is not None,
        "cluster": find_postgresql_programs() is not None,
    }
    return frozenset(mark for mark, there in is_there.items() if not there)


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The Chromium that tests marked `browser` drive."""
    return find_browser()


@pytest.fixture(scope="session")
def postgresql_programs() -> Path:
    """Where the programs are of which tests marked `cluster` make a PostgreSQL of their own."""
    return find_postgresql_programs()
