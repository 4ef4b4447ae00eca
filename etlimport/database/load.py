"""Bringing rows into working tables: COPY on PostgreSQL, executemany on SQLite."""

import contextlib
import csv
import io
from collections.abc import Container, Iterable, Iterator

from django.db import connection

from etlimport.database.dialect import on_postgresql


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
