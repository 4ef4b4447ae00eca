"""Which tests a tier takes, and where; and that a test which runs on SQLite only cannot depend on the database."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rally.tests import selection
from rally.tests.processes import production_environment, run


class Item:
    """As much of a collected test as the selection looks at."""

    def __init__(self, *marks: str, fixtures: tuple[str, ...] = (), obj=None):
        self.marks = [getattr(pytest.mark, mark).mark for mark in marks]
        self.fixturenames, self.obj = fixtures, obj

    def iter_markers(self):
        return iter(self.marks)


@given(st.integers())
def random_test(number):
    """Any test of Hypothesis."""


@pytest.mark.parametrize(
    ("item", "tiers"),
    [
        (Item(), {"quick", "ordinary"}),
        (Item("django_db"), {"quick", "ordinary"}),
        (Item("processes"), {"ordinary"}),
        (Item("browser"), {"ordinary"}),
        (Item("cluster", "postgresql"), {"ordinary"}),
        (Item("thorough"), {"thorough"}),
        (Item("thorough", "processes"), {"thorough"}),
        (Item(obj=random_test), {"quick", "ordinary", "thorough"}),
    ],
)
def test_each_tier_takes_what_belongs_to_it(item, tiers):
    assert {tier for tier in ("quick", "ordinary", "thorough") if selection.belongs(item, tier)} == tiers


@pytest.mark.parametrize("mark", ["django_db", "postgresql", "redis"])
def test_a_test_so_marked_runs_on_every_database(mark):
    assert selection.reaches_database(Item(mark))


@pytest.mark.parametrize("fixture", ["db", "transactional_db", "live_server", "client", "template_database"])
def test_so_does_one_with_a_fixture_that_leads_to_a_database(fixture):
    assert selection.reaches_database(Item(fixtures=("tmp_path", fixture)))


def test_one_that_asks_for_none_runs_once():
    assert not selection.reaches_database(Item("processes", "browser", fixtures=("tmp_path", "settings")))


SUITE = """
import os, subprocess, sys

import pytest
from django.conf import settings
from django.core.cache import cache

from leagues.models import User


def test_orm():
    User.objects.count()


def test_cache():
    cache.get("key")


def test_settings():
    settings.DATABASES["default"]


def test_program():
    subprocess.run([sys.executable, "manage.py", "migrate", "--check"], check=True)


@pytest.mark.django_db
def test_asked():
    assert User.objects.count() == 0
    cache.set("key", 1)
    assert cache.get("key") == 1
    assert settings.DATABASES["default"]


@pytest.mark.thorough
def test_long():
    pass
"""


def run_suite(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "-c", "pytest.ini", "-p", "no:cacheprovider"]
    embedded = production_environment(DATABASE_URL="sqlite://:memory:", REDIS_URL="")
    return run([*command, *arguments, str(folder)], embedded)


@pytest.mark.processes
def test_who_asks_for_no_database_gets_none_by_whatever_way(tmp_path):
    (tmp_path / "test_suite.py").write_text(SUITE)
    result = run_suite(tmp_path, "-rA")
    outcomes = {
        name: outcome for outcome, name in re.findall(r"^(PASSED|FAILED) \S+::(\w+)", result.stdout, re.MULTILINE)
    }
    refused = {"test_orm", "test_cache", "test_settings", "test_program"}
    assert outcomes == {**dict.fromkeys(refused, "FAILED"), "test_asked": "PASSED"}


PROGRAMS = """
import pytest

pytestmark = pytest.mark.processes


@pytest.mark.parametrize("number", range(6))
def test_program(number):
    pass
"""


@pytest.mark.processes
def test_the_tests_of_a_module_that_starts_programs_stay_on_one_worker(tmp_path):
    for name in ("test_one", "test_other"):
        (tmp_path / f"{name}.py").write_text(PROGRAMS)
    result = run_suite(tmp_path, "-vv", "-n", "2", "--dist", "loadgroup")
    places = re.findall(r"^\[(gw\d)\] .* PASSED \S+@\S*(test_\w+)\.py", result.stdout, re.MULTILINE)
    assert len(places) == 12, result.stdout + result.stderr
    assert len(set(places)) == 2
