"""What SQLite and PostgreSQL say differently. Everything else in this app is the same SQL on both."""

import contextlib
import csv
import fcntl
import io
import os
import tempfile
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

from django.db import DatabaseError, connection

IMPORT_LOCK = 0x52414C4C59  # "RALLY"; names the advisory lock, nothing more

FOR_SETS = {
    "jit": "off",
    "work_mem": "'64MB'",
    "synchronous_commit": "off",
    "default_statistics_target": "10",
    "enable_nestloop": "off",
}
"""An import's statements are many and over sets: compiling each costs more than it gains, and sorts fit in memory.
What it notes on its way need not be on disk at once; what it publishes does (`SAFE_COMMIT`). Its working tables are
told to the planner over and over, so a sample of a few thousand rows must do. And no set is joined to another by
looking one up for each row of the other: where the planner took many rows for few, that once made a night of 3,000
players last four minutes. Hashing a set that turns out to be small costs next to nothing."""
SAFE_COMMIT = "SET LOCAL synchronous_commit TO DEFAULT"


def on_postgresql() -> bool:
    return connection.vendor == "postgresql"


def load(
    table: str,
    constants: dict[str, int],
    columns: tuple[str, ...],
    blocks: Iterable[list[tuple]],
    *,
    may_be_null: Container[str] = (),
) -> None:
    """Bring rows into a working table, by COPY or executemany.

    `constants` are the same in every row; None comes only in the columns that `may_be_null`.
    """
    if on_postgresql():
        copy(table, constants, columns, blocks, may_be_null)
    else:
        insert_many(table, constants, columns, blocks)


def copy(table, constants, columns, blocks, may_be_null) -> None:
    # Empty text is text, not NULL: only columns that may be NULL read an empty field as such.
    filled = [name for name in columns if name not in may_be_null]
    with connection.cursor() as cursor:
        options = f", FORCE_NOT_NULL ({', '.join(filled)})" if filled else ""
        names, given = ", ".join((*constants, *columns)), tuple(constants.values())
        stream = CsvStream([given + row for row in block] for block in blocks)
        cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN (FORMAT csv{options})", stream, 1 << 20)
    if stream.error:
        raise stream.error


class CsvStream(io.TextIOBase):
    """Blocks of rows as the text file COPY reads, one block in memory at a time.

    It ends where the blocks do, be it by an `error`: raised through COPY it would come out as the database's.
    """

    def __init__(self, blocks: Iterable[list[tuple]]):
        self.blocks = iter(blocks)
        self.rest = ""
        self.error: Exception | None = None

    def read(self, size: int = -1) -> str:
        while not self.rest:
            try:
                block = next(self.blocks, None)
            except Exception as error:
                self.error, block = error, None
            if block is None:
                return ""
            buffer = io.StringIO()
            csv.writer(buffer, lineterminator="\n").writerows(block)
            self.rest = buffer.getvalue()
        # psycopg2 asks for bytes and takes text: a quarter of the size is safe for any characters.
        size = len(self.rest) if size < 0 else max(1, size // 4)
        piece, self.rest = self.rest[:size], self.rest[size:]
        return piece


def insert_many(table, constants, columns, blocks) -> None:
    names = ", ".join((*constants, *columns))
    values = ", ".join((*(str(int(number)) for number in constants.values()), *("%s" for _ in columns)))
    with one_transaction(), connection.cursor() as cursor:
        for block in blocks:
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({values})", block)


@contextlib.contextmanager
def one_transaction() -> Iterator[None]:
    """For SQLite: a transaction that locks nothing as long as only temporary tables are written.

    Without one every row would be a transaction of its own, and Django's takes the writers' lock at once.
    """
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    connection.connection.execute("BEGIN DEFERRED")
    try:
        yield
    except BaseException:
        connection.connection.rollback()
        raise
    connection.connection.commit()


def small_key(column: str) -> str:
    """SQL defining the key of a working table of some thousand rows: PostgreSQL scans it before an index is made."""
    return f"{column} integer NOT NULL" if on_postgresql() else f"{column} integer PRIMARY KEY"


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


@contextlib.contextmanager
def import_lock() -> Iterator[bool]:
    """The one advisory lock of imports, held across machines on PostgreSQL and on this one with SQLite.

    Yields whether it was free. It goes with the connection or the process, so a killed import frees it.
    """
    if on_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [IMPORT_LOCK])
            (free,) = cursor.fetchone()
            if free:
                cursor.execute("".join(f"SET {name} = {value};" for name, value in FOR_SETS.items()))
        holder = connection.connection
        try:
            yield free
        finally:
            # A connection that was lost took the lock with it; what is there now never had it.
            still_there = connection.connection is holder and not connection.needs_rollback and connection.is_usable()
            if free and still_there:
                with connection.cursor() as cursor:
                    cursor.execute("".join(f"RESET {name};" for name in FOR_SETS))
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [IMPORT_LOCK])
    else:
        with lock_path().open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True


def lock_path() -> Path:
    if connection.is_in_memory_db():
        return Path(tempfile.gettempdir()) / f"rally-import-{os.getpid()}.lock"
    return Path(f"{connection.settings_dict['NAME']}.import-lock")


CONFLICTS = {
    "40001": "serialization failure",
    "40P01": "deadlock",
    "23505": "unique violation: of what the transaction could not see",
    "23503": "foreign key violation: of what was deleted meanwhile",
}
"""PostgreSQL's codes of what another transaction's writing can cause."""


def is_conflict(error: DatabaseError) -> bool:
    """Whether a transaction may have failed only for what another one wrote meanwhile: begin it anew."""
    return getattr(error.__cause__, "pgcode", None) in CONFLICTS
