"""What the whole suite shares: developer settings, one migrated database, a clean cache, and which tests run."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

# Set before the settings are read, so that tests and the servers they start run as `make run` does:
# no redirect to https, no secure cookies. What holds in production is tested by name in rally/tests.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rally.settings")
os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("IMPORT_LOCK_WAIT", "0")

import django
import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import CacheHandler, cache
from django.core.cache.backends.dummy import DummyCache
from django.db.backends.postgresql.operations import DatabaseOperations
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from rally.tests import selection

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
    return {
        "postgresql": "postgresql" in settings.DATABASES["default"]["ENGINE"],
        "sqlite": "sqlite" in settings.DATABASES["default"]["ENGINE"],
        "redis": bool(settings.REDIS_URL),
        "rabbitmq": bool(os.environ.get("RABBITMQ_URL")),
        "browser": find_browser() is not None,
        "cluster": find_postgresql_programs() is not None,
    }


def pytest_addoption(parser):
    group = parser.getgroup("rally")
    group.addoption("--tier", choices=list(TIERS), default="ordinary", help="how much to test (default: ordinary)")
    group.addoption(
        "--database-only", action="store_true", help="leave out the tests that reach neither database nor Redis"
    )


TIERS = {
    "quick": {"max_examples": 10, "derandomize": True},
    "ordinary": {"max_examples": 60, "derandomize": True},
    "thorough": {"max_examples": 2_000, "print_blob": True},
}
"""How far Hypothesis searches in each. All but the thorough are the same every time."""
AT_ITS_LEISURE = {
    "deadline": None,  # the machine may be busy
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
}


def pytest_configure(config):
    config.run_folder = folder_of_run(config)
    for tier, examples in TIERS.items():
        hypothesis_settings.register_profile(tier, **examples, **AT_ITS_LEISURE)
    hypothesis_settings.load_profile(config.getoption("tier"))
    django.setup()
    keep_apart(config)
    make_quick()


def keep_apart(config) -> None:
    """Each worker has a cache of its own, as each empties it; so have the programs its tests start."""
    prefix = f"rally-test-{config.workerinput['workerid'] if is_worker(config) else 'alone'}"
    os.environ["CACHE_KEY_PREFIX"] = prefix
    for cache_settings in settings.CACHES.values():
        cache_settings["KEY_PREFIX"] = prefix


def make_quick() -> None:
    """Without what is slow on purpose, or pays for a server that lives long or a table that is large."""
    PBKDF2PasswordHasher.iterations = 1
    settings.WHITENOISE_AUTOREFRESH = True
    DatabaseOperations.sql_flush = delete_all_rows


def delete_all_rows(operations, style, tables, *, reset_sequences=False, allow_cascade=False) -> list[str]:
    """What empties PostgreSQL after a test that commits: 30 times as fast as TRUNCATE where there are few rows."""
    return [f"DELETE FROM {operations.quote_name(table)}" for table in tables]


def folder_of_run(config) -> Path:
    """One for all workers of a run; gone with it."""
    if is_worker(config):
        return Path(config.workerinput["run_folder"])
    folder = tempfile.TemporaryDirectory(prefix="rally-tests-")
    config.add_cleanup(folder.cleanup)
    return Path(folder.name)


def is_worker(config) -> bool:
    """Whether pytest-xdist started this process to run a part of the tests."""
    return hasattr(config, "workerinput")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    node.workerinput["run_folder"] = str(node.config.run_folder)


def pytest_unconfigure(config):
    if not is_worker(config):
        from rally.tests.template import drop_template

        drop_template(config.run_folder)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config, items):
    for item in filter(selection.starts_programs, items):
        selection.keep_together(item)
    yield
    missing = {mark for mark, runnable in runnable_marks().items() if not runnable}
    tier, database_only = config.getoption("tier"), config.getoption("database_only")
    selected, others = [], []
    for item in items:
        runs = (
            not missing & selection.marks_of(item)
            and selection.belongs(item, tier)
            and (selection.reaches_database(item) or not database_only)
        )
        (selected if runs else others).append(item)
    config.hook.pytest_deselected(items=others)
    # What takes longest begins first, so that no worker is left with it at the end.
    items[:] = sorted(selected, key=lambda item: not selection.starts_programs(item))


@pytest.fixture(scope="session")
def template_database(request, django_test_environment, django_db_blocker) -> str:
    """A migrated database to make others from: on PostgreSQL its name, on SQLite the path of its file."""
    from rally.tests.template import template_of_run

    with django_db_blocker.unblock():
        return template_of_run(request.config.run_folder)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, template_database):
    """What pytest-django asks for before it makes the database of a worker."""
    from rally.tests.template import tests_begin_with

    with tests_begin_with(template_database):
        yield


@pytest.fixture(autouse=True)
def clean_cache(request):
    """Every test that may use the cache starts with an empty one; on Redis only the keys of the tests go."""
    if not selection.reaches_database(request.node):
        return
    if hasattr(cache, "delete_pattern"):
        cache.delete_pattern("*")
    else:
        cache.clear()


@pytest.fixture(autouse=True)
def no_database_unasked(request, monkeypatch):
    """A test that runs on SQLite only, as it asks for no database, gets neither one nor a cache by other ways."""
    if not selection.reaches_database(request.node):
        monkeypatch.setattr(CacheHandler, "__getitem__", lambda caches, alias: NoCache("", {}))
        monkeypatch.setattr(settings, "DATABASES", NoDatabases())
        monkeypatch.setenv("DATABASE_URL", "postgres://nobody@127.0.0.1:1/not-for-this-test")


UNASKED = "This test depends on what the suite runs on: mark it with django_db, so that it runs on every database."


class NoCache(DummyCache):
    def make_and_validate_key(self, key, version=None):
        pytest.fail(UNASKED)


class NoDatabases(dict):
    def __getitem__(self, alias):
        pytest.fail(UNASKED)


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The Chromium that tests marked `browser` drive."""
    return find_browser()


@pytest.fixture(scope="session")
def postgresql_programs() -> Path:
    """Where the programs are of which tests marked `cluster` make a PostgreSQL of their own."""
    return find_postgresql_programs()
