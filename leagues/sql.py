"""Running SQL over sets of rows on the default connection, with SQL that SQLite and PostgreSQL both understand."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model


def execute(sql: str, params: Iterable[Any] = ()) -> int:
    """Returns how many rows the statement inserted, updated or deleted."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params) or None)
        return max(int(cursor.rowcount), 0)


def rows(sql: str, params: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params) or None)
        return list(cursor.fetchall())


def value(sql: str, params: Iterable[Any] = ()) -> Any:
    """The first column of the first row, or None."""
    found = rows(sql, params)
    return found[0][0] if found else None


def dicts(sql: str, params: Iterable[Any] = ()) -> list[dict[str, Any]]:
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


def analyze_if_changed(table: str, written: int, columns: Sequence[str] = ()) -> None:
    """Tell the planner of many new values before the next statement joins them; autovacuum comes too late.

    Only those of some columns where they are named, and then PostgreSQL takes its own, larger sample all the same.
    """
    if written > FEW:
        named = f"({', '.join(columns)})" if columns and connection.vendor == "postgresql" else ""
        execute(f"ANALYZE {table} {named}")


FEW = 500
"""Rows up to which the planner does well without being told how many there are."""


def not_in_use(table: str, ids: str) -> str:
    """SQL: those of the rows that `ids` (SQL) names which nobody else is writing now; they stay ours until the commit.

    Only PostgreSQL has several writers.
    """
    lock = "FOR NO KEY UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    return f"SELECT id FROM {table} WHERE id IN ({ids}) {lock}"
