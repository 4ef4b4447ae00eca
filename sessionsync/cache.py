"""The cache in front of the sessions, which may go away and come back at any moment.

Nothing here raises: a read that fails finds nothing and a write that fails says so, and then the cache is
left alone for a second, so that a dead server does not slow down every request.
"""

import logging
import time
from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.cache import caches

logger = logging.getLogger(__name__)

STATE_KEY = "sessionsync.state"
RETRY_SECONDS = 1.0
retry_at: float | None = None
"""When this process may ask the cache again (monotonic seconds); None while the cache answers."""


def read(keys: Iterable[str]) -> dict:
    """The values found, by key; one round trip."""
    return guarded(lambda cache: cache.get_many(keys), otherwise={})


def write(values: dict, seconds: float) -> bool:
    """Whether all of them are in the cache now."""

    def set_all(cache) -> bool:
        for key, value in values.items():
            cache.set(key, value, seconds)
        return True

    return guarded(set_all, otherwise=False)


def add(key: str, value, seconds: float) -> None:
    """Write only where there is nothing, so that a slow reader never replaces what a writer wrote since."""
    guarded(lambda cache: cache.add(key, value, seconds), otherwise=None)


def guarded(do: Callable, otherwise):
    global retry_at
    if retry_at is not None and time.monotonic() < retry_at:
        return otherwise
    cache = caches[settings.SESSION_CACHE_ALIAS]
    try:
        if retry_at is not None:
            # It came back: what it says about versions may be from before it left.
            cache.delete(STATE_KEY)
            retry_at = None
            logger.warning("The session cache answers again")
        return do(cache)
    except Exception as error:
        if retry_at is None:
            logger.error("The session cache does not answer; the database does its work: %s", error)
        retry_at = time.monotonic() + RETRY_SECONDS
        return otherwise
