"""The working tables of an undo, from what the run wrote down, and the catalogue put back from them."""

from typing import Any

from django.db.models import Field, Model

from etlimport import database
from etlimport.database import dialect, table_families
from etlimport.database.references import column_of, is_catalogue, owned_references, tables
from etlimport.journal.undo_log import columns_of, logged_models
from etlimport.models import ImportRun, InsertedRange, RowChange
from leagues.working_tables import WorkingTable


class UndoTables:
    """What a run did, table by table.

    `models`: all of the catalogue with the former keys of its rows, and those of users whose rows it deleted.

    `counts`: what was put back so far, {table: {"deleted": n, "restored": n}}.
    """

    def __init__(self, run: ImportRun):
        self.run = run
        self.counts: dict[str, dict[str, int]] = {}
        self.ranges = {found.table_name: found for found in InsertedRange.objects.filter(run=run)}
        changed = set(RowChange.objects.filter(run=run).values_list("table_name", flat=True).distinct())
        self.of_catalogue = [model for model in tables() if model in logged_models()]
        self.of_users = [
            model for model in tables() if model not in self.of_catalogue and model._meta.db_table in changed
        ]
        self.models = [*self.of_catalogue, *self.of_users]

    def create(self) -> None:
        for model in self.models:
            table = model._meta.db_table
            gone(model).fill(f"SELECT id FROM {table} WHERE {self.inserted(model)}")
            columns = columns_of(model)
            back(model).fill(f"SELECT {', '.join(columns)} FROM {table} WHERE false")
            rows = dialect.rows_from_json(table, defaults_of(model), "c.before", f"{RowChange._meta.db_table} c")
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

    def restore_unreferenced(self) -> None:
        """Put back what no row of users refers to, which is most of it."""
        for model in self.models:
            if not is_referenced_by_users(model):
                self.restore(model)

    def restore_referenced(self) -> None:
        """Put back the rest. Nobody may write what users own meanwhile."""
        for model in self.models:
            if is_referenced_by_users(model):
                self.restore(model)

    def restore(self, model: type[Model]) -> None:
        """Put the rows of a model back and count them.

        A row is deleted and written again, not updated: unique keys are checked row by row, and rows may
        have exchanged theirs. References are checked when all is done.
        """
        table, columns = model._meta.db_table, ", ".join(columns_of(model))
        deleted = database.execute(f"DELETE FROM {table} WHERE id IN (SELECT id FROM {gone(model)})")
        database.execute(f"DELETE FROM {table} WHERE id IN (SELECT id FROM {back(model)})")
        restored = database.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {back(model)}")
        if deleted or restored:
            self.counts[table] = {"deleted": deleted, "restored": restored}
        database.analyze_if_changed(table, restored)


def defaults_of(model: type[Model]) -> dict[str, str]:
    """The columns of a model, each with SQL for its value in a row that was noted before the column was there.

    That is the default of a column that must have a value, and NULL for any other.
    """
    return {column_of(field): default_sql(field) for field in model._meta.local_concrete_fields}


def default_sql(field: "Field[Any, Any]") -> str:
    match None if field.null else field.default:
        case bool() as truth:
            return str(truth).upper()
        case int() as number:
            return str(number)
        case str() as text:
            return f"'{text}'"
    return "NULL"


def is_referenced_by_users(model: type[Model]) -> bool:
    """Whether its rows are users' own, or users' rows refer to them."""
    return not is_catalogue(model) or model in {reference.target for reference in owned_references()}


def gone(model: type[Model]) -> WorkingTable:
    return table_families.undo_gone(model._meta.db_table)


def back(model: type[Model]) -> WorkingTable:
    return table_families.undo_back(model._meta.db_table, columns_of(model))
