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
    execute(f"DROP TABLE IF EXISTS {table}")
    execute(f"CREATE TEMPORARY TABLE {table} {definition}")
    if index:
        execute(f"CREATE INDEX {table}_index ON {table} ({index})")


def analyze(*tables: str) -> None:
    """Tell the planner what a fresh working table holds: nothing else does for temporary ones."""
    for table in tables:
        execute(f"ANALYZE {table}")


def analyze_if_grown(table: str, inserted: int) -> None:
    """Tell the planner of many new rows before the next statement joins them; autovacuum comes too late."""
    if inserted > 1000:
        analyze(table)
