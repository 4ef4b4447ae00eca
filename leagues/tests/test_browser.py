"""The pages in a real browser: they fit a phone, log no errors in the console, and work by keyboard."""

import pytest
from django.db import connections

from leagues.tests.factories import PASSWORD, StandingFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture
def page(browser_path, live_server, monkeypatch):
    from playwright.sync_api import sync_playwright

    # Playwright runs an event loop in this thread, so Django would refuse the queries that the tests make.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=arguments)
        page = browser.new_page(base_url=live_server.url, viewport=PHONE)
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
        yield page
        browser.close()
        # Django keeps connections for each event loop; nothing else would close those of this one.
        connections.close_all()


@pytest.fixture
def logged_in(page, member):
    page.goto("/login/")
    page.get_by_label("Email").fill(member.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("/")
    return page


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


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
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_notice_of_a_refreshed_session_is_dismissed_by_keyboard_and_does_not_return(logged_in, member):
    from django.db import transaction

    from sessionsync.publishing import publish

    page = logged_in
    with transaction.atomic():
        publish(
            "SELECT id AS user_id, email, NULL AS old_league_id, NULL AS new_league_id, "
            "'' AS league_name, 'team renamed' AS refresh_reason FROM leagues_user"
        )
    page.goto("/")
    notice = page.locator("#session-refreshed")
    assert "team renamed" in notice.text_content()
    notice.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert notice.count() == 0
    page.reload()
    assert notice.count() == 0


def test_the_api_docs_load_under_the_security_policy(page):
    page.goto("/api/docs")
    page.get_by_text("/api/session-refresh-status").wait_for(timeout=10_000)
    assert page.complaints == []
