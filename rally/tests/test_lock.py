"""`requirements.lock` is what a deployment installs: everything by version and hash, wherever it comes from."""

import os
import re
from importlib.metadata import version

import pytest
from django.conf import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCK = (settings.BASE_DIR / "requirements.lock").read_text()
LOCKED = [Requirement(requirement) for requirement in re.findall(r"^([a-z0-9].*?)(?: \\)?$", LOCK, re.MULTILINE)]
ASKED_FOR = [
    Requirement(line) for line in (settings.BASE_DIR / "requirements.txt").read_text().splitlines() if line.strip()
]


def versions(name: str) -> list[str]:
    """The locked versions of a package: one, or one for each of several Pythons."""
    found = [locked for locked in LOCKED if locked.name == canonicalize_name(name)]
    return [specifier.version for locked in found for specifier in locked.specifier]


@pytest.mark.parametrize("requirement", ASKED_FOR, ids=str)
def test_whatever_the_requirements_ask_for_is_locked_within_its_range(requirement):
    assert versions(requirement.name)
    assert all(requirement.specifier.contains(each) for each in versions(requirement.name))


def test_every_entry_names_one_version_and_its_hashes_and_none_an_address():
    entries = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) == len(LOCKED)
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+==[0-9][\w.]*( ; [^\\]+)? \\\n( +--hash=sha256:[0-9a-f]{64}( \\)?\n)+", entry), (
            entry
        )
    assert "://" not in LOCK


def test_it_is_made_by_the_command_that_the_guide_to_deploying_names():
    made_by = re.search(r"^#    (uv pip compile .+)$", LOCK, re.MULTILINE)[1]
    assert f".venv/bin/{made_by}\n" in (settings.BASE_DIR / "docs/deploying.md").read_text()


@pytest.mark.skipif(os.environ.get("CI", "").lower() not in ("1", "true", "yes"), reason="only CI installs the lock")
def test_under_ci_the_tests_run_on_what_is_locked():
    here = [locked for locked in LOCKED if not locked.marker or locked.marker.evaluate()]
    assert {locked.name: version(locked.name) for locked in here} == {
        locked.name: next(iter(locked.specifier)).version for locked in here
    }
