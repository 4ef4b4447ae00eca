"""The control room in a real browser, against a real server: an import from its start to its undo."""

import csv

import pytest

from etlimport.sample import make_next, make_snapshot
from rally.tests.processes import free_port, production_environment, run, running, wait_until
from rally.tests.test_entry_points import fetch

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
PASSWORD = "tennis-elbow-9"

MAKE_PEOPLE = f"""
from django.contrib.auth.models import Group
from leagues.models import User
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
    for command in (
        ["migrate_locked"],
        ["run_etl", "--source", str(folder / "snapshots" / "monday")],
        ["shell", "-v0", "-c", MAKE_PEOPLE],
    ):
        result = run(["python", "manage.py", *command], environment)
        assert result.returncode == 0, result.stderr
    with running(["gunicorn", "rally.wsgi"], environment, folder / "web.log"):
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: fetch(f"{address}/readyz")[0] == 200, seconds=60)
        yield address


@pytest.fixture
def open_as(site, browser_path):
    """open_as(role) → the page of a browser in which somebody of that role is logged in."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=browser_path, args=arguments)

        def open_as(role: str):
            page = browser.new_page(base_url=site, viewport=DESK)
            page.complaints = []
            page.on("pageerror", lambda error: page.complaints.append(str(error)))
            page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
            page.goto("/admin/login/")
            page.get_by_label("Email").fill(f"{role}@example.com")
            page.get_by_label("Password").fill(PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url("**/admin/")
            return page

        yield open_as
        browser.close()


def overflow(page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_an_operator_starts_an_import_watches_it_reads_its_changes_and_undoes_it(open_as):
    page = open_as("operator")
    page.get_by_role("link", name="Start an import").first.click()
    offered = page.get_by_label("Source").locator("option").all_text_contents()
    page.get_by_label("Source").select_option(next(source for source in offered if source.endswith("tuesday")))
    page.get_by_role("button", name="Start the import").click()

    # It moves by itself, from waiting to the finished run.
    page.get_by_role("heading", name="Changes").wait_for(timeout=60_000)
    assert "published" in page.locator("h1").inner_text()
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

    page.get_by_role("link", name="Undo", exact=True).click()
    page.get_by_role("button", name="Undo run").click()
    page.get_by_text("Undo", exact=True).first.wait_for(timeout=60_000)
    wait_until(lambda: "published" in page.locator("h1").inner_text(), seconds=60)
    page.goto(run_page)
    assert "undone" in page.locator("h1").inner_text()
    assert page.get_by_role("link", name="Undo", exact=True).count() == 0
    assert page.complaints == []


def test_a_viewer_sees_the_room_and_finds_nothing_to_press(open_as):
    page = open_as("viewer")
    assert page.get_by_role("heading", name="Last runs").is_visible()
    for name in ("Start an import", "Run again", "Undo", "Same", "Different"):
        assert page.get_by_role("link", name=name, exact=True).count() == 0
    page.locator("table a").first.click()
    assert page.get_by_role("heading", name="Time per step").is_visible()
    assert page.get_by_role("link", name="Run again").count() == 0
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
