"""Loads rows into working tables: with COPY on PostgreSQL, with executemany on SQLite."""

import contextlib
import csv
import io
from collections.abc import Container, Iterable, Iterator
from typing import Any

from django.db import connection

from etlimport.database.dialect import on_postgresql

Values = tuple[Any, ...]
"""A row, in the order of the columns it is loaded into."""


def load(
    table: str,
    constants: dict[str, int],
    columns: tuple[str, ...],
    blocks: Iterable[list[Values]],
    *,
    may_be_null: Container[str] = (),
) -> None:
    """Load rows into a working table.

    `constants`: further columns, which have the same value in every row. `may_be_null`: the only columns whose value
    may be None.
    """
    if on_postgresql():
        copy(table, constants, columns, blocks, may_be_null)
    else:
        insert_many(table, constants, columns, blocks)


def copy(
    table: str,
    constants: dict[str, int],
    columns: tuple[str, ...],
    blocks: Iterable[list[Values]],
    may_be_null: Container[str],
) -> None:
    # CSV has one way to write an empty text and NULL. Only in the columns that may be NULL does it stand for NULL.
    filled = [name for name in columns if name not in may_be_null]
    with connection.cursor() as cursor:
        options = f", FORCE_NOT_NULL ({', '.join(filled)})" if filled else ""
        names, given = ", ".join((*constants, *columns)), tuple(constants.values())
        stream = CsvStream([given + row for row in block] for block in blocks)
        cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN (FORMAT csv{options})", stream, 1 << 20)
    if stream.error:
        raise stream.error


class CsvStream(io.TextIOBase):
    """The blocks of rows as a CSV file for COPY to read, with one block in memory at a time.

    If reading the blocks raises an error, the file ends there and `error` keeps it: psycopg2 would turn an error raised
    while COPY reads into one of its own.
    """

    def __init__(self, blocks: Iterable[list[Values]]) -> None:
        self.blocks = iter(blocks)
        self.rest = ""
        self.error: Exception | None = None

    def read(self, size: int | None = -1, /) -> str:
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
        # psycopg2 means a number of bytes, and a character has at most four of them.
        size = len(self.rest) if size is None or size < 0 else max(1, size // 4)
        piece, self.rest = self.rest[:size], self.rest[size:]
        return piece


def insert_many(
    table: str, constants: dict[str, int], columns: tuple[str, ...], blocks: Iterable[list[Values]]
) -> None:
    names = ", ".join((*constants, *columns))
    values = ", ".join((*(str(int(number)) for number in constants.values()), *("%s" for _ in columns)))
    with one_transaction(), connection.cursor() as cursor:
        for block in blocks:
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({values})", block)


@contextlib.contextmanager
def one_transaction() -> Iterator[None]:
    """A transaction on SQLite that takes no lock as long as only temporary tables are written.

    Without a transaction every row would be committed by itself, and Django's own would lock out all other writers.
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
