"""Why a run cannot be undone, in words that say what to do first."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db.models import Model
from django.db.models.fields import NOT_PROVIDED

from etlimport import database
from etlimport.database.references import (
    Reference,
    catalogue_references,
    column_of,
    owned_references,
    references_of,
    unique_keys,
)
from etlimport.errors import Cause, Refused
from etlimport.journal.undo_log import undoable_runs
from etlimport.models import ImportRun, InsertedRange, RowChange
from etlimport.undo.undo_tables import UndoTables, back, default_sql, gone
from leagues.models import User

Status = ImportRun.Status


def refuse_unless_undoable(run: ImportRun) -> None:
    if run.mode == ImportRun.Mode.UNDO:
        raise refusal(f"Run {run.pk} is itself an undo; import the files again to have back what it undid.")
    if run.status == Status.UNDONE:
        raise refusal(f"Run {run.pk} is already undone, by run {run.undone_by_id}.")
    if run.status != Status.PUBLISHED:
        raise refusal(f"Run {run.pk} ({run.get_status_display()}) changed nothing that could be undone.")
    if run.pk not in undoable_runs().values_list("pk", flat=True):
        raise refusal(
            f"What undoing run {run.pk} needs is no longer kept: ETL_UNDOABLE_RUNS keeps it of the last "
            f"{settings.ETL_UNDOABLE_RUNS} published runs."
        )


def refuse_if_noted_without(tables: UndoTables) -> None:
    """Refuse where the rows were noted by a version that did not know a column which must have a value."""
    noted = database.rows(
        f"SELECT table_name, min(before) FROM {RowChange._meta.db_table} WHERE run_id = %s GROUP BY table_name",
        [tables.run.pk],
    )
    rows = {table: json.loads(before) for table, before in noted}
    for model in tables.models:
        row = rows.get(model._meta.db_table)
        if row and (missing := [name for name in required_columns(model) if name not in row]):
            raise refusal(
                f"Run {tables.run.pk} was made before {plural(model)} had {', '.join(missing)}, without which"
                " they cannot be put back; import the files of that time again instead."
            )


def required_columns(model: type[Model]) -> list[str]:
    """The columns that must have a value and have no default."""
    fields = [field for field in model._meta.local_concrete_fields if not field.null]
    return [column_of(field) for field in fields if default_sql(field) == "NULL" and field.db_default is NOT_PROVIDED]


def refusal(*reasons: str) -> Refused:
    return Refused(list(reasons), Cause.NOT_POSSIBLE)


def refuse_if_touched_later(tables: UndoTables, models: Iterable[type[Model]]) -> None:
    """Refuse where a later run touched the same rows of these models, refers to some that would go or has their key."""
    found: dict[int | None, list[str]] = defaultdict(list)
    for model in models:
        for changed_by, count in changed_later(tables, model):
            found[changed_by].append(f"changed {counted(count, model)}")
        for run_id, count in keys_taken(tables, model):
            found[run_id].append(f"made {counted(count, model)} under a former key")
        for reference in catalogue_references():
            if reference.model is model:
                for run_id, count in referred_to_later(tables, reference):
                    done = f"made {counted(count, model)} of {plural(reference.target)} that would go"
                    found[run_id].append(done)
        for reference in references_of(model):
            if reference.by_id:
                for run_id, count in lost_targets(tables, reference):
                    found[run_id].append(f"removed {plural(reference.target)} that {counted(count, model)} need")
    if found:
        raise refusal(*(because_of(run_id, what) for run_id, what in sorted(found.items(), key=str)))


def because_of(run_id: int | None, what: list[str]) -> str:
    done = ", ".join(dict.fromkeys(what))
    if run_id is None:
        return f"Somebody other than an import has since {done}."
    return f"Run {run_id} has since {done}: undo run {run_id} first."


def counted(count: int, model: type[Model]) -> str:
    return f"{count:,} {model._meta.verbose_name if count == 1 else plural(model)}"


def plural(model: type[Model]) -> str:
    return str(model._meta.verbose_name_plural)


def changed_later(tables: UndoTables, model: type[Model]) -> list[tuple[int, int]]:
    """(run, rows) of later published runs that changed or deleted rows of `model` this run touched."""
    changes = RowChange._meta.db_table
    return database.rows(
        f"""SELECT later.run_id, count(*) FROM {changes} later JOIN {ImportRun._meta.db_table} r ON r.id = later.run_id
            WHERE r.id > %s AND r.status = 'published' AND later.table_name = %s AND (
                {tables.inserted(model, "later.row_id")} OR EXISTS (
                    SELECT 1 FROM {changes} c WHERE c.run_id = %s AND c.table_name = later.table_name
                       AND c.row_id = later.row_id))
            GROUP BY later.run_id""",
        [tables.run.pk, model._meta.db_table, tables.run.pk],
    )


def by_run_that_made(model: type[Model], condition: str, *joins: str) -> str:
    """SQL: (run, rows) of the rows `t` of `model` that meet a condition, by the run after %s that made them."""
    return f"""SELECT made.run_id, count(DISTINCT t.id) FROM {model._meta.db_table} t {" ".join(joins)}
               LEFT JOIN {InsertedRange._meta.db_table} made ON made.table_name = '{model._meta.db_table}'
                AND t.id > made.after_id AND t.id <= made.last_id AND made.run_id > %s
               WHERE t.id NOT IN (SELECT id FROM {gone(model)}) AND t.id NOT IN (SELECT id FROM {back(model)})
                 AND {condition} GROUP BY made.run_id"""


def referred_to_later(tables: UndoTables, reference: Reference) -> list[tuple[int | None, int]]:
    if reference.target._meta.db_table not in tables.ranges:
        return []
    condition = f"t.{reference.column} IN (SELECT id FROM {gone(reference.target)})"
    return database.rows(by_run_that_made(reference.model, condition), [tables.run.pk])


def keys_taken(tables: UndoTables, model: type[Model]) -> Iterator[tuple[int | None, int]]:
    for columns in unique_keys(model):
        same = " AND ".join(f"b.{column} = t.{column}" for column in columns)
        yield from database.rows(by_run_that_made(model, "true", f"JOIN {back(model)} b ON {same}"), [tables.run.pk])


def lost_targets(tables: UndoTables, reference: Reference) -> list[tuple[int | None, int]]:
    """(run, rows) that could not be put back, as a later run deleted what they refer to."""
    target, column = reference.target_table, f"b.{reference.column}"
    known = f"UNION SELECT id FROM {back(reference.target)}" if reference.target in tables.models else ""
    return database.rows(
        f"""SELECT later.run_id, count(DISTINCT b.id) FROM {back(reference.model)} b
            LEFT JOIN (SELECT run_id, row_id FROM {RowChange._meta.db_table}
                       WHERE run_id > %s AND table_name = '{target}' AND deleted) later ON later.row_id = {column}
            WHERE {column} IS NOT NULL AND {column} NOT IN (
                SELECT {reference.target_column} FROM {target}
                WHERE {reference.target_column} IN (SELECT {reference.column} FROM {back(reference.model)}) {known})
            GROUP BY later.run_id""",
        [tables.run.pk],
    )


def refuse_if_held(tables: UndoTables) -> None:
    """Refuse where users attached something to a row that would go."""
    reasons = [held(reference) for reference in owned_references() if reference.target._meta.db_table in tables.ranges]
    if reasons := [reason for reason in reasons if reason]:
        raise refusal(*reasons)


def held(reference: Reference) -> str:
    """What users hold of the rows that would go by this reference, in words; empty where nothing."""
    model = reference.model
    lost = f"""FROM {reference.table} u
               JOIN {reference.target_table} t ON t.{reference.target_column} = u.{reference.column}
               WHERE t.id IN (SELECT id FROM {gone(reference.target)})"""
    count = database.value(f"SELECT count(*) {lost}")
    if not count:
        return ""
    example = model._base_manager.get(pk=database.value(f"SELECT min(u.{reference.primary_key}) {lost}"))
    return (
        f"{counted(count, model)} of users would lose their {reference.target._meta.verbose_name}: "
        f"the run made it, e.g. “{example}”{owner(example)}. Remove or move them first."
    )


def owner(instance: Model) -> str:
    """` of ann@example.com`: the user a row belongs to, where it says."""
    for field in instance._meta.fields:
        if field.related_model is User and (user := getattr(instance, field.name)):
            return f" of {user.email}"
    return ""
