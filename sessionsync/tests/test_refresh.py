import logging

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sessionsync.models import RefreshSignal, UserSession
from sessionsync.refresh import NO_SIGNAL_REASON, renew
from sessionsync.session_keys import CONTEXT_KEY

pytestmark = pytest.mark.django_db
SITE = "sessionsync.tests.site"
IS_CACHED = django_settings.SESSION_ENGINE.endswith("cached_db")


def refreshed(response) -> str | None:
    """The reason in the headers of a response that refreshed its session."""
    if response.get("X-Session-Refreshed") == "true":
        return response["X-Session-Refresh-Reason"]
    assert "X-Session-Refresh-Reason" not in response
    return None


@pytest.mark.usefixtures("no_outer_transaction")
def test_a_warm_request_asks_the_database_for_nothing_but_the_session(browser):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        browser.get("/page")
    assert len(queries) == (0 if IS_CACHED else 1)


def test_a_publish_refreshes_the_session_on_its_next_request_and_never_again(browser, rename):
    rename("Bea", reason="league re-keyed")
    first, second = browser.get("/page"), browser.get("/page")
    assert refreshed(first) == "league re-keyed"
    assert first.content == b"Bea | league re-keyed"
    assert refreshed(second) is None
    assert second.content == b"Bea | "


def test_a_refresh_completes_the_signal_of_its_user_only(browser, user, make_user, rename):
    other = make_user("Bob")
    rename("X", user, other)
    browser.get("/page")
    states = dict(RefreshSignal.objects.values_list("user__email", "is_refreshed"))
    assert states == {user.email: True, other.email: False}


def test_a_second_device_refreshes_too_though_the_signal_is_complete(browser, user, log_in, rename):
    second = log_in(user)
    rename("Bea", reason="team renamed")
    assert refreshed(browser.get("/page")) == "team renamed"
    assert refreshed(second.get("/page")) == "team renamed"
    assert refreshed(second.get("/page")) is None


def test_a_user_without_a_signal_refreshes_with_a_general_reason(browser, make_user, rename):
    rename("X", make_user("Bob"))
    assert refreshed(browser.get("/page")) == NO_SIGNAL_REASON


def test_a_signal_taken_up_before_is_not_the_reason_of_a_later_refresh(browser, make_user, rename):
    rename("Bea", reason="league re-keyed")
    browser.get("/page")
    rename("X", make_user("Bob"))
    assert refreshed(browser.get("/page")) == NO_SIGNAL_REASON


@pytest.mark.parametrize("field", ["id", "email", "external_player_id"])
def test_a_context_that_lacks_a_required_field_is_rebuilt(browser, field):
    session = browser.session
    del session[CONTEXT_KEY][field]
    session.save()
    assert refreshed(browser.get("/page")) == NO_SIGNAL_REASON
    assert field in browser.session[CONTEXT_KEY]


@pytest.mark.usefixtures("no_outer_transaction")
def test_a_refresh_takes_at_most_three_queries_beside_the_sessions_own(browser, rename):
    rename("Bea")
    with CaptureQueriesContext(connection) as queries:
        browser.get("/page")
    others = [
        query["sql"]
        for query in queries
        if UserSession._meta.db_table not in query["sql"] and not query["sql"].startswith(("SAVEPOINT", "RELEASE"))
    ]
    assert len(others) <= 3, others


def test_a_cold_session_is_restored_without_a_word(user, log_in):
    browser = log_in(user, warm=False)
    response = browser.get("/page")
    assert response.content == b"Ann | "
    assert refreshed(response) is None


def test_a_cold_session_is_left_alone_where_restoring_is_off(user, log_in, settings):
    settings.SESSIONSYNC = {**settings.SESSIONSYNC, "RESTORE": False}
    assert log_in(user, warm=False).get("/page").content == b"nobody | "


def test_a_notice_waits_for_the_first_page_that_can_show_it(browser, rename):
    rename("Bea", reason="team renamed")
    moved = browser.get("/moved")
    assert refreshed(moved) == "team renamed"
    assert refreshed(browser.get("/api/data")) is None
    shown = browser.get("/page")
    assert shown.content == b"Bea | team renamed"
    assert refreshed(shown) is None
    assert browser.get("/page").content == b"Bea | "


@pytest.mark.parametrize("path", ["/static/thing.css", "/quiet/page"])
def test_exempt_paths_leave_a_stale_session_as_it_is(browser, rename, path):
    rename("Bea")
    assert refreshed(browser.get(path)) is None
    assert refreshed(browser.get("/page")) == "team renamed"


def test_who_is_not_logged_in_costs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Client().get("/page").content == b"nobody | "


@pytest.mark.parametrize("how", ["deleted", "inactive"])
def test_the_session_of_a_user_who_is_gone_ends_at_the_login_page(browser, user, rename, how):
    users = get_user_model().objects.filter(pk=user.pk)
    rename("Bea")
    if how == "deleted":
        users.delete()
    else:
        users.update(is_active=False)
    response = browser.get("/guarded?tab=2")
    assert (response.status_code, response["Location"]) == (302, "/login?next=/guarded%3Ftab%3D2")
    assert not UserSession.objects.exists()
    assert browser.get("/page").content == b"nobody | "


def test_a_user_who_is_gone_gets_json_from_the_api(browser, user, rename):
    rename("Bea")
    get_user_model().objects.filter(pk=user.pk).update(is_active=False)
    response = browser.get("/api/data")
    assert response.status_code == 401
    assert "Log in" in response.json()["detail"]


@pytest.mark.parametrize(
    ("path", "login"),
    [("//evil.example/x", "/login"), ("/\\evil.example", "/login?next=/%255Cevil.example")],
)
def test_the_way_back_never_leaves_the_site(browser, user, rename, path, login):
    rename("Bea")
    get_user_model().objects.filter(pk=user.pk).update(is_active=False)
    assert browser.get("/page", PATH_INFO=path)["Location"] == login


def test_a_user_who_is_gone_can_still_open_the_login_page(browser, user, rename):
    rename("Bea")
    get_user_model().objects.filter(pk=user.pk).update(is_active=False)
    assert browser.get("/login").content == b"nobody | "


def test_a_failing_check_serves_the_page_logs_and_tries_again(browser, rename, settings, caplog):
    rename("Bea")
    working = settings.SESSIONSYNC
    settings.SESSIONSYNC = {**working, "CONTEXT_BUILDER": f"{SITE}.failing_builder"}
    with caplog.at_level(logging.ERROR, "sessionsync"):
        response = browser.get("/page")
    assert (response.status_code, response.content) == (200, b"Ann | ")
    assert refreshed(response) is None
    assert "session check" in caplog.text
    settings.SESSIONSYNC = working
    assert refreshed(browser.get("/page")) == "team renamed"


def test_a_save_that_fails_serves_the_page_and_tries_again(browser, rename, monkeypatch):
    store = type(browser.session)
    rename("Bea")
    with monkeypatch.context() as broken:
        broken.setattr(store, "_update", lambda *_: 1 / 0)
        assert browser.get("/page").status_code == 200
    assert refreshed(browser.get("/page")) == "team renamed"


def test_a_reason_of_several_lines_becomes_one(browser, rename):
    rename("Bea", reason="team\nrenamed")
    assert refreshed(browser.get("/page")) == "team renamed"


def test_a_choice_of_the_user_is_taken_up_without_a_word(browser, user):
    user.first_name = "Chosen"
    user.save()
    session = browser.session
    renew(session)
    session.save()
    response = browser.get("/page")
    assert response.content == b"Chosen | "
    assert refreshed(response) is None


def test_a_publish_while_the_context_is_built_is_taken_up_next(browser, rename, settings, monkeypatch):
    """The version of a context is never newer than what the context holds."""
    from sessionsync.tests import site

    rename("Bea")
    original = site.build_context

    def slow_builder(user_id, stored):
        context = original(user_id, stored)
        monkeypatch.setattr(site, "build_context", original)
        rename("Cleo", reason="run undone")
        return context

    monkeypatch.setattr(site, "build_context", slow_builder)
    first, second = browser.get("/page"), browser.get("/page")
    assert first.content.startswith(b"Bea")
    assert second.content == b"Cleo | run undone"
    assert refreshed(second) == "run undone"
