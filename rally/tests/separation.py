"""A plugin of pytest: workers that run at once share nothing, and a test gets no database that it did not ask for."""

import os
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import CacheHandler, cache
from django.core.cache.backends.dummy import DummyCache

from rally.tests import template
from rally.tests.selection import reaches_database


def pytest_configure(config):
    config.run_folder = folder_of_run(config)
    prefix = f"rally-test-{config.workerinput['workerid'] if is_worker(config) else 'alone'}"
    os.environ["CACHE_KEY_PREFIX"] = prefix  # for the programs that tests start
    for cache_settings in settings.CACHES.values():
        cache_settings["KEY_PREFIX"] = prefix


def is_worker(config: pytest.Config) -> bool:
    """Whether pytest-xdist started this process to run a part of the tests."""
    return hasattr(config, "workerinput")


def folder_of_run(config: pytest.Config) -> Path:
    """One for all workers of a run; gone with it."""
    if is_worker(config):
        return Path(config.workerinput["run_folder"])
    folder = tempfile.TemporaryDirectory(prefix="rally-tests-")
    config.add_cleanup(folder.cleanup)
    return Path(folder.name)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    node.workerinput["run_folder"] = str(node.config.run_folder)


def pytest_unconfigure(config):
    if not is_worker(config):
        template.drop_template(config.run_folder)


@pytest.fixture(scope="session")
def template_database(request, django_test_environment, django_db_blocker) -> str:
    """A migrated database to make others from: on PostgreSQL its name, on SQLite the path of its file."""
    with django_db_blocker.unblock():
        return template.template_of_run(request.config.run_folder)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, template_database):
    """What pytest-django asks for before it makes the database of a worker."""
    with template.tests_begin_with(template_database):
        yield


@pytest.fixture(autouse=True)
def clean_cache(request):
    """Every test that may use the cache starts with an empty one; on Redis only the keys of its worker go."""
    if not reaches_database(request.node):
        return
    if hasattr(cache, "delete_pattern"):
        cache.delete_pattern("*")
    else:
        cache.clear()


@pytest.fixture(autouse=True)
def no_database_unasked(request, monkeypatch):
    """A test that runs on SQLite only, as it asks for no database, gets neither one nor a cache by other ways."""
    if not reaches_database(request.node):
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
