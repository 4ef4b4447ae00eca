"""Whether the session backend works, for the health endpoint and alerts. Nothing secret in it."""

import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import caches
from django.db.models import Count, Q
from django.utils import timezone

from sessionsync.models import UserSession

PROBE_KEY = "sessionsync.health"
RESULT_SECONDS = 5

remembered: dict = {}
"""The last result of this process and when it was taken: a probe must not become a load."""


def session_health() -> dict:
    """`backend`, `healthy`, `database` and `cache` ({`ok`, `latency_ms`}), `active` and `expired` sessions.

    Measured at most every five seconds. `cache` is None without one in front of the sessions. Healthy means
    that sessions work at full speed; with the cache down they still work. Counts are None while the database
    does not answer.
    """
    now = time.monotonic()
    if not remembered or now - remembered["at"] >= RESULT_SECONDS:
        remembered.update(at=now, result=measured_health())
    return remembered["result"]


def measured_health() -> dict:
    counts: dict = {"active": None, "expired": None}
    database = measured(lambda: counts.update(session_counts()))
    is_cached = settings.SESSION_ENGINE.endswith("cached_db")
    cache = measured(ask_cache) if is_cached else None
    return {
        "backend": "cached_db" if is_cached else "db",
        "healthy": database["ok"] and (cache is None or cache["ok"]),
        "database": database,
        "cache": cache,
        **counts,
    }


def measured(ask: Callable) -> dict:
    """Whether `ask` went well, and how many milliseconds it took."""
    started = time.perf_counter()
    try:
        ask()
        ok = True
    except Exception:
        ok = False
    return {"ok": ok, "latency_ms": round((time.perf_counter() - started) * 1000, 2)}


def session_counts() -> dict:
    now = timezone.now()
    return UserSession.objects.aggregate(
        active=Count("pk", filter=Q(expire_date__gt=now)), expired=Count("pk", filter=Q(expire_date__lte=now))
    )


def ask_cache() -> None:
    cache = caches[settings.SESSION_CACHE_ALIAS]
    cache.set(PROBE_KEY, 1, RESULT_SECONDS)
    if cache.get(PROBE_KEY) != 1:
        raise ConnectionError("The cache does not keep what it is given.")
