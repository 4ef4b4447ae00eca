"""What a page shows when something is published in the middle of it."""

from threading import Thread

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leagues import season
from leagues.models import League, Team
from leagues.moment import snapshot
from leagues.tests.factories import StandingFactory
from sessionsync.publishing import publish

pytestmark = pytest.mark.django_db(transaction=True)
# The tests' SQLite is in memory, where a writer waits for every reader.
needs_snapshots = pytest.mark.postgresql

RENAMED = """SELECT id AS user_id, email, NULL AS old_league_id, NULL AS new_league_id, '' AS league_name,
                    'team renamed' AS refresh_reason FROM leagues_user"""


def publish_new_names():
    with transaction.atomic():
        Team.objects.update(name="New Team")
        League.objects.update(name="New League")
        publish(RENAMED)


def elsewhere(work):
    """Do it in another connection, as another process would."""

    def run():
        try:
            work()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()


@pytest.fixture
def client(member, team):
    League.objects.update(name="Old League")
    StandingFactory(team=team)
    client = Client()
    client.force_login(member)
    client.get("/")
    return client


def names_in(page):
    content = page.content.decode()
    return {name for name in ("Old League", "New League", "Elm 5", "New Team") if name in content}


OLD, NEW = {"Old League", "Elm 5"}, {"New League", "New Team"}


@needs_snapshots
@pytest.mark.parametrize("page", ["/", "team"])
def test_a_page_in_the_middle_of_which_something_is_published_is_all_old_or_all_new(client, team, page, monkeypatch):
    address = team.get_absolute_url() if page == "team" else page
    standings = season.standings

    def standings_after_a_publish(series, season):
        elsewhere(publish_new_names)
        return standings(series, season)

    monkeypatch.setattr(season, "standings", standings_after_a_publish)
    assert names_in(client.get(address)) in (OLD, NEW)
    monkeypatch.undo()
    assert names_in(client.get(address)) == NEW


@needs_snapshots
def test_a_publish_between_the_check_and_the_page_is_in_both_head_and_body(client, monkeypatch):
    from sessionsync import middleware

    before_view = middleware.before_view

    def check_before_a_publish(request):
        answer = before_view(request)
        monkeypatch.undo()
        elsewhere(publish_new_names)
        return answer

    monkeypatch.setattr(middleware, "before_view", check_before_a_publish)
    page = client.get("/")
    assert names_in(page) == NEW
    assert page["X-Session-Refresh-Reason"] == "team renamed"
    assert "X-Session-Refreshed" not in client.get("/")


@needs_snapshots
def test_a_reader_neither_waits_for_a_writer_nor_makes_one_wait(team):
    with snapshot():
        assert Team.objects.get().name == "Elm 5"
        elsewhere(publish_new_names)
        assert Team.objects.get().name == "Elm 5"
    assert Team.objects.get().name == "New Team"


def test_a_page_takes_no_lock_and_leaves_the_connection_as_it_was():
    with CaptureQueriesContext(connection) as read, snapshot():
        Team.objects.count()
    with CaptureQueriesContext(connection) as write, transaction.atomic():
        Team.objects.count()
    begins = [queries.captured_queries[0]["sql"] for queries in (read, write)]
    assert begins == (["BEGIN DEFERRED", "BEGIN IMMEDIATE"] if connection.vendor == "sqlite" else ["BEGIN", "BEGIN"])
