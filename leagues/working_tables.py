"""Working tables: temporary tables of one connection in which set-based SQL lays down what it has found so far."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from leagues.sql import FEW, execute, value

PREFIXES = ("w_", "in_")
"""How the names of working tables begin, and of no other table: a temporary table would hide a real one of its name."""

MADE_AS = "SELECT upper(type) FROM sqlite_temp_schema WHERE name = %s"
MADE_AS_ON_POSTGRESQL = """
SELECT CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END FROM pg_class WHERE oid = to_regclass('pg_temp.' || %s)"""
"""As what a working table is there: a rollback may have taken it back, or brought back what was in its place."""


@dataclass(frozen=True, eq=False)
class WorkingTable:
    """A declared working table. `row`: what a row is, in a line; `columns`: their SQL types by name.

    `index`: what other statements look rows up by, each a column or several with commas between; `sqlite_index`:
    further ones that only SQLite needs, as PostgreSQL hashes whole sets.
    """

    name: str
    row: str
    columns: Mapping[str, str]
    index: Sequence[str] = ()
    sqlite_index: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not self.name.startswith(PREFIXES):
            raise ValueError(f"The name of the working table {self.name} must begin with one of {PREFIXES}.")

    def __str__(self) -> str:
        return self.name

    def create(self) -> None:
        """Make it anew, empty."""
        definitions = ", ".join(f"{name} {definition}" for name, definition in self.columns.items())
        self._make(f"({definitions})")

    def leave_empty(self) -> None:
        """Make it anew as a view that finds nothing: PostgreSQL makes no files for it. No row can be written to it."""
        columns = ", ".join(
            f"CAST(NULL AS {type_of(definition)}) AS {name}" for name, definition in self.columns.items()
        )
        self._make(f"AS SELECT {columns} WHERE 1 = 0", made_as="VIEW")

    def fill(self, select: str, params: Sequence[Any] = (), *, joined: bool = True) -> int:
        """Make it anew of what `select` finds, in the order of its columns; how many rows that are.

        `joined`: whether later statements join the rows with others: then the planner is told of many.
        """
        count = self._make(f"AS {select}", params)
        if connection.vendor == "sqlite":
            count = value(f"SELECT count(*) FROM {self.name}")  # which SQLite does not tell
        if count > known_by_itself():
            self._make_indexes()
            if joined:
                execute(f"ANALYZE {self.name}")
        return count

    @contextmanager
    def filled(self, select: str, params: Sequence[Any] = ()) -> Iterator[int]:
        """In a transaction, for as long as the block runs: how many rows `select` found."""
        with transaction.atomic(savepoint=False):
            yield self.fill(select, params)
            self.drop()

    def tell_planner(self, rows: int | None = None) -> None:
        """Tell it what the table holds, where that is many rows it was not told of when the table was made.

        `rows`: how many rows there are, where that is known.
        """
        many = known_by_itself()
        if value(f"SELECT 1 FROM {self.name} LIMIT 1 OFFSET {many}") if rows is None else rows > many:
            execute(f"ANALYZE {self.name}")

    def drop(self) -> None:
        if self.name not in made_tables():
            return
        if made_as := value(MADE_AS_ON_POSTGRESQL if connection.vendor == "postgresql" else MADE_AS, [self.name]):
            execute(f"DROP {made_as} {self.name}")
        made_tables().discard(self.name)

    def _make(self, definition: str, params: Sequence[Any] = (), made_as: str = "TABLE") -> int:
        self.drop()
        count = execute(f"CREATE TEMPORARY {made_as} {self.name} {definition}", params)
        made_tables().add(self.name)
        return count

    def _make_indexes(self) -> None:
        further = self.sqlite_index if connection.vendor == "sqlite" else ()
        for number, columns in enumerate((*self.index, *further)):
            execute(f"CREATE INDEX {self.name}_index{number} ON {self.name} ({columns})")


def known_by_itself() -> int:
    """The number of rows up to which the planner does well without being told of a table.

    SQLite takes every table that it was not told of for a large one, and joins it last.
    """
    return 0 if connection.vendor == "sqlite" else FEW


def type_of(definition: str) -> str:
    """The type in the definition of a column: `bigint NOT NULL` → `bigint`."""
    return definition.partition(" NOT NULL")[0].partition(" PRIMARY KEY")[0]


def made_tables() -> set[str]:
    """The names of the working tables this connection has made: only these need to be dropped first."""
    own = connections[DEFAULT_DB_ALIAS].__dict__  # `connection` stands for those of all threads, and so does its dict
    made: tuple[Any, set[str]] = own.get("working_tables", (None, set()))
    if made[0] is not connection.connection:
        made = own["working_tables"] = connection.connection, set()
    return made[1]
