"""The one lock of imports, and how a connection that holds it is set up."""

import contextlib
import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.db import DatabaseError, connection

from etlimport.database.dialect import on_postgresql

IMPORT_LOCK = 0x52414C4C59  # "RALLY"; names the advisory lock, nothing more

SECONDS_BETWEEN_TRIES = 0.25

FOR_SETS = {
    "jit": "off",
    "work_mem": "64MB",
    "synchronous_commit": "off",
    "default_statistics_target": "10",
    "enable_nestloop": "off",
}
"""An import's statements are many and over sets: compiling each costs more than it gains, and sorts fit in memory.
What it notes on its way need not be on disk at once; what it publishes does (`SAFE_COMMIT`). Its working tables are
told to the planner over and over, so a sample of a few thousand rows must do. And no set is joined to another by
looking one up for each row of the other: where the planner took many rows for few, that once made a night of 3,000
players last four minutes. Hashing a set that turns out to be small costs next to nothing."""

GIVEN_UP_WITHIN = {
    "client_connection_check_interval": "2s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
"""A session whose client was killed, or whose network is gone, ends within seconds, and with it the lock."""

SAFE_COMMIT = "SET LOCAL synchronous_commit TO DEFAULT"


@contextlib.contextmanager
def import_lock(wait: float = 0) -> Iterator[bool]:
    """The one advisory lock of imports, held across machines on PostgreSQL and on this one with SQLite.

    Yields whether it could be had within `wait` seconds. It goes with the connection or the process, so a killed import
    frees it.
    """
    with (session_lock if on_postgresql() else file_lock)(time.monotonic() + wait) as free:
        yield free


@contextlib.contextmanager
def session_lock(deadline: float) -> Iterator[bool]:
    free = until(deadline, take_session_lock)
    holder = connection.connection
    if free:
        set_up_session()
    try:
        yield free
    finally:
        # A connection that was lost took the lock with it; what is there now never had it.
        still_there = connection.connection is holder and not connection.needs_rollback and connection.is_usable()
        if free and still_there:
            with connection.cursor() as cursor:
                cursor.execute("".join(f"RESET {name};" for name in session_settings()))
                cursor.execute("SELECT pg_advisory_unlock(%s)", [IMPORT_LOCK])


def until(deadline: float, take) -> bool:
    """Whether `take` succeeded before the deadline (monotonic seconds); tried at least once."""
    while not take():
        if time.monotonic() >= deadline:
            return False
        time.sleep(SECONDS_BETWEEN_TRIES)
    return True


def take_session_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [IMPORT_LOCK])
        return cursor.fetchone()[0]


def set_up_session() -> None:
    assignments = "".join(f"SET {name} = '{value}';" for name, value in session_settings().items())
    with connection.cursor() as cursor:
        cursor.execute(assignments)


def session_settings() -> dict[str, str]:
    found = {
        **FOR_SETS,
        **GIVEN_UP_WITHIN,
        "application_name": "rally import",
        "lock_timeout": f"{settings.IMPORT_LOCK_TIMEOUT}s",
        "statement_timeout": f"{settings.IMPORT_STATEMENT_TIMEOUT}s",
        "idle_in_transaction_session_timeout": f"{settings.IMPORT_IDLE_TIMEOUT}s",
    }
    if connection.pg_version < 140000:
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
    """With SQLite: the file that is locked. What stands in it means nothing."""
    if connection.is_in_memory_db():
        return Path(tempfile.gettempdir()) / f"rally-import-{os.getpid()}.lock"
    return Path(f"{connection.settings_dict['NAME']}.import-lock")


def progress_path() -> Path:
    """With SQLite: where a running import notes how far it is."""
    return lock_path().with_suffix(".import-progress")


LOCK_TIMEOUT = "55P03"
CONFLICTS = {
    "40001": "serialization failure",
    "40P01": "deadlock",
    "23505": "unique violation: of what the transaction could not see",
    "23503": "foreign key violation: of what was deleted meanwhile",
    LOCK_TIMEOUT: "somebody held a row for too long",
}
"""PostgreSQL's codes of what another transaction's writing can cause."""


def is_conflict(error: DatabaseError) -> bool:
    """Whether a transaction may have failed only for what another one wrote meanwhile: begin it anew."""
    return pg_code(error) in CONFLICTS


def is_lock_timeout(error: DatabaseError) -> bool:
    return pg_code(error) == LOCK_TIMEOUT


def pg_code(error: DatabaseError) -> str | None:
    return getattr(error.__cause__, "pgcode", None)
