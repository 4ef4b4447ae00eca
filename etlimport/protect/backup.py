"""What users own, written down before an import touches the catalogue and proved afterwards.

The backup is a working table of the run's connection: it is keyed by reference and row, so taking it twice
changes nothing, and it is gone when the run is.
"""

from collections import Counter
from dataclasses import dataclass, field

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
    protection = Protection()
    db.create_temporary(BACKUP, "(reference integer NOT NULL, row_id text NOT NULL, target_id bigint NOT NULL)")
    for number, reference in enumerate(owned_references()):
        target = reference.target_table
        valid = f"FROM {reference.table} u JOIN {target} t ON t.{reference.target_column} = u.{reference.column}"
        protection.before[reference.name] = db.execute(
            f"""INSERT INTO {BACKUP} (reference, row_id, target_id)
                SELECT {number}, CAST(u.{reference.primary_key} AS text), t.id {valid}"""
        )
        filled = db.value(f"SELECT count({reference.column}) FROM {reference.table}")
        if filled > protection.before[reference.name]:
            missing = filled - protection.before[reference.name]
            protection.skipped[reference.name] = f"{missing:,} rows point at a {target} that was gone before this run"
    db.execute(f"CREATE UNIQUE INDEX protected_rows_key ON {BACKUP} (reference, row_id)")  # faster made at once
    db.analyze(BACKUP)
    return protection


def prove(protection: Protection, moved: dict[str, str]) -> None:
    """Check that every backed-up row is there and points where it should.

    `moved`: table of a catalogue model → working table (old_id, new_id) of the rows that got new ids; all
    others must point where they did. Raises AuditFailed with the number of rows lost or astray.
    """
    failures = []
    for number, reference in enumerate(owned_references()):
        protection.after[reference.name] = count_rightly_placed(number, reference, moved)
        astray = protection.before[reference.name] - protection.after[reference.name]
        if astray:
            failures.append(
                f"{reference.name}: {astray:,} of {protection.before[reference.name]:,} rows lost or astray"
            )
    if failures:
        raise AuditFailed(failures)
    protection.restored = dict(sorted(restored_by_layer(moved).items()))
    protection.team_ids_preserved = share_of_teams_preserved(moved)


def restored_by_layer(moved: dict[str, str]) -> Counter:
    """How many rows found their target again in which way."""
    restored = Counter()
    for number, reference in enumerate(owned_references()):
        mapping = moved.get(reference.target_table)
        layer = "coalesce(m.layer, 'id')" if mapping else "'id'"
        join = f"LEFT JOIN {mapping} m ON m.old_id = b.target_id" if mapping else ""
        restored += Counter(
            dict(db.rows(f"SELECT {layer}, count(*) FROM {BACKUP} b {join} WHERE b.reference = {number} GROUP BY 1"))
        )
    return restored


def share_of_teams_preserved(moved: dict[str, str]) -> float:
    teams = [number for number, reference in enumerate(owned_references()) if reference.target is Team]
    mapping = moved.get(Team._meta.db_table)
    held = f"SELECT DISTINCT target_id FROM {BACKUP} WHERE reference IN ({', '.join(map(str, teams))})"
    count = db.value(f"SELECT count(*) FROM ({held}) held")
    if not count or not mapping:
        return 1.0
    return 1 - db.value(f"SELECT count(*) FROM ({held}) held JOIN {mapping} m ON m.old_id = held.target_id") / count


def count_rightly_placed(number: int, reference: Reference, moved: dict[str, str]) -> int:
    mapping = moved.get(reference.target_table)
    expected = "coalesce(m.new_id, b.target_id)" if mapping else "b.target_id"
    join = f"LEFT JOIN {mapping} m ON m.old_id = b.target_id" if mapping else ""
    return db.value(
        f"""SELECT count(*) FROM {BACKUP} b {join}
            JOIN {reference.table} u ON CAST(u.{reference.primary_key} AS text) = b.row_id
            JOIN {reference.target_table} t ON t.{reference.target_column} = u.{reference.column} AND t.id = {expected}
            WHERE b.reference = {number}"""
    )
