"""What SQLite and PostgreSQL say differently. Everything else in this app is the same SQL on both."""

from collections.abc import Iterable

from django.db import connection


def on_postgresql() -> bool:
    return connection.vendor == "postgresql"


def small_key() -> str:
    """SQL defining the key of a working table of some thousand rows: PostgreSQL scans it before an index is made."""
    return "integer NOT NULL" if on_postgresql() else "integer PRIMARY KEY"


def row_as_json(alias: str, columns: Iterable[str]) -> str:
    """SQL for a JSON object, as text, of a row's columns."""
    pairs = ", ".join(f"'{name}', {alias}.{name}" for name in columns)
    return f"CAST(json_build_object({pairs}) AS text)" if on_postgresql() else f"json_object({pairs})"


def rows_from_json(table: str, columns: list[str], json: str, source: str) -> str:
    """SQL for the rows of `table` that `row_as_json` made the objects in column `json` of `source` from."""
    if on_postgresql():
        names = ", ".join(f"r.{name}" for name in columns)
        record = f"json_populate_record(NULL::{table}, CAST({json} AS json))"
        return f"SELECT {names} FROM {source} CROSS JOIN LATERAL {record} r"
    values = ", ".join(f"json_extract({json}, '$.{name}')" for name in columns)
    return f"SELECT {values} FROM {source}"


def fingerprint(key: str, points_at: str, *, numbers: bool) -> str:
    """SQL aggregate: 64 bits that other pairs would have only by chance, in whatever order; NULL where there is none.

    What is pointed at is the id of a row, of 32 bits; the key is anything, and one of `numbers` any of 64 bits.
    """
    if not on_postgresql():
        return f"fingerprint({key}, {points_at})"
    # PostgreSQL takes a seed as it is, but folds a number of 64 bits into one of 32 before it hashes it.
    return f"bit_xor({f'hashint8extended({points_at}, {key})' if numbers else f'hashtextextended({key}, {points_at})'})"


def add_to_sqlite(connection, **_) -> None:
    """For Django's signal: what a new connection to SQLite is to know besides SQL."""
    if connection.vendor == "sqlite":
        connection.connection.create_aggregate("fingerprint", 2, Fingerprint)


class Fingerprint:
    """The aggregate on SQLite, good for as long as this process runs."""

    def __init__(self):
        self.number = None

    def step(self, *values) -> None:
        self.number = (self.number or 0) ^ hash(values)

    def finalize(self) -> int | None:
        return self.number


def json_text(column: str, name: str) -> str:
    """SQL for one value of a JSON object written as text, as text."""
    if on_postgresql():
        return f"(CAST({column} AS json) ->> '{name}')"
    # SQLite gives a number as a number, which equals no text.
    return f"CAST({column} ->> '{name}' AS text)"


def days_between(later: str, earlier: str) -> str:
    """SQL: how many days one date is after another."""
    return f"({later} - {earlier})" if on_postgresql() else f"(julianday({later}) - julianday({earlier}))"


def first_word(sql: str) -> str:
    if on_postgresql():
        return f"split_part({sql}, ' ', 1)"
    return f"substr({sql}, 1, instr({sql} || ' ', ' ') - 1)"


def last_word(sql: str) -> str:
    if on_postgresql():
        return f"split_part({sql}, ' ', -1)"
    # What is left when everything up to the last blank is trimmed away.
    return f"replace({sql}, rtrim({sql}, replace({sql}, ' ', '')), '')"
