"""The database is held, interrupted, restarted or gone under a real site: 503 at worst, and all is well afterwards."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import psycopg2
import pytest

from etlimport.sample import make_snapshot
from leagues.models import League, User
from rally.tests.browsers import Browser
from rally.tests.clusters import own_postgresql
from rally.tests.processes import free_port, running, wait_until
from rally.tests.sites import ALIAS, own_redis, serving
from rally.tests.visitors import PASSWORD

pytestmark = pytest.mark.processes

QUICK = {"REQUEST_LOCK_TIMEOUT": "1", "WEB_CONCURRENCY": "1"}
PAGES = [
    "/",
    "/switch/",
    "/settings/",
    "/login/",
    "/admin/",
    "/no/such/page/",
    "/l/none/",
    "/api/leagues",
    "/api/nothing",
]
CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
"""Ends the connections of everybody."""
IN_THE_MERGE = "SELECT 1 FROM etlimport_runprogress WHERE step = 'merge'"
HELD, OTHER = "held@rally.example", "other@rally.example"


@contextmanager
def site_with_people(url: str, redis_url: str, folder, **variables: str):
    with serving(url, redis_url, folder, **QUICK, **variables) as site:
        league = League.objects.using(ALIAS).create(code="ONE", name="League One", key="one")
        for email in (HELD, OTHER):
            user = User(email=email, is_staff=True, is_superuser=True, league_context=league)
            user.set_password(PASSWORD)
            user.save(using=ALIAS)
        yield site


def logged_in(site, email: str) -> Browser:
    browser = Browser()
    assert log_in(browser, site, email).url == f"{site.url}/"
    return browser


def log_in(browser: Browser, site, email: str):
    login = f"{site.url}/login/"
    return browser.submit(login, login, username=email, password=PASSWORD)


def says_so(response) -> None:
    """It is the page or, under the API, the JSON that says when to come again."""
    assert response.status == 503, response.text
    assert response.headers["Retry-After"] == "5"
    html = "/api/" not in response.url
    assert response.headers["Content-Type"] == ("text/html; charset=utf-8" if html else "application/json")
    assert ("Our database is busy" if html else "The database is busy") in response.text


def statuses(browser: Browser, site) -> dict[str, int]:
    return {path: browser.open(site.url + path).status for path in PAGES}


WELL = dict.fromkeys(PAGES, 200) | {"/no/such/page/": 404, "/l/none/": 404, "/api/nothing": 404}


@pytest.mark.sqlite
def test_on_sqlite_who_would_write_while_another_does_is_told_to_come_again(migrated, tmp_path, django_db_blocker):
    url, path = migrated
    with django_db_blocker.unblock(), site_with_people(url, "", tmp_path) as site:
        browser = logged_in(site, OTHER)
        with closing(sqlite3.connect(path, isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            says_so(log_in(Browser(), site, HELD))
            assert statuses(browser, site) == WELL
            writer.execute("ROLLBACK")
        logged_in(site, HELD)


@pytest.fixture
def migrated(tmp_path):
    """(URL, path) of an SQLite file that the site will migrate."""
    path = tmp_path / "rally.sqlite3"
    return f"sqlite:///{path}", path


@pytest.fixture(scope="module")
def cluster(postgresql_programs):
    with own_postgresql(postgresql_programs) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def redis_port():
    return free_port()


@pytest.fixture(scope="module")
def redis_process(redis_port, tmp_path_factory):
    with own_redis(redis_port, tmp_path_factory.mktemp("redis")) as process:
        yield process


@pytest.fixture(scope="module")
def site(cluster, redis_process, redis_port, tmp_path_factory, django_db_blocker):
    redis_url = f"redis://127.0.0.1:{redis_port}/0"
    with django_db_blocker.unblock(), site_with_people(cluster.url, redis_url, tmp_path_factory.mktemp("site")) as site:
        yield site


def ask(cluster, sql: str) -> list[tuple]:
    """Over a connection of its own, as those that were open may have been cut."""
    with closing(psycopg2.connect(cluster.url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def outcomes(cluster) -> list[str]:
    return [status for (status,) in ask(cluster, "SELECT status FROM etlimport_importrun ORDER BY id")]


@pytest.mark.postgresql
@pytest.mark.cluster
@pytest.mark.redis
class TestOnPostgreSQL:
    def test_a_row_that_somebody_holds_keeps_nobody_waiting(self, site, cluster):
        held, other = logged_in(site, HELD), logged_in(site, OTHER)
        with closing(psycopg2.connect(cluster.url)) as holder, holder.cursor() as cursor:
            cursor.execute("SELECT 1 FROM leagues_user WHERE email = %s FOR UPDATE", [HELD])
            says_so(log_in(Browser(), site, HELD))
            says_so(held.submit(f"{site.url}/switch/", f"{site.url}/switch/", league="one"))
            admin_login = f"{site.url}/admin/login/"
            says_so(Browser().submit(admin_login, admin_login, username=HELD, password=PASSWORD))
            assert statuses(held, site) == statuses(other, site) == WELL
            assert other.submit(f"{site.url}/switch/", f"{site.url}/switch/", league="one").status == 200
            holder.rollback()
        assert held.submit(f"{site.url}/switch/", f"{site.url}/switch/", league="one").url == f"{site.url}/"

    def test_a_table_that_somebody_holds_is_answered_with_503(self, site, cluster):
        browser = logged_in(site, OTHER)
        with closing(psycopg2.connect(cluster.url)) as holder, holder.cursor() as cursor:
            cursor.execute("LOCK TABLE leagues_league IN ACCESS EXCLUSIVE MODE")
            says_so(browser.open(f"{site.url}/switch/"))
            says_so(browser.open(f"{site.url}/l/none/"))
            says_so(browser.open(f"{site.url}/api/leagues"))
        assert statuses(browser, site) == WELL

    def test_all_its_connections_are_cut_under_load_again_and_again(self, site, cluster):
        browsers = [logged_in(site, OTHER) for _ in range(4)]
        with ThreadPoolExecutor(len(browsers)) as pool:
            rounds = [pool.submit(lambda browser: [statuses(browser, site) for _ in range(6)], one) for one in browsers]
            while not all(future.done() for future in rounds):
                ask(cluster, CUT)
            seen = [found for future in rounds for found in future.result()]
        for found in seen:
            assert all(status in (WELL[path], 503) for path, status in found.items()), found
        assert statuses(browsers[0], site) == WELL

    def test_an_import_cut_with_everybody_ends_as_failed_and_the_next_one_publishes(self, site, cluster, tmp_path):
        make_snapshot(tmp_path / "snapshot", players=300, seed=4)
        command = ["python", "manage.py", "run_etl", "--source", str(tmp_path / "snapshot")]
        browser = logged_in(site, OTHER)
        with closing(psycopg2.connect(cluster.url)) as holder, holder.cursor() as cursor:
            # The import waits at its first write of a player, so that it is under way when it is cut.
            cursor.execute("LOCK TABLE leagues_player IN SHARE MODE")
            with running(command, site.environment, tmp_path / "run_etl.log") as process:
                wait_until(lambda: bool(ask(cluster, IN_THE_MERGE)), seconds=60)
                ask(cluster, CUT)
                seen = statuses(browser, site)
                assert process.wait(60) == 1
        assert all(status in (WELL[path], 503) for path, status in seen.items()), seen
        assert statuses(browser, site) == WELL
        assert outcomes(cluster) == ["failed"]
        site.manage("run_etl", "--source", tmp_path / "snapshot")
        assert outcomes(cluster) == ["failed", "published"]

    def test_while_a_person_s_row_is_held_an_import_publishes_and_others_see_it(self, site, cluster, tmp_path):
        make_snapshot(tmp_path / "snapshot", players=300, seed=5)
        other = logged_in(site, OTHER)
        with closing(psycopg2.connect(cluster.url)) as holder, holder.cursor() as cursor:
            cursor.execute("SELECT 1 FROM leagues_user WHERE email = %s FOR UPDATE", [HELD])
            site.manage("run_etl", "--source", tmp_path / "snapshot", "--force")
            assert statuses(other, site) == WELL
        assert outcomes(cluster)[-1] == "published"
        assert statuses(logged_in(site, HELD), site) == WELL

    def test_while_the_server_is_down_everything_says_so_and_afterwards_works(self, site, cluster):
        browser = logged_in(site, OTHER)
        cluster.stop()
        try:
            for path in PAGES:
                if path not in ("/api/nothing", "/no/such/page/"):
                    says_so(browser.open(site.url + path))
            assert browser.open(f"{site.url}/api/nothing").status in (404, 503)
            assert browser.open(f"{site.url}/healthz").status == 200
            assert browser.open(f"{site.url}/readyz").status == 503
            assert Browser().open(f"{site.url}/login/").status == 200
        finally:
            cluster.start()
        assert statuses(browser, site) == WELL

    @pytest.mark.parametrize("mode", ["fast", "immediate"])
    def test_a_restart_under_load_is_over_in_a_moment(self, site, cluster, mode):
        browser = logged_in(site, OTHER)
        with ThreadPoolExecutor(1) as pool:
            restart = pool.submit(cluster.restart, mode)
            while not restart.done():
                found = statuses(browser, site)
                assert all(status in (WELL[path], 503) for path, status in found.items()), found
            restart.result()
        assert statuses(browser, site) == WELL

    def test_with_redis_killed_pages_go_on(self, site, redis_process):
        browser = logged_in(site, OTHER)
        redis_process.kill()
        redis_process.wait()
        assert statuses(browser, site) == WELL
        assert statuses(logged_in(site, HELD), site) == WELL
