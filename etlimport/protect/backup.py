"""What users own, written down: all of it before a rebuild gives the catalogue new ids, to be proved afterwards;
in a merge, of which `proof` is made, what the repair may change, to tell what it did.

It is a working table of the run's connection: keyed by reference and row, so taking it twice changes nothing, and gone
when the run is.
"""

from collections import Counter
from collections.abc import Container, Mapping

from django.db.models import Model

from etlimport import database
from etlimport.database import dialect, working_tables
from etlimport.database.references import Reference, keys_are_numbers, owned_references
from etlimport.protect.protection import Protection
from leagues.models import Team
from leagues.working_tables import WorkingTable

BACKUP = working_tables.PROTECTED.name


class Backup:
    """Every user-owned reference into the catalogue; the check before has seen that each points at a row."""

    def __init__(self) -> None:
        write_down()
        counts = dict(database.rows(f"SELECT reference, count(*) FROM {BACKUP} GROUP BY reference"))
        self.protection = Protection({r.name: counts.get(number, 0) for number, r in enumerate(owned_references())})

    def prove(self, moved: Mapping[str, WorkingTable]) -> None:
        """Check that every backed-up row is there and points where it should.

        `moved`: table of a catalogue model → working table (old_id, new_id) of the rows that got new ids; all
        others must point where they did. Raises AuditFailed with the number of rows lost or astray.
        """
        protection = self.protection
        protection.after = count_rightly_placed(moved) if protection.held else dict(protection.before)
        protection.refuse_losses()
        protection.restored = restored_by_layer(moved, protection.held) if protection.held else {}
        if protection.held and (mapping := moved.get(Team._meta.db_table)):
            protection.team_ids_preserved = share_of_teams_preserved(mapping)


def write_down(models: Container[type[Model]] | None = None) -> None:
    """w_protected: of all models, or of some; `reference`: its place among all."""
    references = owned_references()
    numbers = keys_are_numbers(references)
    every = " UNION ALL ".join(
        f"""SELECT {number} AS reference, {row_id(r, numbers)} AS row_id, {target_id(r)} AS target_id
            FROM {r.table} u {pointing(r)}"""
        for number, r in enumerate(references)
        if models is None or r.model in models
    )
    working_tables.PROTECTED.fill(every, joined=False)
    database.execute(f"CREATE UNIQUE INDEX {BACKUP}_key ON {BACKUP} (reference, row_id)")


def lock_user_tables() -> None:
    """Let nobody write what users own until the commit; reading goes on. To be called with patience, and late."""
    if dialect.on_postgresql():
        tables = ", ".join(sorted({reference.table for reference in owned_references()}))
        database.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")


def row_id(reference: Reference, numbers: bool) -> str:
    """SQL: the key of a row `u` of users; as text unless all models' are `numbers`."""
    return f"CAST(u.{reference.primary_key} AS {'bigint' if numbers else 'text'})"


def pointing(reference: Reference) -> str:
    """SQL: only the rows `u` of users that point somewhere; not asked where all do, since that costs as much again."""
    return f"WHERE u.{reference.column} IS NOT NULL" if reference.nullable else ""


def target_id(reference: Reference) -> str:
    """SQL: the id of what a row `u` of users points at."""
    if reference.by_id:
        return f"u.{reference.column}"
    return f"(SELECT t.id FROM {reference.target_table} t WHERE t.{reference.target_column} = u.{reference.column})"


def restored_by_layer(moved: Mapping[str, WorkingTable], rows: int) -> dict[str, int]:
    """How many of the `rows` found their target again in which way."""
    every = " UNION ALL ".join(
        f"""SELECT coalesce(m.layer, 'id') AS layer FROM {BACKUP} b
            JOIN {moved[reference.target_table]} m ON m.old_id = b.target_id WHERE b.reference = {number}"""
        for number, reference in enumerate(owned_references())
        if reference.target_table in moved
    )
    by_layer = Counter(
        dict(database.rows(f"SELECT layer, count(*) FROM ({every}) found GROUP BY layer")) if every else {}
    )
    by_layer["id"] += rows - by_layer.total()
    return dict(sorted((+by_layer).items()))


def share_of_teams_preserved(mapping: WorkingTable) -> float:
    """The share of the teams users hold whose id is what it was; `mapping`: the working table of those moved."""
    teams = [str(number) for number, reference in enumerate(owned_references()) if reference.target is Team]
    held = f"SELECT DISTINCT target_id FROM {BACKUP} WHERE reference IN ({', '.join(teams)})"
    count = database.value(f"SELECT count(*) FROM ({held}) held")
    moved = database.value(f"SELECT count(*) FROM ({held}) held JOIN {mapping} m ON m.old_id = held.target_id")
    return 1 - moved / count if count else 1.0


def count_rightly_placed(moved: Mapping[str, WorkingTable]) -> dict[str, int]:
    """By reference: the backed-up rows that are there and point where they should.

    That what they point at is there is for the audit to say.
    """
    references = owned_references()
    numbers = keys_are_numbers(references)
    every = ", ".join(f"({rightly_placed(number, r, numbers, moved)})" for number, r in enumerate(references))
    (counts,) = database.rows(f"SELECT {every}")
    return {reference.name: count for reference, count in zip(references, counts, strict=True)}


def rightly_placed(number: int, reference: Reference, numbers: bool, moved: Mapping[str, WorkingTable]) -> str:
    mapping = moved.get(reference.target_table)
    expected = "coalesce(m.new_id, b.target_id)" if mapping else "b.target_id"
    join = f"LEFT JOIN {mapping} m ON m.old_id = b.target_id" if mapping else ""
    key = "b.row_id" if not reference.is_key else f"CAST({expected} AS {'bigint' if numbers else 'text'})"
    return f"""
        SELECT count(*) FROM {BACKUP} b {join} JOIN {reference.table} u ON {row_id(reference, numbers)} = {key}
        WHERE b.reference = {number} AND {target_id(reference)} = {expected}"""
