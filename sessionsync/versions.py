"""The session version and the epoch of the session cache: two numbers in the database, also kept in the cache.

A session store reads both together with the session itself (see `backends`), so that a request whose session
is current pays no query for them.
"""

from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from sessionsync import cache
from sessionsync.models import SystemSetting

VERSION = "session_version"
EPOCH = "session_cache_epoch"
CACHED_SECONDS = 10
"""How long the cache may hold an old number when the message about a publish did not reach it."""


class State(NamedTuple):
    """`version` rises with every publish; `epoch` when the cache missed a write, to outdate all it holds."""

    version: int
    epoch: int


def current_version() -> int:
    """The session version: from the cache, or from the database if the cache does not have it."""
    return current_state().version


def current_state() -> State:
    """From the cache, or from the database if the cache does not have it."""
    if found := cache.read([cache.STATE_KEY]).get(cache.STATE_KEY):
        return State(*found)
    return add_to_cache(stored_state())


def stored_state() -> State:
    """From the database, as this transaction sees it."""
    values = dict(SystemSetting.objects.filter(key__in=[VERSION, EPOCH]).values_list("key", "value"))
    return State(int(values.get(VERSION, 0)), int(values.get(EPOCH, 0)))


def add_to_cache(state: State) -> State:
    """Write `state` to the cache if the cache has none, and return it."""
    cache.add(cache.STATE_KEY, list(state), CACHED_SECONDS)
    return state


def write_to_cache() -> None:
    """Write the state of the database to the cache, over whatever the cache has."""
    cache.write({cache.STATE_KEY: list(stored_state())}, CACHED_SECONDS)


def raise_number(key: str) -> int:
    """Add one to the number in this setting and return it. The setting's row stays locked until the commit."""
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
