from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

LOCK = 7_255_901
"""Any number will do that nobody else locks in this database."""


@contextmanager
def migration_lock() -> Iterator[None]:
    """Only one process at a time is in the block; others wait. The lock ends with the block or the connection.

    It belongs to the connection, not to a transaction, because migrations commit several times. On SQLite, which
    is for one machine, it does nothing.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
