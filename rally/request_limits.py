"""How long a request may wait for the database. Imports have limits of their own, commands and workers have none."""

from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


def limit_requests() -> None:
    """Give every database connection of this process the limits; for the entry points of web servers."""
    connection_created.connect(set_limits)


def set_limits(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if connection.vendor == "postgresql":
        limits = {
            "lock_timeout": settings.REQUEST_LOCK_TIMEOUT,
            "statement_timeout": settings.REQUEST_STATEMENT_TIMEOUT,
            "idle_in_transaction_session_timeout": settings.REQUEST_IDLE_TIMEOUT,
        }
        statements = "".join(f"SET {name} = '{seconds}s';" for name, seconds in limits.items())
    else:
        statements = f"PRAGMA busy_timeout = {settings.REQUEST_LOCK_TIMEOUT * 1000}"
    with connection.cursor() as cursor:
        cursor.execute(statements)
