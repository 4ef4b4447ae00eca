"""Plain SQL over the default connection: the few verbs the steps of an import are written in."""

from collections.abc import Iterable, Sequence

from django.db import connection

from etlimport import dialect
from leagues.sql import dicts, execute

__all__ = [
    "analyze",
    "analyze_if_changed",
    "create_temporary",
    "dicts",
    "execute",
    "rows",
    "value",
]


def rows(sql: str, params: Iterable = ()) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params) or None)
        return cursor.fetchall()


def value(sql: str, params: Iterable = ()):
    """The first column of the first row, or None."""
    found = rows(sql, params)
    return found[0][0] if found else None


def create_temporary(
    table: str,
    definition: str,
    *,
    index: Sequence[str] = (),
    sqlite_index: Sequence[str] = (),
    joined: bool = True,
) -> int:
    """A working table of this connection, made anew: `definition` is `AS SELECT …`, or `(columns…)` to be filled.

    Returns how many rows it holds; where they are many and to be joined, the planner knows about them. `index`: the
    columns it is to have indexes on; `sqlite_index`: further ones for SQLite, where PostgreSQL hashes whole sets.
    """
    made = working_tables()
    if table in made:
        execute(f"DROP TABLE IF EXISTS {table}")  # which a rollback since may have done
    count = execute(f"CREATE TEMPORARY TABLE {table} {definition}")
    made.add(table)
    if definition.startswith("("):
        return 0
    if not dialect.on_postgresql():
        count = value(f"SELECT count(*) FROM {table}")  # SQLite does not tell
        index = (*index, *sqlite_index)
    for number, columns in enumerate(index if count > FEW else ()):
        execute(f"CREATE INDEX {table}_index{number} ON {table} ({columns})")
    if joined:
        analyze_if_changed(table, count)
    return count


def working_tables() -> set[str]:
    """The names of the working tables this connection has made: only these need to be dropped first."""
    made = connection.__dict__.setdefault("working_tables", [None, set()])
    if made[0] is not connection.connection:
        made[:] = [connection.connection, set()]
    return made[1]


FEW = 500
"""Rows up to which the planner does well without being told how many there are."""


def analyze(*tables: str) -> None:
    """Tell the planner what working tables hold that it was not told of when they were made."""
    large = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table} LIMIT 1 OFFSET {FEW})" for table in tables
    )
    for (table,) in rows(large):
        execute(f"ANALYZE {table}")


def analyze_if_changed(table: str, written: int, columns: Sequence[str] = ()) -> None:
    """Tell the planner of many new values before the next statement joins them; autovacuum comes too late.

    Only those of some columns where they are named, and then PostgreSQL takes its own, larger sample all the same.
    """
    if written > FEW:
        named = f"({', '.join(columns)})" if columns and dialect.on_postgresql() else ""
        execute(f"ANALYZE {table} {named}")
