"""`login_required` and `LoginRequiredMixin` without the middleware, and everything in its async kind."""

import pytest
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


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/page", "/async-page", "/async-guarded"])
async def test_the_asynchronous_handler_refreshes_like_the_other(path):
    browser = await logged_in()
    await rename_everybody("Bea")
    first, second = await browser.get(path), await browser.get(path)
    assert (first["X-Session-Refreshed"], first.content) == ("true", b"Bea | session updated")
    assert "X-Session-Refreshed" not in second


@pytest.mark.django_db(transaction=True)
async def test_the_asynchronous_handler_ends_the_session_of_a_user_who_is_gone():
    browser = await logged_in()
    await rename_everybody("Bea", is_active=False)
    assert (await browser.get("/async-page")).status_code == 302
    assert (await browser.get("/async-page")).content == b"nobody | "


async def logged_in() -> AsyncClient:
    user = await get_user_model().objects.acreate(email="ann@example.org", first_name="Ann")
    browser = AsyncClient()
    await browser.aforce_login(user)
    await browser.get("/async-page")
    return browser


async def rename_everybody(name, **fields):
    from asgiref.sync import sync_to_async
    from django.db import transaction

    from sessionsync.publishing import publish

    def change():
        with transaction.atomic():
            get_user_model().objects.update(first_name=name, **fields)
            publish(
                "SELECT 0 AS user_id, '' AS email, 0 AS old_league_id, 0 AS new_league_id, "
                "'' AS league_name, '' AS refresh_reason WHERE 1 = 0"
            )

    await sync_to_async(change)()


def restarted(browser: Client) -> Client:
    """The same browser, asking a server that read its settings anew."""
    other = Client()
    other.cookies = browser.cookies
    return other
