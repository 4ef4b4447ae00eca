"""The one lock of imports, and what a connection that holds it is told."""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.db import DatabaseError, connection

from etlimport.database.dialect import on_postgresql

IMPORT_LOCK = 0x52414C4C59  # "RALLY"; names the advisory lock, nothing more

FOR_SETS = {
    "jit": "off",
    "work_mem": "'64MB'",
    "synchronous_commit": "off",
    "default_statistics_target": "10",
    "enable_nestloop": "off",
}
"""An import's statements are many and over sets: compiling each costs more than it gains, and sorts fit in memory.
What it notes on its way need not be on disk at once; what it publishes does (`SAFE_COMMIT`). Its working tables are
told to the planner over and over, so a sample of a few thousand rows must do. And no set is joined to another by
looking one up for each row of the other: where the planner took many rows for few, that once made a night of 3,000
players last four minutes. Hashing a set that turns out to be small costs next to nothing."""
SAFE_COMMIT = "SET LOCAL synchronous_commit TO DEFAULT"


@contextlib.contextmanager
def import_lock() -> Iterator[bool]:
    """The one advisory lock of imports, held across machines on PostgreSQL and on this one with SQLite.

    Yields whether it was free. It goes with the connection or the process, so a killed import frees it.
    """
    if on_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [IMPORT_LOCK])
            (free,) = cursor.fetchone()
            if free:
                cursor.execute("".join(f"SET {name} = {value};" for name, value in FOR_SETS.items()))
        holder = connection.connection
        try:
            yield free
        finally:
            # A connection that was lost took the lock with it; what is there now never had it.
            still_there = connection.connection is holder and not connection.needs_rollback and connection.is_usable()
            if free and still_there:
                with connection.cursor() as cursor:
                    cursor.execute("".join(f"RESET {name};" for name in FOR_SETS))
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [IMPORT_LOCK])
    else:
        with lock_path().open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True


def lock_path() -> Path:
    if connection.is_in_memory_db():
        return Path(tempfile.gettempdir()) / f"rally-import-{os.getpid()}.lock"
    return Path(f"{connection.settings_dict['NAME']}.import-lock")


CONFLICTS = {
    "40001": "serialization failure",
    "40P01": "deadlock",
    "23505": "unique violation: of what the transaction could not see",
    "23503": "foreign key violation: of what was deleted meanwhile",
}
"""PostgreSQL's codes of what another transaction's writing can cause."""


def is_conflict(error: DatabaseError) -> bool:
    """Whether a transaction may have failed only for what another one wrote meanwhile: begin it anew."""
    return getattr(error.__cause__, "pgcode", None) in CONFLICTS
