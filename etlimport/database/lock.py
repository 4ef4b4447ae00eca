"""The lock that lets only one import run at a time, and the settings of the session that holds it."""

import contextlib
import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

from django.conf import settings
from django.db import DatabaseError, connection

from etlimport.database.dialect import on_postgresql

if TYPE_CHECKING:
    from django.db.backends.postgresql.base import DatabaseWrapper as PostgreSQL
    from django.db.backends.sqlite3.base import DatabaseWrapper as SQLite

IMPORT_LOCK = 0x52414C4C59
"""The number of the advisory lock: the letters RALLY."""

SECONDS_BETWEEN_TRIES = 0.25

PLANNER_SETTINGS = {
    "jit": "off",
    "work_mem": "64MB",
    "synchronous_commit": "off",
    "default_statistics_target": "10",
    "enable_nestloop": "off",
}
"""Settings for many statements over large sets of rows.

Compiling each statement (`jit`) costs more than it gains, and `work_mem` lets sorts stay in memory. What is recorded
while an import runs need not be on disk at once; its result must be (`SAFE_COMMIT`). Working tables are analyzed again
and again, so a sample of a few thousand rows must do. Nested loops are off because the planner once took a large set
for a small one, and an import of 3,000 players lasted four minutes; hashing a small set costs next to nothing.
"""

DEAD_CLIENT_SETTINGS = {
    "client_connection_check_interval": "2s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20s",
}
"""Settings that end a session, and release its lock, within seconds after its client or the network has died."""

SAFE_COMMIT = "SET LOCAL synchronous_commit TO DEFAULT"


@contextlib.contextmanager
def import_lock(wait: float = 0) -> Iterator[bool]:
    """The lock of imports: an advisory lock of the server on PostgreSQL, a locked file beside the database on SQLite.

    Yields whether it was taken within `wait` seconds. It is released when the connection or the process ends, so an
    import that was killed does not keep it.
    """
    with (session_lock if on_postgresql() else file_lock)(time.monotonic() + wait) as free:
        yield free


@contextlib.contextmanager
def session_lock(deadline: float) -> Iterator[bool]:
    free = until(deadline, take_session_lock)
    holder = connection.connection
    former = set_up_session() if free else {}
    try:
        yield free
    finally:
        # A lost connection has released the lock, and a new one in its place has never held it.
        still_held = connection.connection is holder and not connection.needs_rollback and connection.is_usable()
        if free and still_held:
            with connection.cursor() as cursor:
                cursor.execute(assignments(former))
                cursor.execute("SELECT pg_advisory_unlock(%s)", [IMPORT_LOCK])


def until(deadline: float, take: Callable[[], bool]) -> bool:
    """Call `take` until it succeeds, at least once. Returns whether it did before the deadline (monotonic seconds)."""
    while not take():
        if time.monotonic() >= deadline:
            return False
        time.sleep(SECONDS_BETWEEN_TRIES)
    return True


def take_session_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [IMPORT_LOCK])
        return bool(cursor.fetchone()[0])


def set_up_session() -> dict[str, str]:
    """Give the session the settings of an import; returns what they were before."""
    wanted = session_settings()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, current_setting(name) FROM unnest(%s) AS name", [list(wanted)])
        former = dict(cursor.fetchall())
        cursor.execute(assignments(wanted))
    return former


def assignments(values: dict[str, str]) -> str:
    return "".join(f"SET {name} = '{value}';" for name, value in values.items())


def session_settings() -> dict[str, str]:
    found = {
        **PLANNER_SETTINGS,
        **DEAD_CLIENT_SETTINGS,
        "application_name": "rally import",
        "lock_timeout": f"{settings.IMPORT_LOCK_TIMEOUT}s",
        "statement_timeout": f"{settings.IMPORT_STATEMENT_TIMEOUT}s",
        "idle_in_transaction_session_timeout": f"{settings.IMPORT_IDLE_TIMEOUT}s",
    }
    if cast("PostgreSQL", connection).pg_version < 140000:
        del found["client_connection_check_interval"]
    return found


@contextlib.contextmanager
def file_lock(deadline: float) -> Iterator[bool]:
    with lock_path().open("a+") as file:
        yield until(deadline, lambda: take_file_lock(file))


def take_file_lock(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def lock_path() -> Path:
    """The file that is locked with SQLite. It is empty."""
    if cast("SQLite", connection).is_in_memory_db():
        return Path(tempfile.gettempdir()) / f"rally-import-{os.getpid()}.lock"
    return Path(f"{connection.settings_dict['NAME']}.import-lock")


def progress_path() -> Path:
    """The file to which a running import writes its progress with SQLite."""
    return lock_path().with_suffix(".import-progress")


LOCK_TIMEOUT = "55P03"
CONFLICTS = {
    "40001": "serialization failure",
    "40P01": "deadlock",
    "23505": "unique violation: of what the transaction could not see",
    "23503": "foreign key violation: of what was deleted meanwhile",
    LOCK_TIMEOUT: "somebody held a row for too long",
}
"""PostgreSQL's codes of the errors that the writing of another transaction can cause."""


def is_conflict(error: DatabaseError) -> bool:
    """Whether the error may be due to another transaction, so that the transaction may succeed if it is repeated."""
    return pg_code(error) in CONFLICTS


def is_lock_timeout(error: DatabaseError) -> bool:
    return pg_code(error) == LOCK_TIMEOUT


def pg_code(error: DatabaseError) -> str | None:
    return getattr(error.__cause__, "pgcode", None)
