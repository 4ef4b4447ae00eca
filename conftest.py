"""What the whole suite shares: developer settings, a clean cache, and which marks can run here."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

# Set before the settings are read, so that tests and the servers they start run as `make run` does:
# no redirect to https, no secure cookies. What holds in production is tested by name in rally/tests.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rally.settings")
os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("CACHE_KEY_PREFIX", "rally-test")

import django
import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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


def runnable_marks() -> dict[str, bool]:
    """For each mark that needs something of the machine: whether it is there."""
    from django.conf import settings

    return {
        "postgresql": "postgresql" in settings.DATABASES["default"]["ENGINE"],
        "redis": bool(settings.REDIS_URL),
        "browser": find_browser() is not None,
        "cluster": find_postgresql_programs() is not None,
    }


def pytest_configure(config):
    django.setup()


def pytest_collection_modifyitems(config, items):
    missing = {mark for mark, runnable in runnable_marks().items() if not runnable}
    selected, impossible = [], []
    for item in items:
        needs = missing.intersection(mark.name for mark in item.iter_markers())
        (impossible if needs else selected).append(item)
    if impossible:
        config.hook.pytest_deselected(items=impossible)
        items[:] = selected


@pytest.fixture(autouse=True)
def clean_cache():
    """Every test starts with an empty cache; on Redis only the keys of the tests go."""
    from django.core.cache import cache

    if hasattr(cache, "delete_pattern"):
        cache.delete_pattern("*")
    else:
        cache.clear()


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The Chromium that tests marked `browser` drive."""
    return find_browser()


@pytest.fixture(scope="session")
def postgresql_programs() -> Path:
    """Where the programs are of which tests marked `cluster` make a PostgreSQL of their own."""
    return find_postgresql_programs()
