"""`/healthz`: this process answers. `/readyz`: what it needs answers too.

Both are answered by a middleware at the very front, so that a probe inside the container network needs
neither https nor an allowed host, and costs no session.
"""

import logging

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.utils.decorators import sync_and_async_middleware

logger = logging.getLogger(__name__)


class NotReady(Exception):
    """Something the site needs is not there; the message may be shown to anybody."""


@sync_and_async_middleware
def health_middleware(get_response):
    if iscoroutinefunction(get_response):

        async def middleware(request):
            answer = ANSWERS.get(request.path_info)
            return await (sync_to_async(answer)(request) if answer else get_response(request))
    else:

        def middleware(request):
            return ANSWERS.get(request.path_info, get_response)(request)

    return middleware


def healthz(_request) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request) -> JsonResponse:
    """200 when everything configured answers, else 503; `?exclude=cache` leaves a check out, repeatably."""
    results = readiness(excluded=set(request.GET.getlist("exclude")))
    ready = not any(result.startswith("failed") for result in results.values())
    body = {"status": "ready" if ready else "not ready", "checks": results}
    return JsonResponse(body, status=200 if ready else 503)


ANSWERS = {"/healthz": healthz, "/readyz": readyz}


def readiness(excluded: set[str] = frozenset()) -> dict[str, str]:
    """For each check its result in a word: `ok`, `not configured` or `failed: …`. Errors go to the log."""
    return {name: result_of(name, check) for name, check in CHECKS.items() if name not in excluded}


def result_of(name: str, check) -> str:
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
    """How many migrations of this code the database lacks.

    Reading them all costs tens of milliseconds, so a database found complete is not asked again by this
    process: its code does not change.
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
    # Past the cache's own API, which may be told to swallow a lost connection.
    from django_redis import get_redis_connection

    return get_redis_connection("default").ping()


def broker_answers() -> bool:
    if settings.CELERY_TASK_ALWAYS_EAGER:
        return False
    from rally.celery import app

    with app.connection_for_write(connect_timeout=2) as connection:
        connection.ensure_connection(max_retries=1, timeout=3)
        connection.default_channel.close()
    return True


CHECKS = {
    "database": database_answers,
    "migrations": migrations_are_applied,
    "cache": cache_answers,
    "broker": broker_answers,
}
