"""`login_required` and `LoginRequiredMixin` without the middleware, and all of it in async code."""

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.test import AsyncClient, Client

from sessionsync.tests.conftest import MIDDLEWARE

GUARDED = ["/guarded", "/room", "/async-guarded", "/async-room"]


@pytest.fixture
def no_middleware(settings):
    settings.MIDDLEWARE = MIDDLEWARE[:-1]


@pytest.mark.django_db
@pytest.mark.parametrize("path", GUARDED)
def test_a_guarded_view_refreshes_without_the_middleware(browser, rename, no_middleware, path):
    browser = restarted(browser)
    rename("Bea", reason="team renamed")
    first, second = browser.get(path), browser.get(path)
    assert first["X-Session-Refresh-Reason"] == "team renamed"
    assert first.content == b"Bea | team renamed"
    assert "X-Session-Refreshed" not in second
    assert second.content == b"Bea | "


@pytest.mark.django_db
@pytest.mark.parametrize("path", GUARDED)
def test_a_guarded_view_behind_the_middleware_refreshes_once(browser, rename, path):
    rename("Bea")
    response = browser.get(path)
    assert (response["X-Session-Refreshed"], response.content) == ("true", b"Bea | team renamed")
    assert "X-Session-Refreshed" not in browser.get(path)


@pytest.mark.django_db
@pytest.mark.parametrize("path", GUARDED)
def test_a_guarded_view_sends_strangers_to_the_login_page(path):
    response = Client().get(path)
    assert (response.status_code, response["Location"]) == (302, f"/login?next={path}")
    assert Client().post(path)["Location"] == "/login"


@pytest.mark.django_db
def test_a_guarded_view_under_the_api_answers_strangers_in_json():
    response = Client().get("/api/guarded")
    assert (response.status_code, response["Content-Type"]) == (401, "application/json")


@pytest.mark.django_db
@pytest.mark.parametrize("path", GUARDED)
def test_a_guarded_view_ends_a_session_that_is_warm_but_whose_user_is_inactive(browser, user, path):
    get_user_model().objects.filter(pk=user.pk).update(is_active=False)
    assert browser.get(path)["Location"] == f"/login?next={path}"
    assert browser.get("/page").content == b"nobody | "


@pytest.mark.django_db
def test_a_guarded_view_refuses_a_session_from_before_a_password_change(browser, user):
    user.set_password("another one 1234")
    user.save()
    assert browser.get("/guarded").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/page", "/async-page", "/async-guarded"])
def test_the_asynchronous_handler_refreshes_like_the_other(browser, rename, path):
    get = async_to_sync(asynchronous(browser).get)
    rename("Bea")
    first, second = get(path), get(path)
    assert (first["X-Session-Refreshed"], first.content) == ("true", b"Bea | team renamed")
    assert ("X-Session-Refreshed" in second, second.content) == (False, b"Bea | ")


@pytest.mark.django_db
def test_the_asynchronous_handler_ends_the_session_of_a_user_who_is_gone(browser, user, rename):
    get = async_to_sync(asynchronous(browser).get)
    rename("Bea")
    get_user_model().objects.filter(pk=user.pk).update(is_active=False)
    assert get("/async-page").status_code == 302
    assert get("/async-page").content == b"nobody | "


@pytest.mark.django_db
def test_a_session_created_in_async_code_is_found_again(user):
    async def log_in_and_look() -> bytes:
        browser = AsyncClient()
        await browser.aforce_login(user)
        return (await browser.get("/async-page")).content

    assert async_to_sync(log_in_and_look)() == b"Ann | "


def asynchronous(browser: Client) -> AsyncClient:
    """The session of `browser`, asked through the asynchronous handler."""
    other = AsyncClient()
    other.cookies = browser.cookies
    return other


def restarted(browser: Client) -> Client:
    """The same browser, asking a server that read its settings anew."""
    other = Client()
    other.cookies = browser.cookies
    return other
