"""A plugin of pytest: which tests a run takes, in which order, and which of them stay together on one worker."""

import pytest
from hypothesis import HealthCheck, is_hypothesis_test
from hypothesis import settings as hypothesis_settings

from rally.tests.machine import missing_marks

TIERS = {
    "quick": {"max_examples": 10, "derandomize": True},
    "ordinary": {"max_examples": 60, "derandomize": True},
    "thorough": {"max_examples": 1_000, "derandomize": True, "print_blob": True},
}
"""How many examples Hypothesis takes in each. All but the thorough are the same every time."""
ON_A_BUSY_MACHINE = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
}

HEAVY = {"browser", "processes", "cluster"}
"""Marks of tests that start programs: they take seconds each."""
DATABASE_MARKS = {"django_db", "postgresql", "redis"}
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "client", "async_client", "template_database"}


def pytest_addoption(parser):
    group = parser.getgroup("rally")
    group.addoption("--tier", choices=list(TIERS), default="ordinary", help="how much to test (default: ordinary)")
    group.addoption(
        "--database-only", action="store_true", help="leave out the tests that reach neither database nor Redis"
    )


def pytest_configure(config):
    for tier, examples in TIERS.items():
        hypothesis_settings.register_profile(tier, **examples, **ON_A_BUSY_MACHINE)
    hypothesis_settings.load_profile(config.getoption("tier"))


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config, items):
    for item in filter(starts_programs, items):
        keep_together(item)
    yield
    selected = [item for item in items if runs(item, config)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(selected)])
    # What takes longest begins first, so that no worker is left with it at the end.
    items[:] = sorted(selected, key=lambda item: not starts_programs(item))


def runs(item: pytest.Item, config: pytest.Config) -> bool:
    if config.getoption("database_only") and not reaches_database(item):
        return False
    return belongs(item, config.getoption("tier")) and not marks_of(item) & missing_marks()


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


def examples(**by_tier: int) -> hypothesis_settings:
    """How many examples a test takes in each tier, where the profile of the tier would make it too slow."""
    return hypothesis_settings(max_examples=by_tier[hypothesis_settings.get_current_profile_name()])
