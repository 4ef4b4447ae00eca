"""The session version, and the epoch of the session cache: two numbers in the database, kept in the cache.

Sessions read both along with themselves (see `backends`), so a warm request pays nothing for them.
"""

from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from sessionsync import cache
from sessionsync.models import SystemSetting

VERSION = "session_version"
EPOCH = "session_cache_epoch"
CACHED_SECONDS = 10
"""How long a cached number may outlive a publish whose message to the cache was lost."""


class State(NamedTuple):
    """`version` rises with every publish; `epoch` whenever the cache missed a write, to outdate all of it."""

    version: int
    epoch: int


def current_version() -> int:
    return current_state().version


def current_state() -> State:
    """From the cache; from the database where the cache has nothing."""
    if found := cache.read([cache.STATE_KEY]).get(cache.STATE_KEY):
        return State(*found)
    return cached(stored_state())


def stored_state() -> State:
    """From the database, as this transaction sees it."""
    values = dict(SystemSetting.objects.filter(key__in=[VERSION, EPOCH]).values_list("key", "value"))
    return State(int(values.get(VERSION, 0)), int(values.get(EPOCH, 0)))


def cached(state: State) -> State:
    """Let the cache know `state` where it knows nothing."""
    cache.add(cache.STATE_KEY, list(state), CACHED_SECONDS)
    return state


def push() -> None:
    """Let the cache know what the database holds now, whatever it knew."""
    cache.write({cache.STATE_KEY: list(stored_state())}, CACHED_SECONDS)


def raise_number(key: str) -> int:
    """Add one to the number in a setting, in one statement that locks its row until the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO system_settings (key, value, updated_at) VALUES (%s, '1', %s)
            ON CONFLICT (key) DO UPDATE
            SET value = CAST(CAST(system_settings.value AS bigint) + 1 AS text),
                updated_at = excluded.updated_at
            RETURNING value
            """,
            [key, connection.ops.adapt_datetimefield_value(timezone.now())],
        )
        return int(cursor.fetchone()[0])
