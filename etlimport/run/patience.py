"""Waits for locks that users hold, without making users wait for the import."""

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone

from etlimport import database
from etlimport.database import dialect
from etlimport.database.lock import is_lock_timeout
from etlimport.errors import Cause, Refused

LOCK_TIMEOUT = 500
"""Milliseconds of an attempt to get a lock. While it lasts, users queue behind the import, so it is short. It is also
shorter than PostgreSQL's `deadlock_timeout`, so that no user's transaction is ended as a part of a deadlock."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
"""Seconds between two attempts, in which users can get the locks."""

Result = TypeVar("Result")

Blocker = tuple[int, str, str, datetime]
"""(process id, application name, state, start of its transaction) of a session that holds a lock."""


def with_patience(work: Callable[[], Result]) -> Result:
    """Do `work`, which takes locks that users may hold, within the open transaction.

    It is done in a savepoint. If a lock cannot be taken at once, all locks taken so far are released, and it is tried
    again after a pause, for up to IMPORT_PATIENCE seconds. Raises Refused, which names the holder of the lock.
    """
    if not dialect.on_postgresql():
        return work()
    deadline = time.monotonic() + settings.IMPORT_PATIENCE
    pause = FIRST_PAUSE
    while True:
        with observed_blockers() as blockers:
            try:
                return with_short_timeout(work)
            except OperationalError as error:
                if not is_lock_timeout(error):
                    raise
        if time.monotonic() > deadline:
            raise Refused([busy_message(blockers)], Cause.BUSY)
        time.sleep(pause * random.uniform(0.5, 1))
        pause = min(2 * pause, LONGEST_PAUSE)


def with_short_timeout(work: Callable[[], Result]) -> Result:
    with transaction.atomic():
        usual = database.value("SELECT current_setting('lock_timeout')")
        database.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}ms'")
        result = work()
        database.execute("SELECT set_config('lock_timeout', %s, true)", [usual])
    return result


BLOCKERS = """
SELECT pid, coalesce(nullif(application_name, ''), 'no name'), state, coalesce(xact_start, query_start)
FROM pg_stat_activity WHERE pid = ANY(pg_blocking_pids(%s))"""


@contextlib.contextmanager
def observed_blockers() -> Iterator[list[Blocker]]:
    """A list that is updated, during the `with` block, with the sessions this one is waiting for.

    A thread looks for them over a connection of its own, because this session cannot while it waits. The connection is
    opened only if the wait lasts long enough.
    """
    found: list[Blocker] = []
    over = threading.Event()
    own_pid = connection.connection.info.backend_pid
    watcher = connection.copy()
    watcher.inc_thread_sharing()

    def look() -> None:
        while not over.wait(LOCK_TIMEOUT / 3000):
            with contextlib.suppress(DatabaseError), watcher.cursor() as cursor:
                cursor.execute(BLOCKERS, [own_pid])
                found[:] = cursor.fetchall() or found
        watcher.close()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def busy_message(blockers: list[Blocker]) -> str:
    sessions = [
        f"process {pid} ({name}), {state} since {timezone.localtime(since):%H:%M:%S}"
        for pid, name, state, since in blockers
    ]
    holders = "; ".join(sessions) or "Somebody else"
    return f"Busy: {holders} holds what the import needs. Try again when that has ended."
