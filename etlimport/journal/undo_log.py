"""What undo needs, written while a run changes rows: at a cost in proportion to what changes."""

from django.conf import settings
from django.db.models import Model, QuerySet

from etlimport import database
from etlimport.database import dialect
from etlimport.database.references import catalogue_models
from etlimport.models import ImportRun, InsertedRange, OwnedChange, ReKey, RowChange

LOGS = (RowChange, InsertedRange, ReKey, OwnedChange)
"""What a run keeps so that it can be undone."""


def undoable_runs() -> QuerySet[ImportRun]:
    """The last published runs, as many as the setting says. An undo is none: importing again undoes it."""
    published = ImportRun.objects.filter(status=ImportRun.Status.PUBLISHED).exclude(mode=ImportRun.Mode.UNDO)
    return published.order_by("-pk")[: settings.ETL_UNDOABLE_RUNS]


def forget_old_undo() -> None:
    """Keep what undo needs of the last runs only."""
    kept = list(undoable_runs().values_list("pk", flat=True))
    if len(kept) < settings.ETL_UNDOABLE_RUNS:
        return
    for model in LOGS:
        model.objects.exclude(run__in=kept).delete()


def columns_of(model: type[Model]) -> list[str]:
    return [field.column for field in model._meta.local_concrete_fields]


class UndoLog:
    """Notes of one run: rows as they were before it changed or deleted them, and the ids it inserted.

    What was inserted is told by the highest id there was, so it is to be made before anything is written.
    """

    def __init__(self, run: ImportRun):
        self.run = run
        self.highest = highest_ids()
        self.kept: set[type[Model]] = set()

    def was_empty(self, model: type[Model]) -> bool:
        """Whether there had not been any row of the model when the run began."""
        return not self.highest[model]

    def before_update(self, model: type[Model], ids: str) -> int:
        """Keep the rows of `model` that `ids` (SQL) names; the first state a run saw is the one kept."""
        return self.keep(model, ids, deleted=False)

    def before_delete(self, model: type[Model], ids: str) -> int:
        """Keep the rows as deleted; one that the run changed before keeps the state before that."""
        return self.keep(model, ids, deleted=True)

    def not_deleted(self, model: type[Model], ids: str) -> None:
        """Of rows kept as deleted, those that `ids` (SQL) names are only changed."""
        database.execute(
            f"""UPDATE {RowChange._meta.db_table} SET deleted = false
                WHERE run_id = %s AND table_name = %s AND row_id IN ({ids})""",
            [self.run.pk, model._meta.db_table],
        )

    def keep(self, model: type[Model], ids: str, *, deleted: bool) -> int:
        table = RowChange._meta.db_table
        conflict = (
            f"ON CONFLICT (run_id, table_name, row_id) DO {'UPDATE SET deleted = true' if deleted else 'NOTHING'}"
        )
        kept = database.execute(
            f"""INSERT INTO {table} (run_id, table_name, row_id, deleted, before)
                SELECT %s, %s, t.id, %s, {dialect.row_as_json("t", columns_of(model))}
                FROM {model._meta.db_table} t WHERE t.id IN ({ids})
                {conflict if model in self.kept else ""}""",  # looked for only where there can be one: it costs a third
            [self.run.pk, model._meta.db_table, deleted],
        )
        if kept:
            self.kept.add(model)
        database.analyze_if_changed(table, kept)
        return kept

    def rekeyed(self, model: type[Model], mapping: str) -> None:
        """Keep the rows of `mapping` (SQL giving old_id, new_id)."""
        table = ReKey._meta.db_table
        kept = database.execute(
            f"""INSERT INTO {table} (run_id, table_name, old_id, new_id)
                SELECT %s, %s, old_id, new_id FROM ({mapping}) m""",
            [self.run.pk, model._meta.db_table],
        )
        database.analyze_if_changed(table, kept)

    def close(self) -> None:
        """Write down the ranges of inserted ids."""
        now = highest_ids()
        InsertedRange.objects.bulk_create(
            InsertedRange(run=self.run, table_name=model._meta.db_table, after_id=before, last_id=now[model])
            for model, before in self.highest.items()
            if now[model] > before
        )


def highest_ids() -> dict[type[Model], int]:
    """The highest id of each table of the catalogue."""
    models = catalogue_models()
    highest = ", ".join(f"(SELECT coalesce(max(id), 0) FROM {model._meta.db_table})" for model in models)
    (found,) = database.rows(f"SELECT {highest}")
    return dict(zip(models, found, strict=True))
