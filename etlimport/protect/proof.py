"""Merge mode, in which ids do not change: the proof that users' rows are the same and point where they did.

Nothing is copied. On PostgreSQL, where users go on writing meanwhile, it is proved that the run itself has written none
of their rows: the server counts what a transaction writes to each table. On SQLite nobody else writes, and each
reference has the same fingerprint before and after.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from etlimport import database
from etlimport.database import dialect
from etlimport.database.references import keys_are_numbers, owned_references
from etlimport.errors import AuditFailed
from etlimport.protect.backup import pointing, row_id, target_id
from etlimport.protect.protection import Protection


class Mark(Protocol):
    """What is known of the rows of a reference at one moment."""

    def rows_lost_since(self, before: Any, /) -> int: ...


class Proof:
    """What of users' rows is known now, to be compared with what is known later.

    `protection`: what users own, for the run's report; known once it is proved, or found to be harmed.
    """

    def __init__(self) -> None:
        self.before = marks()
        self.protection = Protection()

    def prove(self) -> None:
        """Check that no row of users was lost or led astray by this run. Raises AuditFailed naming the references."""
        after = marks()
        held = count_held()
        lost = {name: mark.rows_lost_since(self.before[name]) for name, mark in after.items()}
        self.protection = Protection({name: held[name] + lost[name] for name in held}, held)
        self.protection.refuse_losses()
        if harmed := [name for name, mark in after.items() if mark != self.before[name]]:
            raise AuditFailed([f"{name}: some of {held[name]:,} rows are lost or astray" for name in harmed])


class Written(NamedTuple):
    """How many rows of a table this connection has written, counted by the server."""

    inserted: int
    updated: int
    deleted: int

    def rows_lost_since(self, before: "Written") -> int:
        return self.deleted - before.deleted


class Fingerprint(NamedTuple):
    """How many rows of a table point somewhere, and a number made of which points where."""

    rows: int
    number: int | None

    def rows_lost_since(self, before: "Fingerprint") -> int:
        return before.rows - self.rows


def marks() -> Mapping[str, Mark]:
    """By reference: what differs when this run has harmed a row that holds it."""
    return written_so_far() if dialect.on_postgresql() else fingerprints()


COUNTED = tuple(f"pg_stat_get_xact_tuples_{done}" for done in Written._fields)


def written_so_far() -> dict[str, Written]:
    references = owned_references()
    counts = ", ".join(f"{count}('{reference.table}'::regclass)" for reference in references for count in COUNTED)
    (found,) = database.rows(f"SELECT {counts}")
    return {reference.name: Written(*found[3 * number : 3 * number + 3]) for number, reference in enumerate(references)}


def fingerprints() -> dict[str, Fingerprint]:
    references = owned_references()
    numbers = keys_are_numbers(references)
    every = " UNION ALL ".join(
        f"""SELECT {number}, count(*), {dialect.fingerprint(row_id(r, numbers), target_id(r))}
            FROM {r.table} u {pointing(r)}"""
        for number, r in enumerate(references)
    )
    return {references[number].name: Fingerprint(rows, mark) for number, rows, mark in database.rows(every)}


def count_held() -> dict[str, int]:
    """By reference: the number of its rows that point somewhere."""
    every = ", ".join(f"(SELECT count(*) FROM {r.table} u {pointing(r)})" for r in owned_references())
    (counts,) = database.rows(f"SELECT {every}")
    return {reference.name: count for reference, count in zip(owned_references(), counts, strict=True)}
