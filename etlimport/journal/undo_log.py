"""The undo log, which records while a run changes rows what is needed to undo it."""

from django.conf import settings
from django.db.models import Model, QuerySet

from etlimport import database
from etlimport.database import dialect
from etlimport.database.references import catalogue_models, column_of
from etlimport.models import ImportRun, InsertedRange, OwnedChange, ReKey, RowChange
from leagues.models import FormerKey

LOGS = (RowChange, InsertedRange, ReKey, OwnedChange)
"""The models that make up the undo log of a run."""


def undoable_runs() -> QuerySet[ImportRun]:
    """The last ETL_UNDOABLE_RUNS published runs, without undos: the way back from an undo is to import again."""
    published = ImportRun.objects.filter(status=ImportRun.Status.PUBLISHED).exclude(mode=ImportRun.Mode.UNDO)
    return published.order_by("-pk")[: settings.ETL_UNDOABLE_RUNS]


def forget_old_undo() -> None:
    """Delete the undo logs of all runs but the last ones."""
    kept = list(undoable_runs().values_list("pk", flat=True))
    if len(kept) < settings.ETL_UNDOABLE_RUNS:
        return
    for model in LOGS:
        model.objects.exclude(run__in=kept).delete()


def columns_of(model: type[Model]) -> list[str]:
    return [column_of(field) for field in model._meta.local_concrete_fields]


class UndoLog:
    """Records the rows of one run as they were before it changed or deleted them, and the ids of rows it inserted.

    It must be created before the run inserts anything, because all ids above the highest one it finds then are taken
    for those of the run.
    """

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self.highest = highest_ids()
        self.kept: set[type[Model]] = set()

    def was_empty(self, model: type[Model]) -> bool:
        """Whether there was no row of the model when the run began."""
        return not self.highest[model]

    def before_update(self, model: type[Model], ids: str) -> int:
        """Record rows before they are updated, unless the run has recorded them before.

        `ids`: SQL for a query of their ids. Returns how many were recorded.
        """
        return self.keep(model, ids, deleted=False)

    def before_delete(self, model: type[Model], ids: str) -> int:
        """Record rows before they are deleted. A row that the run has recorded before keeps its first state."""
        return self.keep(model, ids, deleted=True)

    def not_deleted(self, model: type[Model], ids: str) -> None:
        """Record that rows recorded as deleted are kept after all. `ids`: SQL for a query of their ids."""
        database.execute(
            f"""UPDATE {RowChange._meta.db_table} SET deleted = false
                WHERE run_id = %s AND table_name = %s AND row_id IN ({ids})""",
            [self.run.pk, model._meta.db_table],
        )

    def keep(self, model: type[Model], ids: str, *, deleted: bool) -> int:
        table = RowChange._meta.db_table
        # Looking for rows recorded before takes a third of the time, so it is done only if there can be any.
        conflict = (
            f"ON CONFLICT (run_id, table_name, row_id) DO {'UPDATE SET deleted = true' if deleted else 'NOTHING'}"
            if model in self.kept
            else ""
        )
        kept = database.execute(
            f"""INSERT INTO {table} (run_id, table_name, row_id, deleted, before)
                SELECT %s, %s, t.id, %s, {dialect.row_as_json("t", columns_of(model))}
                FROM {model._meta.db_table} t WHERE t.id IN ({ids})
                {conflict}""",
            [self.run.pk, model._meta.db_table, deleted],
        )
        if kept:
            self.kept.add(model)
        database.analyze_if_changed(table, kept)
        return kept

    def rekeyed(self, model: type[Model], mapping: str) -> None:
        """Record the new ids of rows. `mapping`: SQL for a query of (old_id, new_id)."""
        table = ReKey._meta.db_table
        kept = database.execute(
            f"""INSERT INTO {table} (run_id, table_name, old_id, new_id)
                SELECT %s, %s, old_id, new_id FROM ({mapping}) m""",
            [self.run.pk, model._meta.db_table],
        )
        database.analyze_if_changed(table, kept)

    def close(self) -> None:
        """Record the ids of all rows that the run has inserted. To be called once it has inserted all of them."""
        now = highest_ids()
        InsertedRange.objects.bulk_create(
            InsertedRange(run=self.run, table_name=model._meta.db_table, after_id=before, last_id=now[model])
            for model, before in self.highest.items()
            if now[model] > before
        )


def logged_models() -> list[type[Model]]:
    """The models of the catalogue, and the former keys of its rows."""
    return [*catalogue_models(), FormerKey]


def highest_ids() -> dict[type[Model], int]:
    """The highest id in the table of each of them."""
    models = logged_models()
    highest = ", ".join(f"(SELECT coalesce(max(id), 0) FROM {model._meta.db_table})" for model in models)
    (found,) = database.rows(f"SELECT {highest}")
    return dict(zip(models, found, strict=True))
