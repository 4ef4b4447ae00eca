"""Running SQL over sets of rows on the default connection, with SQL that SQLite and PostgreSQL both understand."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import Model


def execute(sql: str, params: Sequence[Any] = ()) -> int:
    """Returns how many rows the statement inserted, updated or deleted."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params) or None)
        return max(int(cursor.rowcount), 0)


def dicts(sql: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """The rows found, each by the names of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params) or None)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def only(column: str, values: Collection[Any] | None) -> tuple[str, list[Any]]:
    """An SQL condition with its parameters: `column` is one of a handful of values. None stands for any value."""
    if values is None:
        return "TRUE", []
    if not values:
        return "FALSE", []
    return f"{column} IN ({', '.join(['%s'] * len(values))})", list(values)


def refresh_statistics(*models: type[Model]) -> None:
    """Tell PostgreSQL's planner what these tables hold now. It cannot know what an open transaction wrote."""
    if connection.vendor == "postgresql":
        execute("SET LOCAL default_statistics_target TO DEFAULT")  # an import lowers it for its temporary tables
        execute("ANALYZE " + ", ".join(model._meta.db_table for model in models))


@contextmanager
def temporary_table(name: str, select: str, params: Sequence[Any] = ()) -> Iterator[str]:
    """Within the block, a temporary table holds what `select` finds. It yields the table's name."""
    with transaction.atomic(savepoint=False):
        execute(f"CREATE TEMPORARY TABLE {name} AS {select}", params)
        execute(f"ANALYZE {name}")  # PostgreSQL does not collect statistics of temporary tables by itself
        yield name
        execute(f"DROP TABLE {name}")
