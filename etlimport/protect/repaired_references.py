"""What a run's own repair changed of users' references, told by comparing them with what was written down."""

from collections.abc import Container

from django.db.models import Model

from etlimport import database
from etlimport.database.references import Reference, keys_are_numbers, owned_references
from etlimport.models import ImportRun, OwnedChange
from etlimport.protect.backup import BACKUP, row_id


def note_own_changes(run: ImportRun, models: Container[type[Model]], moved: dict[str, str]) -> None:
    """Write down the references of `models` that lead elsewhere than before the repair, and those of rows it made.

    To be called in the transaction in which they were written down; `moved` as `Backup.prove` takes it.
    """
    references = owned_references()
    numbers = keys_are_numbers(references)
    for number, reference in enumerate(references):
        if reference.by_id and reference.model in models:
            database.execute(
                changed_references(number, reference, numbers, moved.get(reference.target_table)), [run.pk]
            )


def changed_references(number: int, reference: Reference, numbers: bool, mapping: str | None) -> str:
    before = "coalesce(m.new_id, b.target_id)" if mapping else "b.target_id"
    join = f"LEFT JOIN {mapping} m ON m.old_id = b.target_id" if mapping else ""
    # A reference that may be empty was empty in a row that was there; else the row itself is new.
    inserted = "false" if reference.nullable else "b.row_id IS NULL"
    return f"""
        INSERT INTO {OwnedChange._meta.db_table}
            (run_id, table_name, column_name, row_id, before_id, after_id, inserted)
        SELECT %s, '{reference.table}', '{reference.column}', CAST(u.{reference.primary_key} AS text),
               {before}, u.{reference.column}, {inserted}
        FROM {reference.table} u
        LEFT JOIN {BACKUP} b ON b.reference = {number} AND b.row_id = {row_id(reference, numbers)}
        {join} LEFT JOIN {reference.target_table} t ON t.id = u.{reference.column}
        WHERE u.{reference.column} IS DISTINCT FROM {before}
          AND (t.id IS NOT NULL OR u.{reference.column} IS NULL)"""
