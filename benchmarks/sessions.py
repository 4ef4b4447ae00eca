"""Measures what the session check costs: `python -m benchmarks.sessions [--signals N] [--json]`.

It runs in a test database of its own on the servers of DATABASE_URL and REDIS_URL. It prints, with their limits, the
times of a request with and without the middleware, of a refresh, of a restore and of many signals, and the queries.
"""

# ruff: noqa: I001 — the settings come before what needs them.

import benchmarks.configured  # noqa: F401

import argparse
import gc
import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth import login
from django.core.handlers.base import BaseHandler
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.test import RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases
from django.urls import path

from benchmarks.table import markdown
from leagues.tests.factories import PlayerAssociationFactory, RosterSpotFactory, UserFactory
from sessionsync import refresh
from sessionsync.models import RefreshSignal
from sessionsync.publishing import publish
from sessionsync.session_keys import CONTEXT_KEY
from sessionsync.sessions import session_store

MIDDLEWARE = "sessionsync.middleware.SessionRefreshMiddleware"
PAGE = Engine().from_string("<p>{{ user }} plays for {{ team }}</p>")
EVERYBODY = """SELECT id AS user_id, email, NULL AS old_league_id, NULL AS new_league_id,
                      'North' AS league_name, 'team renamed' AS refresh_reason FROM leagues_user"""


def page(request: HttpRequest) -> HttpResponse:
    context = request.session.get(CONTEXT_KEY, {})
    return HttpResponse(PAGE.render(Context({"user": request.user, "team": context.get("team_name")})))


urlpatterns = [path("page", page)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--signals", type=int, default=1_000_000, help="how many signals to write (1,000,000)")
    parser.add_argument("--requests", type=int, default=3000, help="how many warm requests of each kind (3000)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        with override_settings(ROOT_URLCONF=__name__):
            results = list(measure(options.requests, options.signals))
    finally:
        teardown_databases(databases, verbosity=0)
    print(as_json(results) if options.json else as_table(results))


Result = tuple[str, float, str, float]
"""What was measured, the value, its unit, and the limit."""


def measure(requests: int, signals: int) -> Iterator[Result]:
    key = log_in(make_player())
    with_check, without = handler(settings.MIDDLEWARE), handler(without_check())
    with_check(key)
    bare, checked = alternating(requests, lambda: without(key), lambda: with_check(key))
    yield "warm request without the middleware", bare * 1000, "ms", float("inf")
    yield "warm request with the middleware", checked * 1000, "ms", float("inf")
    yield "the middleware's share", (checked / bare - 1) * 100, "%", 5
    yield "queries of a warm check", queries(lambda: with_check(key)) - queries(lambda: without(key)), "", 0

    keys = [log_in(make_player()) for _ in range(300)]
    with timed_calls(refresh, "restore") as restores:
        ask_all(with_check, keys)
    yield "restore of a cold session: median", statistics.median(restores) * 1000, "ms", float("inf")
    yield "restore of a cold session: p99", percentile(restores, 99) * 1000, "ms", 10
    with timed_calls(refresh, "refresh") as refreshes:
        for _ in range(3):
            publish_to_everybody()
            ask_all(with_check, keys)
    publish_to_everybody()
    refreshing = queries(lambda: with_check(key)) - queries(lambda: without(key))
    yield "queries of a refresh, its save included", refreshing, "", 3
    yield "refresh of a stale session: median", statistics.median(refreshes) * 1000, "ms", 5
    yield "refresh of a stale session: p99", percentile(refreshes, 99) * 1000, "ms", float("inf")

    make_users(signals)
    yield f"{signals:,} signals written", timed(publish_to_everybody), "s", 15
    RefreshSignal.objects.update(is_refreshed=True, refreshed_at="2026-01-01T00:00:00Z")
    yield f"{signals:,} completed signals armed again", timed(publish_to_everybody), "s", 15


def without_check() -> list[str]:
    return [name for name in settings.MIDDLEWARE if name != MIDDLEWARE]


def handler(middleware: list[str]) -> Callable[[str], HttpResponse]:
    """A function that requests the page through this middleware with the session of a given key."""
    stack = BaseHandler()
    with override_settings(MIDDLEWARE=middleware):
        stack.load_middleware()
    factory = RequestFactory(headers={"host": "localhost"})

    def ask(session_key: str) -> HttpResponse:
        request = factory.get("/page")
        request.COOKIES[settings.SESSION_COOKIE_NAME] = session_key
        response = stack.get_response(request)
        assert response.status_code == 200, response
        return response

    return ask


def alternating(times: int, *asks: Callable) -> list[float]:
    """The median seconds of each. They take turns, so that other load on the machine affects all of them equally."""
    seconds = [[] for _ in asks]
    gc.disable()
    for turn in range(times):
        for index in range(len(asks)) if turn % 2 else reversed(range(len(asks))):
            seconds[index].append(timed(asks[index]))
    gc.enable()
    return [statistics.median(each) for each in seconds]


@contextmanager
def timed_calls(module, name: str) -> Iterator[list[float]]:
    """The seconds of each call of a function of a module during the `with` block."""
    original, seconds = getattr(module, name), []

    def call(*args):
        started = time.perf_counter()
        result = original(*args)
        seconds.append(time.perf_counter() - started)
        return result

    setattr(module, name, call)
    try:
        yield seconds
    finally:
        setattr(module, name, original)


def ask_all(ask: Callable[[str], HttpResponse], keys: list[str]) -> None:
    for key in keys:
        ask(key)


def timed(do: Callable) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def queries(do: Callable) -> int:
    """The number of statements that read or write tables. Those that begin and end transactions are not counted."""
    with CaptureQueriesContext(connection) as captured:
        do()
    return sum(query["sql"].split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH") for query in captured)


def percentile(values: list[float], share: int) -> float:
    return statistics.quantiles(values, n=100)[share - 1]


def make_player():
    """A user who plays for a team of the selected league."""
    spot = RosterSpotFactory()
    user = UserFactory(league_context=spot.player.league)
    PlayerAssociationFactory(user=user, player=spot.player)
    return user


def log_in(user) -> str:
    request = HttpRequest()
    request.session = session_store()
    login(request, user, settings.AUTHENTICATION_BACKENDS[0])
    request.session.save()
    return request.session.session_key


def make_users(number: int) -> None:
    """Insert users until there are `number` of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO leagues_user (email, password, first_name, last_name, name_key, is_staff, is_superuser,
                                      is_active, date_joined)
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)
            SELECT 'many' || n || '@example.org', '!', '', '', '', false, false, true, CURRENT_TIMESTAMP
            FROM numbers
            """,
            [number - UserFactory._meta.model.objects.count()],
        )
        cursor.execute("ANALYZE")


def publish_to_everybody() -> None:
    with transaction.atomic():
        publish(EVERYBODY)


def as_table(results: list[Result]) -> str:
    header = [f"{connection.display_name}, sessions by `{settings.SESSION_ENGINE}`", "measured", "at most"]
    return markdown(header, [line_of(*result) for result in results])


def line_of(name: str, value: float, unit: str, limit: float) -> list[str]:
    verdict = "✓" if value <= limit else "**missed**"
    at_most = "" if limit == float("inf") else " ".join(f"{limit:g} {unit} {verdict}".split())
    return [name, f"{value:.2f} {unit}".strip(), at_most]


def as_json(results: list[Result]) -> str:
    return json.dumps(
        {
            name: {"value": value, "unit": unit, "limit": limit if limit != float("inf") else None}
            for name, value, unit, limit in results
        }
    )


if __name__ == "__main__":
    main()
