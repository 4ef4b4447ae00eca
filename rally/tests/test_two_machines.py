"""Two web servers against one PostgreSQL and one Redis, as on two machines."""

import re
import urllib.parse
import urllib.request
from contextlib import ExitStack
from http.cookiejar import CookieJar

import pytest
from django.conf import settings

from rally.tests.processes import free_port, production_environment, run, running, wait_until
from rally.tests.test_entry_points import fetch

pytestmark = [pytest.mark.postgresql, pytest.mark.redis]


class Browser:
    """Keeps its cookies whichever server it talks to, as one behind a load balancer does."""

    def __init__(self):
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def open(self, url: str, data: bytes | None = None):
        """The response, redirects followed, its text in `.text`."""
        with self.opener.open(url, data, timeout=30) as response:
            response.text = response.read().decode()
        return response

    def submit(self, page: str, action: str, **fields: str):
        """Sends a form that stands on `page` to `action`."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.open(page).text)[1]
        return self.open(action, urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}).encode())


@pytest.fixture
def environment(empty_database):
    """Of a site with the sample snapshot and the demo accounts, without https."""
    environment = production_environment(
        DATABASE_URL=empty_database,
        REDIS_URL=settings.REDIS_URL,
        CACHE_KEY_PREFIX=empty_database.rpartition("/")[2],
        WEB_CONCURRENCY="1",
        DEBUG="1",
    )
    for command in (["migrate_locked"], ["run_etl", "--source", "sample_data"], ["make_demo_accounts"]):
        result = run(["python", "manage.py", *command], environment)
        assert result.returncode == 0, result.stderr
    return environment


@pytest.fixture
def two_servers(environment, tmp_path):
    ports = [free_port(), free_port()]
    with ExitStack() as servers:
        for port in ports:
            log = tmp_path / f"{port}.log"
            servers.enter_context(running(["gunicorn", "rally.wsgi"], environment | {"PORT": str(port)}, log))
        sites = [f"http://127.0.0.1:{port}" for port in ports]
        for site in sites:
            wait_until(lambda site=site: fetch(f"{site}/readyz")[0] == 200, seconds=60)
        yield sites


def test_a_session_is_one_on_both_servers_through_an_import_and_a_logout(two_servers, environment, tmp_path):
    one, two = two_servers
    browser = Browser()
    login = f"{one}/login/"
    browser.submit(login, login, username="player@example.com", password="rally-demo")
    assert "Log out" in browser.open(f"{two}/").text

    for command in (
        ["make_sample_data", "--out", str(tmp_path / "next"), "--next-of", "sample_data"],
        ["run_etl", "--source", str(tmp_path / "next"), "--force"],
    ):
        result = run(["python", "manage.py", *command], environment)
        assert result.returncode == 0, result.stderr

    def refreshed(site: str) -> bool:
        return browser.open(f"{site}/").headers.get("X-Session-Refreshed") == "true"

    assert refreshed(two)
    assert not refreshed(one)
    assert not refreshed(two)

    browser.submit(f"{two}/", f"{two}/logout/")
    assert browser.open(f"{one}/").url.startswith(f"{one}/login/")
