"""Whether the session backend works, for a health endpoint and alerts. The result holds nothing secret."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db.models import Count, Q
from django.utils import timezone

from sessionsync.models import UserSession

Health = dict[str, Any]

PROBE_KEY = "sessionsync.health"
RESULT_SECONDS = 5

remembered: dict[str, Any] = {}
"""The last `result` of this process and when it was measured (`at`), so that frequent probes cost nothing."""


def session_health() -> Health:
    """`backend`, `healthy`, `database` and `cache` (`ok`, `latency_ms` each), `active` and `expired` sessions.

    Measured every five seconds at most. `cache` is None if there is none in front of the sessions. Healthy
    means that sessions work at full speed; with the cache down they still work, more slowly. The counts are
    None while the database does not answer.
    """
    now = time.monotonic()
    if not remembered or now - remembered["at"] >= RESULT_SECONDS:
        remembered.update(at=now, result=measured_health())
    result: Health = remembered["result"]
    return result


def measured_health() -> Health:
    counts: dict[str, int | None] = {"active": None, "expired": None}
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


def measured(ask: Callable[[], None]) -> dict[str, Any]:
    """Whether `ask` succeeded (`ok`), and how many milliseconds it took (`latency_ms`)."""
    started = time.perf_counter()
    try:
        ask()
        ok = True
    except Exception:
        ok = False
    return {"ok": ok, "latency_ms": round((time.perf_counter() - started) * 1000, 2)}


def session_counts() -> dict[str, int]:
    now = timezone.now()
    return UserSession.objects.aggregate(
        active=Count("pk", filter=Q(expire_date__gt=now)), expired=Count("pk", filter=Q(expire_date__lte=now))
    )


def ask_cache() -> None:
    """Raises whatever the cache raises, and ConnectionError if it does not keep what it is given."""
    cache = caches[settings.SESSION_CACHE_ALIAS]
    cache.set(PROBE_KEY, 1, RESULT_SECONDS)
    if cache.get(PROBE_KEY) != 1:
        raise ConnectionError("The cache does not keep what it is given.")
