"""The working tables of an undo, from what the run wrote down, and the catalogue put back from them."""

from django.db.models import Model

from etlimport import database
from etlimport.database import dialect, table_families
from etlimport.database.references import is_catalogue, tables
from etlimport.journal.undo_log import columns_of
from etlimport.models import ImportRun, InsertedRange, RowChange
from leagues.working_tables import WorkingTable


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
            gone(model).fill(f"SELECT id FROM {table} WHERE {self.inserted(model)}")
            columns = columns_of(model)
            back(model).fill(f"SELECT {', '.join(columns)} FROM {table} WHERE false")
            rows = dialect.rows_from_json(table, columns, "c.before", f"{RowChange._meta.db_table} c")
            database.execute(
                f"""INSERT INTO {back(model)} ({", ".join(columns)}) {rows}
                    WHERE c.run_id = %s AND c.table_name = %s AND NOT ({self.inserted(model, "c.row_id")})""",
                [self.run.pk, table],
            )
            back(model).tell_planner()

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
            deleted = database.execute(f"DELETE FROM {table} WHERE id IN (SELECT id FROM {gone(model)})")
            database.execute(f"DELETE FROM {table} WHERE id IN (SELECT id FROM {back(model)})")
            restored = database.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {back(model)}")
            if deleted or restored:
                counts[table] = {"deleted": deleted, "restored": restored}
            database.analyze_if_changed(table, restored)
        return counts


def gone(model: type[Model]) -> WorkingTable:
    return table_families.undo_gone(model._meta.db_table)


def back(model: type[Model]) -> WorkingTable:
    return table_families.undo_back(model._meta.db_table, columns_of(model))
