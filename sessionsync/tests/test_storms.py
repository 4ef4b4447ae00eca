"""Many requests and publishes at once, and a real Redis that stops and starts again with its old data."""

import shutil
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import caches
from django.db import connections, transaction
from django.test import Client

from sessionsync.models import RefreshSignal
from sessionsync.publishing import publish

pytestmark = pytest.mark.django_db(transaction=True)
NOBODY = """SELECT 0 AS user_id, '' AS email, 0 AS old_league_id, 0 AS new_league_id,
                   '' AS league_name, '' AS refresh_reason WHERE 1 = 0"""


def same_browser(browser) -> Client:
    other = Client()
    other.cookies = browser.cookies
    return other


@pytest.mark.postgresql
def test_of_many_requests_at_once_one_says_that_the_session_was_refreshed(browser, rename):
    def ask(_):
        try:
            return same_browser(browser).get("/page")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        for number in range(5):
            rename(f"Name{number}")
            responses = list(threads.map(ask, range(16)))
            assert {response.status_code for response in responses} == {200}
            assert sum("X-Session-Refreshed" in response for response in responses) == 1
            assert all(response.content.startswith(f"Name{number}".encode()) for response in responses)
            assert RefreshSignal.objects.get().is_refreshed


@pytest.mark.postgresql
def test_publishes_at_once_follow_one_another(user):
    def publish_once(_):
        try:
            with transaction.atomic():
                return publish(NOBODY)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        versions = list(threads.map(publish_once, range(24)))
    assert sorted(versions) == list(range(min(versions), min(versions) + 24))


class Redis:
    """A Redis of this test alone, which keeps its data on disk when stopped."""

    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
        )
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise TimeoutError("redis-server does not start")

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None


@pytest.fixture
def redis(settings, tmp_path):
    server = Redis(tmp_path)
    server.start()
    sessions = {**settings.CACHES["sessions"], "LOCATION": f"redis://127.0.0.1:{server.port}/0"}
    settings.CACHES = {**settings.CACHES, "own": sessions}
    settings.SESSION_CACHE_ALIAS = "own"
    yield server
    caches["own"].close()
    server.stop()


@pytest.mark.redis
@pytest.mark.skipif(not shutil.which("redis-server"), reason="needs the redis-server program")
def test_a_redis_that_stops_and_starts_loses_no_session_and_brings_nothing_old_back(redis, log_in, user, rename):
    browser, leaving = log_in(user), log_in(user)
    before = same_browser(leaving)
    before.cookies = leaving.cookies.copy()
    assert browser.get("/note?text=before").status_code == 200
    redis.stop()
    assert browser.get("/note?text=meanwhile").status_code == 200
    leaving.logout()
    rename("Bea")
    response = browser.get("/page")
    assert (response.content, response["X-Session-Refreshed"]) == (b"Bea | team renamed", "true")
    redis.start()
    for _ in range(2):
        assert browser.get("/page").content == b"Bea | "
        assert browser.session["note"] == "meanwhile"
        assert before.get("/page").content == b"nobody | "
        time.sleep(1)
    assert caches["own"].keys("*"), "Redis is in use again"
