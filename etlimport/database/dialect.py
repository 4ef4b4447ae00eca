"""The SQL that differs between SQLite and PostgreSQL. All other SQL in this app runs on both."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper


def on_postgresql() -> bool:
    return connection.vendor == "postgresql"


@contextmanager
def single_rows_looked_up() -> Iterator[None]:
    """Within the block, in a transaction, let the planner look up single rows by an index, as it may not elsewhere.

    For statements about a handful of rows, or that ask another table about each of their rows: without an index the
    whole table would be read each time.
    """
    if not on_postgresql():
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('enable_nestloop')")
        (before,) = cursor.fetchone()
        cursor.execute("SET LOCAL enable_nestloop = on")
        yield
        cursor.execute("SELECT set_config('enable_nestloop', %s, true)", [before])


def small_key() -> str:
    """SQL for the type of the number column of a small working table, which has an index only on SQLite.

    PostgreSQL reads a few thousand rows in less time than it takes to build an index of them.
    """
    return "integer NOT NULL" if on_postgresql() else "integer PRIMARY KEY"


def row_as_json(alias: str, columns: Iterable[str]) -> str:
    """SQL for these columns of the row `alias` as the text of a JSON object."""
    pairs = ", ".join(f"'{name}', {alias}.{name}" for name in columns)
    return f"CAST(json_build_object({pairs}) AS text)" if on_postgresql() else f"json_object({pairs})"


def rows_from_json(table: str, columns: dict[str, str], json: str, source: str) -> str:
    """SQL for a query of the rows of `table` that `row_as_json` wrote into the column `json` of `source`.

    `columns`: each with SQL for its value in rows that were written before the column was added.
    """
    value = "r.{name}" if on_postgresql() else f"json_extract({json}, '$.{{name}}')"
    values = ", ".join(f"coalesce({value.format(name=name)}, {default})" for name, default in columns.items())
    if not on_postgresql():
        return f"SELECT {values} FROM {source}"
    record = f"json_populate_record(NULL::{table}, CAST({json} AS json))"
    return f"SELECT {values} FROM {source} CROSS JOIN LATERAL {record} r"


def fingerprint(key: str, points_at: str) -> str:
    """SQL aggregate of SQLite over pairs: the same number whatever their order, another one for other pairs."""
    return f"fingerprint({key}, {points_at})"


def add_to_sqlite(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Adds the SQL functions that SQLite lacks to a new connection. A receiver of Django's `connection_created`."""
    if connection.vendor == "sqlite":
        connection.connection.create_aggregate("fingerprint", 2, Fingerprint)


class Fingerprint:
    """The aggregate `fingerprint` on SQLite. Its hashes can be compared only within one process."""

    def __init__(self) -> None:
        self.number: int | None = None

    def step(self, *values: int | str) -> None:
        self.number = (self.number or 0) ^ hash(values)

    def finalize(self) -> int | None:
        return self.number


def json_text(column: str, name: str) -> str:
    """SQL for one value, as text, of the JSON object in a text column."""
    if on_postgresql():
        return f"(CAST({column} AS json) ->> '{name}')"
    # SQLite returns a number as a number, which is never equal to a text.
    return f"CAST({column} ->> '{name}' AS text)"


def days_between(later: str, earlier: str) -> str:
    """SQL for the number of days from one date to another."""
    return f"({later} - {earlier})" if on_postgresql() else f"(julianday({later}) - julianday({earlier}))"


def first_word(sql: str) -> str:
    if on_postgresql():
        return f"split_part({sql}, ' ', 1)"
    return f"substr({sql}, 1, instr({sql} || ' ', ' ') - 1)"


def last_word(sql: str) -> str:
    if on_postgresql():
        return f"split_part({sql}, ' ', -1)"
    # This removes everything up to and including the last blank.
    return f"replace({sql}, rtrim({sql}, replace({sql}, ' ', '')), '')"


SEPARATED = " || ' ' || "


def one_value(*columns: str) -> str:
    """SQL for a text that is the same where all the columns are: what `NOT IN` is to look for instead of several.

    SQLite goes through the whole set for every row of several values that is not in it.
    """
    return f"({SEPARATED.join(columns)})"
