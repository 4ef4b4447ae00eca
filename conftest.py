"""What the whole suite shares: developer settings, a clean cache, and which marks can run here."""

import os
import shutil

# Set before the settings are read, so that tests and the servers they start run as `make run` does:
# no redirect to https, no secure cookies. What holds in production is tested by name in rally/tests.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rally.settings")
os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("CACHE_KEY_PREFIX", "rally-test")

import django
import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """The path of an installed Chromium, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def runnable_marks() -> dict[str, bool]:
    """For each mark that needs something of the machine: whether it is there."""
    from django.conf import settings

    return {
        "postgresql": "postgresql" in settings.DATABASES["default"]["ENGINE"],
        "redis": bool(settings.REDIS_URL),
        "browser": find_browser() is not None,
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
