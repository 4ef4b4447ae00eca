"""The control room in a real browser, against a real server: an import from its start to its undo."""

import csv

import pytest
from playwright.sync_api import Locator, Page, expect

from etlimport.sample import make_next, make_snapshot
from rally.tests.chromium import DESK, PHONE, chromium, log_in, overflow
from rally.tests.processes import free_port, production_environment, run, running, wait_until
from rally.tests.test_entry_points import fetch

pytestmark = pytest.mark.browser

PASSWORD = "tennis-elbow-9"

PREPARE = f"""
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from leagues.models import User
call_command("migrate_locked")
call_command("run_etl", source=settings.IMPORT_SOURCE)
for role in ("operator", "viewer"):
    user = User.objects.create_user(role + "@example.com", {PASSWORD!r}, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The address of a server without a broker, one snapshot imported and another one offered."""
    folder = tmp_path_factory.mktemp("site")
    make_snapshot(folder / "snapshots" / "monday", players=150, seed=3, history=2)
    make_next(folder / "snapshots" / "monday", folder / "snapshots" / "tuesday", seed=3)
    port = free_port()
    environment = production_environment(
        DATABASE_URL=f"sqlite:///{folder}/site.sqlite3",
        REDIS_URL="",
        CELERY_BROKER_URL="",
        IMPORT_SOURCE=str(folder / "snapshots" / "monday"),
        IMPORT_ROOTS=str(folder / "snapshots"),
        ETL_MAX_DROP="1",
        DEBUG="1",
        PORT=str(port),
    )
    result = run(["python", "manage.py", "shell", "-v0", "-c", PREPARE], environment)
    assert result.returncode == 0, result.stderr
    with running(["gunicorn", "rally.wsgi"], environment, folder / "web.log"):
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: fetch(f"{address}/readyz")[0] == 200, seconds=60)
        yield address


@pytest.fixture(scope="module")
def open_as(site, browser_path):
    """open_as(role) → the page of a browser in which somebody of that role is logged in."""
    with chromium(browser_path, site) as open_page:

        def open_as(role: str) -> Page:
            page = open_page(DESK)
            log_in(page, "/admin/login/", f"{role}@example.com", PASSWORD, then="**/admin/")
            return page

        yield open_as


def has_heading(page: Page, name: str) -> None:
    """Waits for the page that was asked for."""
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def links(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name, exact=True)


def test_an_operator_starts_an_import_watches_it_reads_its_changes_and_undoes_it(open_as):
    page = open_as("operator")
    page.get_by_role("link", name="Start an import").first.click()
    tuesday = page.get_by_label("Source").locator("option", has_text="tuesday")
    page.get_by_label("Source").select_option(tuesday.text_content())
    page.get_by_role("button", name="Start the import").click()

    # It moves by itself, from waiting to the finished run.
    has_heading(page, "Changes")
    expect(page.locator("h1")).to_contain_text("published")
    run_page = page.url

    page.get_by_role("link", name="Players left").click()
    line = page.locator(".changes li").first.inner_text()
    page.get_by_label("Search").fill(line)
    with page.expect_navigation():
        page.get_by_role("button", name="Search").click()
    assert set(page.locator(".changes li").all_inner_texts()) == {line}

    page.goto(run_page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    with open(download.value.path(), newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert all(row["reason"] for row in rows)

    links(page, "Undo").click()
    page.get_by_role("button", name="Undo run").click()
    page.wait_for_url("**/change/")
    expect(page.locator("h1")).to_contain_text("published")
    page.goto(run_page)
    expect(page.locator("h1")).to_contain_text("undone")
    assert links(page, "Undo").count() == 0
    assert page.complaints == []


def test_a_viewer_sees_the_room_and_finds_nothing_to_press(open_as):
    page = open_as("viewer")
    has_heading(page, "Last runs")
    for name in ("Start an import", "Run again", "Undo", "Same", "Different"):
        assert links(page, name).count() == 0
    page.locator("table a").first.click()
    page.wait_for_url("**/change/")
    has_heading(page, "Time per step")
    assert links(page, "Run again").count() == 0
    assert page.goto("/admin/etlimport/importrun/start/").status == 403


def test_no_page_is_wider_than_a_phone_or_breaks_the_security_policy(open_as):
    page = open_as("operator")
    runs = "/admin/etlimport/importrun/"
    for screen in (PHONE, DESK):
        page.set_viewport_size(screen)
        for path in ("/admin/", runs, f"{runs}start/", f"{runs}1/change/", f"{runs}1/changes/", f"{runs}1/undo/"):
            page.goto(path)
            assert overflow(page) == 0, path
    assert page.complaints == []
