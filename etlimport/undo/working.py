"""The working tables of an undo, from what the run wrote down, and the catalogue put back from them.

undo_gone_<table>(id)   rows the run inserted
undo_back_<table>(…)    rows as they were before it, with all their columns
"""

from django.db.models import Model

from etlimport import db, dialect
from etlimport.models import ImportRun, InsertedRange, RowChange
from etlimport.references import is_catalogue, tables
from etlimport.undo_log import columns_of


class Working:
    """What a run did, table by table. `models`: those it touched, and all of the catalogue."""

    def __init__(self, run: ImportRun):
        self.run = run
        self.ranges = {found.table_name: found for found in InsertedRange.objects.filter(run=run)}
        changed = set(RowChange.objects.filter(run=run).values_list("table_name", flat=True).distinct())
        self.models = [model for model in tables() if is_catalogue(model) or model._meta.db_table in changed]

    def create(self) -> None:
        for model in self.models:
            table = model._meta.db_table
            db.create_temporary(gone(model), f"AS SELECT id FROM {table} WHERE {self.inserted(model)}")
            columns = columns_of(model)
            db.create_temporary(back(model), f"AS SELECT {', '.join(columns)} FROM {table} WHERE false")
            rows = dialect.rows_from_json(table, columns, "c.before", f"{RowChange._meta.db_table} c")
            db.execute(
                f"""INSERT INTO {back(model)} ({", ".join(columns)}) {rows}
                    WHERE c.run_id = %s AND c.table_name = %s AND NOT ({self.inserted(model, "c.row_id")})""",
                [self.run.pk, table],
            )
            db.analyze(back(model))

    def inserted(self, model: type[Model], column: str = "id") -> str:
        """SQL: whether the id in `column` is one the run gave."""
        found = self.ranges.get(model._meta.db_table)
        return f"{column} > {found.after_id} AND {column} <= {found.last_id}" if found else "false"

    def restore(self) -> dict[str, dict[str, int]]:
        """Put the catalogue back; {table: {"deleted": n, "restored": n}}.

        A row is deleted and written again, not updated: unique keys are checked row by row, and rows may
        have exchanged theirs. References are checked when all is done.
        """
        counts = {}
        for model in self.models:
            table, columns = model._meta.db_table, ", ".join(columns_of(model))
            deleted = db.execute(f"DELETE FROM {table} WHERE id IN (SELECT id FROM {gone(model)})")
            db.execute(f"DELETE FROM {table} WHERE id IN (SELECT id FROM {back(model)})")
            restored = db.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {back(model)}")
            if deleted or restored:
                counts[table] = {"deleted": deleted, "restored": restored}
            db.analyze_if_changed(table, restored)
        return counts


def gone(model: type[Model]) -> str:
    return f"undo_gone_{model._meta.db_table}"


def back(model: type[Model]) -> str:
    return f"undo_back_{model._meta.db_table}"
