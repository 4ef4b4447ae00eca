from contextlib import contextmanager

from django.db import connection

LOCK = 7_255_901
"""Any number will do, as long as nobody else locks it in this database."""


@contextmanager
def migration_lock():
    """Held by one process at a time, for as long as the block or the connection lasts.

    A lock of the session, as migrations commit on their way. On SQLite there is one machine and nothing
    to wait for.
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
