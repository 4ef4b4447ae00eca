"""The cache in front of the sessions, which may fail and come back at any moment.

No function here raises. A read that fails finds nothing; a write that fails says so. After a failure this
process leaves the cache alone for a second, so that a dead server does not slow down every request.
"""

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import BaseCache, caches

logger = logging.getLogger(__name__)
Result = TypeVar("Result")

STATE_KEY = "sessionsync.state"
RETRY_SECONDS = 1.0
retry_at: float | None = None
"""When this process may ask the cache again (monotonic seconds); None while the cache answers."""


def read(keys: Iterable[str]) -> dict[str, Any]:
    """The values found, by key, in one round trip."""
    return guarded(lambda cache: cache.get_many(keys), otherwise={})


def write(values: dict[str, Any], seconds: float) -> bool:
    """Write these values by key; returns whether all of them are in the cache now."""

    def set_all(cache: BaseCache) -> bool:
        for key, value in values.items():
            cache.set(key, value, seconds)
        return True

    return guarded(set_all, otherwise=False)


def add(key: str, value: Any, seconds: float) -> None:
    """Write the value if the cache has none, so that a slow reader never replaces what a writer wrote since."""
    guarded(lambda cache: cache.add(key, value, seconds), otherwise=False)


def guarded(do: Callable[[BaseCache], Result], otherwise: Result) -> Result:
    """What `do` returns for the cache; `otherwise` if the cache fails or failed less than a second ago."""
    global retry_at
    if retry_at is not None and time.monotonic() < retry_at:
        return otherwise
    cache = caches[settings.SESSION_CACHE_ALIAS]
    try:
        if retry_at is not None:
            # What the cache holds of the session version may be from before it failed.
            cache.delete(STATE_KEY)
            retry_at = None
            logger.warning("The session cache answers again")
        return do(cache)
    except Exception as error:
        if retry_at is None:
            logger.error("The session cache does not answer; sessions are read from the database: %s", error)
        retry_at = time.monotonic() + RETRY_SECONDS
        return otherwise
