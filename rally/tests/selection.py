"""Which tests a run takes, in which order, and which of them stay together on one worker."""

import pytest
from hypothesis import is_hypothesis_test, settings

HEAVY = {"browser", "processes", "cluster"}
"""Marks of tests that start programs: they take seconds each."""
DATABASE_MARKS = {"django_db", "postgresql", "redis"}
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "client", "async_client", "template_database"}


def examples(**by_tier: int) -> settings:
    """How many examples a test takes in each tier, where the profile of the tier would make it too slow."""
    return settings(max_examples=by_tier[settings.get_current_profile_name()])


def belongs(item: pytest.Item, tier: str) -> bool:
    """Quick: what needs neither a program nor long. Thorough: what is only for that, and random tests once more."""
    marks = marks_of(item)
    if tier == "thorough":
        return "thorough" in marks or is_hypothesis_test(getattr(item, "obj", None))
    return "thorough" not in marks and not (tier == "quick" and marks & HEAVY)


def reaches_database(item: pytest.Item) -> bool:
    """Whether it asks for the database the suite runs on, or for Redis; a test that does not can reach neither."""
    return bool(marks_of(item) & DATABASE_MARKS or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))


def starts_programs(item: pytest.Item) -> bool:
    return bool(marks_of(item) & HEAVY)


def keep_together(item: pytest.Item) -> None:
    """The tests of a module that starts programs stay on one worker: they share what its fixtures started."""
    item.add_marker(pytest.mark.xdist_group(item.location[0]))


def marks_of(item: pytest.Item) -> set[str]:
    return {mark.name for mark in item.iter_markers()}
