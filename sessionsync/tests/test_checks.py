"""What `manage.py check` finds in the settings of a site."""

import pytest
from django.core.checks import run_checks
from django.db import connections

from sessionsync.checks import database_is_supported
from sessionsync.tests.conftest import MIDDLEWARE


def problems() -> dict[str, str]:
    """What `check` says of this app, by id."""
    found = [message for message in run_checks() if str(message.id).startswith("sessionsync.")]
    return {message.id: message.msg for message in found}


def test_a_site_with_all_it_needs_passes():
    assert problems() == {}


@pytest.mark.parametrize(
    ("change", "found", "named"),
    [
        ({"SESSIONSYNC": {"CONTEXT_BUILDER": "os.getcwd", "RESTOR": True}}, "E001", "'RESTOR'"),
        ({"SESSIONSYNC": {}}, "E002", "no CONTEXT_BUILDER"),
        ({"SESSIONSYNC": {"CONTEXT_BUILDER": "os.nothing"}}, "E002", "'os.nothing'"),
        ({"SESSIONSYNC": {"CONTEXT_BUILDER": "nowhere.build"}}, "E002", "'nowhere.build'"),
        ({"SESSION_ENGINE": "django.contrib.sessions.backends.db"}, "E003", "'django.contrib.sessions.backends.db'"),
        ({"MIDDLEWARE": MIDDLEWARE[::-1]}, "E004", "after the user is known"),
    ],
)
def test_what_is_wrong_is_named(settings, change, found, named):
    for name, value in change.items():
        setattr(settings, name, value)
    [(problem, message)] = problems().items()
    assert problem == f"sessionsync.{found}"
    assert named in message


def test_a_site_may_do_without_the_middleware(settings):
    settings.MIDDLEWARE = MIDDLEWARE[:-1]
    assert problems() == {}


def test_a_database_without_the_sql_it_needs_is_refused(monkeypatch):
    assert database_is_supported(databases=["default"]) == []
    monkeypatch.setattr(connections["default"], "vendor", "oracle")
    [problem] = database_is_supported(databases=["default"])
    assert (problem.id, "oracle" in problem.msg) == ("sessionsync.E005", True)
