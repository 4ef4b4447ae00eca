"""Waiting for what somebody else holds without making anybody wait."""

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone

from etlimport import database
from etlimport.database import dialect
from etlimport.database.lock import is_lock_timeout
from etlimport.errors import Cause, Refused

AT_ONCE = 500
"""Milliseconds a lock may be waited for in one go: shorter than PostgreSQL's deadlock_timeout, so that nobody who waits
for us is ever taken for half of a deadlock, and short for those who queue behind us."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
"""Seconds between two attempts, in which everybody passes."""

Result = TypeVar("Result")


def with_patience(work: Callable[[], Result]) -> Result:
    """Do `work`, which takes locks that users may hold, within the open transaction.

    It is done in a savepoint: where a lock is not to be had at once, all it took is let go, so that everybody passes,
    and it is tried again after a pause, for IMPORT_PATIENCE seconds. Raises Refused naming who holds the lock.
    """
    if not dialect.on_postgresql():
        return work()
    deadline = time.monotonic() + settings.IMPORT_PATIENCE
    pause = FIRST_PAUSE
    while True:
        with observed_blockers() as blockers:
            try:
                return at_once(work)
            except OperationalError as error:
                if not is_lock_timeout(error):
                    raise
        if time.monotonic() > deadline:
            raise Refused([busy(blockers)], Cause.BUSY)
        time.sleep(pause * random.uniform(0.5, 1))
        pause = min(2 * pause, LONGEST_PAUSE)


def at_once(work: Callable[[], Result]) -> Result:
    with transaction.atomic():
        usual = database.value("SELECT current_setting('lock_timeout')")
        database.execute(f"SET LOCAL lock_timeout = '{AT_ONCE}ms'")
        result = work()
        database.execute("SELECT set_config('lock_timeout', %s, true)", [usual])
    return result


BLOCKERS = """
SELECT pid, coalesce(nullif(application_name, ''), 'no name'), state, coalesce(xact_start, query_start)
FROM pg_stat_activity WHERE pid = ANY(pg_blocking_pids(%s))"""


@contextlib.contextmanager
def observed_blockers() -> Iterator[list[tuple]]:
    """Within the block, the list holds the sessions that this one was last seen to wait for.

    By a connection of its own, made only where there is something to wait for: who waits cannot look.
    """
    found: list[tuple] = []
    over = threading.Event()
    own_pid = connection.connection.info.backend_pid
    watcher = connection.copy()
    watcher.inc_thread_sharing()

    def look() -> None:
        while not over.wait(AT_ONCE / 3000):
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


def busy(blockers: list[tuple]) -> str:
    sessions = [
        f"process {pid} ({name}), {state} since {timezone.localtime(since):%H:%M:%S}"
        for pid, name, state, since in blockers
    ]
    holders = "; ".join(sessions) or "Somebody else"
    return f"Busy: {holders} holds what the import needs. Try again when that has ended."
