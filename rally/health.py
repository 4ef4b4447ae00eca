"""`/healthz` says whether this process answers, `/readyz` whether what it needs answers too.

The first of all middlewares answers both, so that a probe from inside the container network needs neither
https nor an allowed host, and no session is loaded.
"""

import logging
from collections.abc import Callable, Container
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from rally import __version__

logger = logging.getLogger(__name__)


class NotReady(Exception):
    """Something the site needs is missing. The message may be shown to anybody."""


@sync_and_async_middleware
def health_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    if iscoroutinefunction(get_response):

        async def async_middleware(request: HttpRequest) -> HttpResponseBase:
            probe = PROBES.get(request.path_info)
            response: HttpResponseBase = await (sync_to_async(probe)(request) if probe else get_response(request))
            return response

        return async_middleware

    def middleware(request: HttpRequest) -> HttpResponseBase:
        probe = PROBES.get(request.path_info)
        response: HttpResponseBase = probe(request) if probe else get_response(request)
        return response

    return middleware


def healthz(_request: HttpRequest) -> HttpResponse:
    """Always status 200: `ok` and, in a second line, the version that answers."""
    return HttpResponse(f"ok\nRally {__version__}\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Status 200 if everything configured answers, else 503. `?exclude=cache` leaves a check out; repeatable."""
    results = readiness(excluded=set(request.GET.getlist("exclude")))
    ready = not any(result.startswith("failed") for result in results.values())
    body = {"status": "ready" if ready else "not ready", "checks": results}
    return JsonResponse(body, status=200 if ready else 503)


PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {"/healthz": healthz, "/readyz": readyz}


def readiness(excluded: Container[str] = ()) -> dict[str, str]:
    """The result of each check: `ok`, `not configured` or `failed: …`. Errors are logged."""
    return {name: result_of(name, check) for name, check in CHECKS.items() if name not in excluded}


def result_of(name: str, check: Callable[[], bool]) -> str:
    try:
        return "ok" if check() else "not configured"
    except NotReady as problem:
        return f"failed: {problem}"
    except Exception:
        logger.exception("Readiness check failed: %s", name)
        return "failed: see the log"


def database_answers() -> bool:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def migrations_are_applied() -> bool:
    if pending := unapplied_migrations(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"]):
        raise NotReady(f"{pending} unapplied migrations")
    return True


def unapplied_migrations(database: str) -> int:
    """How many migrations the database lacks.

    Reading them all takes tens of milliseconds, so this process does not ask again once a database has them all.
    """
    if database in complete_databases:
        return 0
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    unapplied = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not unapplied:
        complete_databases.add(database)
    return unapplied


complete_databases: set[str] = set()


def cache_answers() -> bool:
    if not settings.REDIS_URL:
        return False
    # Not through Django's cache API, which may be configured to hide a lost connection.
    from django_redis import get_redis_connection

    return bool(get_redis_connection("default").ping())


def broker_answers() -> bool:
    if settings.CELERY_TASK_ALWAYS_EAGER:
        return False
    from rally.celery import app

    with app.connection_for_write(connect_timeout=2) as connection:
        connection.ensure_connection(max_retries=1, timeout=3)
        connection.default_channel.close()  # type: ignore[attr-defined]  # StdChannel, its base in the stubs, lacks it
    return True


CHECKS = {
    "database": database_answers,
    "migrations": migrations_are_applied,
    "cache": cache_answers,
    "broker": broker_answers,
}
