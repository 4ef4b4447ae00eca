"""The pages in a real browser: they fit a phone, log no errors in the console, and work by keyboard."""

import pytest
from django.db import connections, transaction
from playwright.sync_api import expect

from leagues.tests.factories import PASSWORD, StandingFactory
from rally.tests.chromium import DESK, PHONE, chromium, log_in, overflow
from sessionsync.publishing import publish

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser_path, live_server, monkeypatch):
    # Playwright's own event loop runs in this thread; the ORM of these tests is used beside it, not within.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with chromium(browser_path, live_server.url) as open_page:
        yield open_page(PHONE)
        # Django keeps connections apart by event loop: those made under this one nobody else would close.
        connections.close_all()


@pytest.fixture
def logged_in(page, member):
    log_in(page, "/login/", member.email, PASSWORD, then="/")
    return page


def test_no_page_is_wider_than_its_screen_or_breaks_the_security_policy(logged_in, team):
    page = logged_in
    StandingFactory(team=team)
    addresses = ["/", "/switch/", "/settings/", "/password/change/", team.get_absolute_url()]
    addresses += [team.series.get_absolute_url(), team.league.get_absolute_url()]
    for screen in (PHONE, DESK):
        page.set_viewport_size(screen)
        for address in addresses:
            page.goto(address)
            assert overflow(page) == 0, address
    assert page.complaints == []


def test_every_field_and_button_has_a_name(logged_in):
    page = logged_in
    for address in ("/", "/switch/", "/settings/", "/password/change/"):
        page.goto(address)
        for control in page.locator("input:not([type=hidden]), select, button, a").all():
            named = control.evaluate("e => (e.labels?.[0] ?? e).textContent.trim() || e.getAttribute('aria-label')")
            assert named, f"{address}: {control.evaluate('e => e.outerHTML')}"


def test_the_first_tab_stop_skips_to_the_content(logged_in):
    page = logged_in
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_notice_of_a_refreshed_session_is_dismissed_by_keyboard_and_does_not_return(logged_in, member):
    page = logged_in
    with transaction.atomic():
        publish(
            "SELECT id AS user_id, email, NULL AS old_league_id, NULL AS new_league_id, "
            "'' AS league_name, 'team renamed' AS refresh_reason FROM leagues_user"
        )
    page.goto("/")
    notice = page.locator("#session-refreshed")
    expect(notice).to_contain_text("team renamed")
    notice.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(notice).to_have_count(0)
    page.reload()
    expect(notice).to_have_count(0)


def test_the_api_docs_load_under_the_security_policy(page):
    page.goto("/api/docs")
    page.get_by_text("/api/session-refresh-status").wait_for()
    assert page.complaints == []
