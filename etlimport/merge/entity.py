"""Writes one kind of catalogue row from its working table: inserts new rows, updates those that differ, counts both.

The working table, `w`, has a row for each thing, with `no`, `target_id` (the id of the existing row, or NULL) and the
columns from which the catalogue's are computed. A row that does not differ is not written.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import CharField
from django.utils import timezone

from etlimport import database
from etlimport.database import table_families, working_tables
from etlimport.database.references import has_activity
from etlimport.journal.undo_log import UndoLog
from etlimport.kinds import Field
from leagues.models import CatalogueModel
from leagues.working_tables import WorkingTable

LONGEST_ID = len("~9223372036854775807")


@dataclass(frozen=True)
class Counts:
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    deactivated: int = 0

    @property
    def changed(self) -> int:
        return self.inserted + self.updated + self.deactivated


@dataclass(frozen=True)
class Entity:
    """A kind of catalogue row and how it is computed from its working table `work`, which is called `w` in SQL.

    `columns`: the columns of the catalogue's table, each with the SQL of its value.
    `key`: the columns of its unique key.
    `joins`: SQL for further tables that the values are taken from.
    `on_insert`: further columns that are set for new rows only, so that later runs keep what operators entered.
    `reissues_keys`: whether the source may give the key of an existing row to another thing. The last column of the key
    must then be a text.
    """

    model: type[CatalogueModel]
    work: WorkingTable
    columns: dict[str, str]
    key: tuple[str, ...]
    joins: str = ""
    on_insert: dict[str, str] = field(default_factory=dict)
    reissues_keys: bool = False

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def source(self) -> str:
        return f"{self.work} w {self.joins}"

    def keyed(self, condition: str) -> str:
        """SQL for a common table expression `keyed` of the rows `w` that meet a condition, with no, target_id and key.

        It is materialized, because planners misjudge how few rows a key of several columns finds.
        """
        columns = ", ".join(f"{self.columns[column]} AS {column}" for column in self.key)
        return f"WITH keyed AS MATERIALIZED (SELECT w.no, w.target_id, {columns} FROM {self.source} WHERE {condition})"

    @property
    def same_key(self) -> str:
        return " AND ".join(f"t.{column} = keyed.{column}" for column in self.key)

    @property
    def looked_up_by(self) -> list[str]:
        """The columns by which statements look rows up."""
        return [name for name in self.columns if name in self.key or name.endswith("_id") or name == "date"]

    @property
    def changed(self) -> WorkingTable:
        """The working table of the rows `w` whose existing row differs, filled by `find_changed`."""
        return table_families.changed(self.work.name, self.columns)


def from_facts(facts: Iterable[Field]) -> dict[str, str]:
    """`Entity.columns` for facts whose columns have the same names in the working table."""
    return {fact.name: f"w.{fact.name}" for fact in facts}


def merge(entity: Entity, log: UndoLog) -> Counts:
    """Update the existing rows of `entity` that differ, and insert the new ones."""
    if log.was_empty(entity.model):
        return Counts(inserted=insert_new(entity))
    if entity.reissues_keys:
        release_keys(entity, log)
    updated = update_changed(entity, log) if find_changed(entity) else 0
    inserted = insert_new(entity)
    staged = database.value(f"SELECT count(*) FROM {entity.work}")
    return Counts(inserted=inserted, updated=updated, unchanged=staged - inserted - updated)


def find_changed(entity: Entity) -> int:
    """Fill `entity.changed`. Returns how many rows differ.

    The rows are stored instead of being found again by each statement, so that the planner knows their number.
    """
    differs = " OR ".join(f"t.{column} IS DISTINCT FROM {sql}" for column, sql in entity.columns.items())
    names = ", ".join(f"{sql} AS {column}" for column, sql in entity.columns.items())
    return entity.changed.fill(
        f"""SELECT w.no, w.target_id, {names}
            FROM {entity.source} JOIN {entity.table} t ON t.id = w.target_id WHERE {differs}""",
    )


def update_changed(entity: Entity, log: UndoLog) -> int:
    log.before_update(entity.model, f"SELECT target_id FROM {entity.changed}")
    free_needed_keys(entity)
    assignments = ", ".join(f"{column} = x.{column}" for column in entity.columns)
    return database.execute(
        f"""UPDATE {entity.table} SET {assignments}, updated_at = %s
            FROM {entity.changed} x WHERE {entity.table}.id = x.target_id""",
        [timezone.now()],
    )


def free_needed_keys(entity: Entity) -> None:
    """Give temporary keys to existing rows whose key another row is about to get.

    Databases check unique keys row by row, so two players who exchange their ids could not be updated otherwise.
    """
    if not entity.reissues_keys:
        return
    database.execute(
        f"""UPDATE {entity.table} SET {entity.key[-1]} = '~' || id WHERE id IN (
                SELECT t.id FROM {entity.changed} keyed JOIN {entity.table} t ON {entity.same_key}
                WHERE t.id <> keyed.target_id
                  AND EXISTS (SELECT 1 FROM {entity.work} other WHERE other.target_id = t.id))"""
    )


def release_keys(entity: Entity, log: UndoLog) -> None:
    """Change the key of existing rows whose key the source gave to another thing, and deactivate them."""
    text = entity.key[-1]
    room = max_length(entity.model, text) - LONGEST_ID
    taken = f"""{entity.keyed("TRUE")}
                SELECT t.id FROM keyed JOIN {entity.table} t ON {entity.same_key}
                WHERE t.id IS DISTINCT FROM keyed.target_id
                  AND t.id NOT IN (SELECT target_id FROM {entity.work} WHERE target_id IS NOT NULL)"""
    if not working_tables.TAKEN_KEY.fill(taken):
        return
    log.before_update(entity.model, "SELECT id FROM w_taken_key")
    inactive = ", is_active = false" if has_activity(entity.model) else ""
    database.execute(
        f"""UPDATE {entity.table} SET {text} = substr({text}, 1, {room}) || '~' || id{inactive}, updated_at = %s
            WHERE id IN (SELECT id FROM w_taken_key)""",
        [timezone.now()],
    )


def max_length(model: type[CatalogueModel], name: str) -> int:
    field = model._meta.get_field(name)
    assert isinstance(field, CharField)
    assert field.max_length
    return field.max_length


def insert_new(entity: Entity) -> int:
    columns = {**entity.columns, **entity.on_insert}
    inserted = database.execute(
        f"""INSERT INTO {entity.table} ({", ".join(columns)}, created_at, updated_at)
            SELECT {", ".join(columns.values())}, %s, %s FROM {entity.source}
            WHERE w.target_id IS NULL ORDER BY w.no""",
        [timezone.now()] * 2,
    )
    database.analyze_if_changed(entity.table, inserted, entity.looked_up_by)
    return inserted


def find_inserted(entity: Entity) -> None:
    """Set the `target_id` of the things whose rows were just inserted, so that other things can refer to them."""
    found = database.execute(
        f"""UPDATE {entity.work} SET target_id = x.id
            FROM ({entity.keyed("w.target_id IS NULL")}
                  SELECT keyed.no AS x_no, t.id FROM keyed JOIN {entity.table} t ON {entity.same_key}) x
            WHERE x.x_no = {entity.work}.no"""
    )
    database.analyze_if_changed(entity.work.name, found)
