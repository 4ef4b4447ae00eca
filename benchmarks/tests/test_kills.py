"""A few of the kills that `python -m benchmarks.kills` makes by the hundred, and what it says of them."""

from random import Random

import pytest

from benchmarks.killed import Kill, line, table
from benchmarks.killing import copy_of, kill, look, works
from leagues.models import Standing
from rally.tests.sites import ALIAS, database

pytestmark = [pytest.mark.processes, pytest.mark.thorough]


@pytest.fixture(scope="module")
def kinds(template_database, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("kills")
    with django_db_blocker.unblock(), works(template_database, 300, folder) as kinds:
        yield {work.name: work for work in kinds}


@pytest.mark.parametrize("name", ["merge", "rebuild", "undo", "settle"])
def test_a_run_killed_at_any_moment_leaves_one_state_or_the_other(kinds, tmp_path, name):
    killed = kill(kinds[name], Random(name), tmp_path / "copy")
    assert killed.violations == []
    assert killed.found in ("old", "new")


def test_a_state_between_the_two_is_told(kinds, tmp_path):
    work = kinds["merge"]
    with copy_of(work.base, tmp_path / "copy") as url, database(url):
        Standing.objects.using(ALIAS).first().delete()
        killed = Kill(work.name, after=0.1)
        look(work, killed)
    assert killed.found == "neither"
    assert "leagues_standing" in line(killed)
    assert table([killed], "a title").splitlines()[-1].endswith("| 1 |")
