"""Set-based SQL over the default connection, the same on SQLite and PostgreSQL."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import Model


def execute(sql: str, params: Sequence = ()) -> int:
    """The number of rows touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params) or None)
        return max(cursor.rowcount, 0)


def dicts(sql: str, params: Sequence = ()) -> list[dict]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params) or None)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def only(column: str, values: Collection | None) -> tuple[str, list]:
    """SQL and parameters that narrow `column` to a handful of values; no values: to nothing, None: to all."""
    if values is None:
        return "TRUE", []
    if not values:
        return "FALSE", []
    return f"{column} IN ({', '.join(['%s'] * len(values))})", list(values)


def refresh_statistics(*models: type[Model]) -> None:
    """Tell PostgreSQL's planner what these tables hold now; what an open transaction wrote it cannot know."""
    if connection.vendor == "postgresql":
        execute("SET LOCAL default_statistics_target TO DEFAULT")  # an import makes do with less for what it drops
        execute("ANALYZE " + ", ".join(model._meta.db_table for model in models))


@contextmanager
def temporary_table(name: str, select: str, params: Sequence = ()) -> Iterator[str]:
    """A table of what `select` finds, in a transaction, for as long as the block runs."""
    with transaction.atomic(savepoint=False):
        execute(f"CREATE TEMPORARY TABLE {name} AS {select}", params)
        execute(f"ANALYZE {name}")  # nothing else tells a planner what a temporary table holds
        yield name
        execute(f"DROP TABLE {name}")
