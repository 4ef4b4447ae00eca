"""Plain SQL over the default connection: the few verbs the steps of an import are written in."""

from collections.abc import Iterable

from django.db import connection

from leagues.sql import dicts, execute

__all__ = ["analyze", "analyze_if_grown", "create_temporary", "dicts", "execute", "rows", "value"]


def rows(sql: str, params: Iterable = ()) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params) or None)
        return cursor.fetchall()


def value(sql: str, params: Iterable = ()):
    """The first column of the first row, or None."""
    found = rows(sql, params)
    return found[0][0] if found else None


def create_temporary(table: str, definition: str, *, index: str = "") -> None:
    """A working table of this connection, made anew; `definition` is `(columns…)` or `AS SELECT …`."""
    made = working_tables()
    if table in made:
        execute(f"DROP TABLE IF EXISTS {table}")
    execute(f"CREATE TEMPORARY TABLE {table} {definition}")
    made.add(table)
    if index:
        execute(f"CREATE INDEX {table}_index ON {table} ({index})")


def working_tables() -> set[str]:
    """The names of the working tables this connection has made: only these need to be dropped first."""
    made = connection.__dict__.setdefault("working_tables", [None, set()])
    if made[0] is not connection.connection:
        made[:] = [connection.connection, set()]
    return made[1]


SMALL = 1000
"""Rows up to which the planner does well without being told how many there are."""


def analyze(*tables: str) -> None:
    """Tell the planner what fresh working tables hold: nothing else does for temporary ones."""
    large = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table} LIMIT 1 OFFSET {SMALL})" for table in tables
    )
    for (table,) in rows(large):
        execute(f"ANALYZE {table}")


def analyze_if_grown(table: str, inserted: int) -> None:
    """Tell the planner of many new rows before the next statement joins them; autovacuum comes too late."""
    if inserted > SMALL:
        execute(f"ANALYZE {table}")
