"""What users own, written down before an import touches the catalogue and proved afterwards.

The backup is a working table of the run's connection: it is keyed by reference and row, so taking it twice
changes nothing, and it is gone when the run is.
"""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import IntegerField

from etlimport import db, dialect
from etlimport.errors import AuditFailed
from etlimport.references import Reference, owned_references
from leagues.models import Team

BACKUP = "protected_rows"


@dataclass
class Protection:
    """Rows backed up per reference (`leagues.PracticeTime.team_id`: 27), and what became of them.

    `restored`: rows by how they found their target: directly by its id, or by the layer that told who it is.
    `team_ids_preserved`: the share, 0–1, of the teams users hold whose id is what it was.
    """

    before: dict[str, int] = field(default_factory=dict)
    after: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    restored: dict[str, int] = field(default_factory=dict)
    team_ids_preserved: float = 1.0

    def as_json(self) -> dict:
        return {name: value for name, value in vars(self).items() if value not in ({}, None)}


def lock_user_tables() -> None:
    """Let nobody write what users own while a rebuild gives it new targets; reading goes on."""
    if dialect.on_postgresql():
        tables = ", ".join(sorted({reference.table for reference in owned_references()}))
        db.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")


def take_backup() -> Protection:
    """Write down every user-owned reference into the catalogue; rows that point nowhere are left out, named."""
    references = owned_references()
    every = " UNION ALL ".join(
        f"""SELECT {number} AS reference, {row_id(r)} AS row_id, t.id AS target_id
            FROM {r.table} u JOIN {r.target_table} t ON t.{r.target_column} = u.{r.column}"""
        for number, r in enumerate(references)
    )
    taken = db.create_temporary(BACKUP, f"AS {every}")
    db.execute(f"CREATE UNIQUE INDEX {BACKUP}_key ON {BACKUP} (reference, row_id)")
    (filled,) = db.rows(f"SELECT {', '.join(f'(SELECT count({r.column}) FROM {r.table})' for r in references)}")
    protection = Protection({reference.name: count for reference, count in zip(references, filled, strict=True)})
    if taken < sum(filled):
        leave_out(protection, dict(db.rows(f"SELECT reference, count(*) FROM {BACKUP} GROUP BY reference")))
    return protection


def row_id(reference: Reference) -> str:
    """SQL: the key of a row `u` of users, as text where any model's is no number."""
    numbers = all(isinstance(r.model._meta.pk, IntegerField) for r in owned_references())
    return f"CAST(u.{reference.primary_key} AS {'bigint' if numbers else 'text'})"


def leave_out(protection: Protection, taken: dict[int, int]) -> None:
    """Name the rows that point nowhere; `taken`: how many of each reference do not."""
    for number, reference in enumerate(owned_references()):
        missing = protection.before[reference.name] - taken.get(number, 0)
        if missing:
            gone = f"{missing:,} rows point at a {reference.target_table} that was gone before this run"
            protection.skipped[reference.name] = gone
            protection.before[reference.name] -= missing


def prove(protection: Protection, moved: dict[str, str]) -> None:
    """Check that every backed-up row is there and points where it should.

    `moved`: table of a catalogue model → working table (old_id, new_id) of the rows that got new ids; all
    others must point where they did. Raises AuditFailed with the number of rows lost or astray.
    """
    held = sum(protection.before.values())
    protection.after = count_rightly_placed(moved) if held else dict(protection.before)
    failures = [
        f"{name}: {count - protection.after[name]:,} of {count:,} rows lost or astray"
        for name, count in protection.before.items()
        if protection.after[name] != count
    ]
    if failures:
        raise AuditFailed(failures)
    protection.restored = restored_by_layer(moved, held) if held else {}
    if held and (mapping := moved.get(Team._meta.db_table)):
        protection.team_ids_preserved = share_of_teams_preserved(mapping)


def restored_by_layer(moved: dict[str, str], rows: int) -> dict[str, int]:
    """How many of the `rows` found their target again in which way."""
    every = " UNION ALL ".join(
        f"""SELECT coalesce(m.layer, 'id') AS layer FROM {BACKUP} b
            JOIN {moved[reference.target_table]} m ON m.old_id = b.target_id WHERE b.reference = {number}"""
        for number, reference in enumerate(owned_references())
        if reference.target_table in moved
    )
    by_layer = Counter(dict(db.rows(f"SELECT layer, count(*) FROM ({every}) found GROUP BY layer")) if every else {})
    by_layer["id"] += rows - by_layer.total()
    return dict(sorted((+by_layer).items()))


def share_of_teams_preserved(mapping: str) -> float:
    """The share of the teams users hold whose id is what it was; `mapping`: the working table of those moved."""
    teams = [str(number) for number, reference in enumerate(owned_references()) if reference.target is Team]
    held = f"SELECT DISTINCT target_id FROM {BACKUP} WHERE reference IN ({', '.join(teams)})"
    count = db.value(f"SELECT count(*) FROM ({held}) held")
    moved = db.value(f"SELECT count(*) FROM ({held}) held JOIN {mapping} m ON m.old_id = held.target_id")
    return 1 - moved / count if count else 1.0


def count_rightly_placed(moved: dict[str, str]) -> dict[str, int]:
    """By reference: the backed-up rows that are there and point where they should.

    That what they point at is there is for the audit to say.
    """
    references = owned_references()
    (counts,) = db.rows(f"SELECT {', '.join(f'({rightly_placed(n, r, moved)})' for n, r in enumerate(references))}")
    return {reference.name: count for reference, count in zip(references, counts, strict=True)}


def rightly_placed(number: int, reference: Reference, moved: dict[str, str]) -> str:
    mapping = moved.get(reference.target_table)
    expected = "coalesce(m.new_id, b.target_id)" if mapping else "b.target_id"
    join = f"LEFT JOIN {mapping} m ON m.old_id = b.target_id" if mapping else ""
    column = f"u.{reference.column}"
    if not reference.by_id:
        column = f"(SELECT t.id FROM {reference.target_table} t WHERE t.{reference.target_column} = {column})"
    return f"""
        SELECT count(*) FROM {BACKUP} b {join} JOIN {reference.table} u ON {row_id(reference)} = b.row_id
        WHERE b.reference = {number} AND {column} = {expected}"""
