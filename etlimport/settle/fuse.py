"""Two catalogue rows become one: the old one stays, with everything that pointed at either, and the new one's facts.

A working table of pairs (old_id, new_id) says what is merged. Where both rows have the same thing (a standing,
a spot on one team, a match on one day) these are merged first, in the same way.
"""

from dataclasses import dataclass, field

from django.db.models import Model
from django.utils import timezone

from etlimport import database
from etlimport.database import table_families
from etlimport.database.references import Reference, catalogue_references, is_catalogue, owned_references, unique_keys
from etlimport.errors import Cause, Refused
from etlimport.journal.undo_log import UndoLog, columns_of
from etlimport.models import OwnedChange
from leagues.models import AssociationSuggestion, CatalogueModel, PlayerAssociation, Team, User
from leagues.working_tables import WorkingTable

UNTOUCHED = {"id", "created_at", "updated_at"}
"""Columns of a row that stays which the other one's facts never change."""

TAKEN_OVER: dict[tuple[type[CatalogueModel], str], str] = {(Team, "alias"): "coalesce(nullif(n.alias, ''), o.alias)"}
"""SQL for what a row `o` takes over of `n`, where that is not simply what `n` has."""

KEPT_FIRST = {PlayerAssociation: "is_primary DESC", AssociationSuggestion: "CASE status WHEN 'open' THEN 1 ELSE 0 END"}
"""Which of two things of one user is kept where only one can be; else the one made last."""


def fuse(model: type[CatalogueModel], old_id: int, new_id: int, log: UndoLog) -> dict[str, int]:
    """Merge the row `new_id` into `old_id`; rows that went or were pointed elsewhere, by table.

    Everything is written to `log`, so that it can be undone. Raises Refused where users' rows are in the way.
    """
    pairs = pairs_of(model)
    pairs.create()
    database.execute(f"INSERT INTO {pairs} (old_id, new_id) VALUES (%s, %s)", [old_id, new_id])
    database.execute(
        f"ANALYZE {pairs}"
    )  # a planner that takes one pair for thousands compares everybody with everybody
    fusion = Fusion(log)
    fusion.merge(model, kept_columns=set())
    return fusion.counts


def pairs_of(model: type[Model]) -> WorkingTable:
    return table_families.fused(model._meta.db_table)


@dataclass
class Fusion:
    log: UndoLog
    counts: dict[str, int] = field(default_factory=dict)

    def merge(self, model: type[CatalogueModel], kept_columns: set[str]) -> None:
        """Merge the pairs of `model`; `kept_columns` of the old row, besides, stay as they are."""
        references = references_to(model)
        for reference in references:
            self.merge_twins(reference)
        for reference in references:
            self.repoint(reference)
        self.take_over(model, columns=[c for c in columns_of(model) if c not in UNTOUCHED | kept_columns])

    def merge_twins(self, reference: Reference) -> None:
        """Merge the things of both rows of a pair of which one row can have only one, such as a standing."""
        for key in unique_keys(reference.model):
            if reference.column in key and self.find_twins(reference, key):
                if is_catalogue(reference.model):
                    self.merge(reference.model, kept_columns=set(key))
                else:
                    self.keep_one(reference)

    def find_twins(self, reference: Reference, key: list[str]) -> int:
        same = "".join(f" AND o.{column} = n.{column}" for column in key if column != reference.column)
        twins = pairs_of(reference.model)
        found = twins.fill(
            f"""SELECT o.{reference.primary_key} AS old_id, n.{reference.primary_key} AS new_id
                FROM {pairs_of(reference.target)} p JOIN {reference.table} n ON n.{reference.column} = p.new_id
                JOIN {reference.table} o ON o.{reference.column} = p.old_id{same}""",
        )
        database.execute(f"ANALYZE {twins}")
        return found

    def keep_one(self, reference: Reference) -> None:
        """Of a user's two things one is kept; two users' things are not for us to choose from.

        Nor are things without an id, as an undo could not bring them back.
        """
        model, table, twins = reference.model, reference.table, pairs_of(reference.model)
        owner = next((field.column for field in model._meta.local_fields if field.related_model is User), None)
        key = reference.primary_key
        both = f"{table} o JOIN {twins} x ON x.old_id = o.{key} JOIN {table} n ON n.{key} = x.new_id"
        of_two = f"SELECT 1 FROM {both} WHERE o.{owner} IS DISTINCT FROM n.{owner} LIMIT 1"
        if key != "id" or owner is None or database.value(of_two):
            raise Refused(
                [f"Both have {model._meta.verbose_name_plural}, and there can be but one: remove one of them first."],
                Cause.NOT_POSSIBLE,
            )
        order = f"{KEPT_FIRST[model]}, id DESC" if model in KEPT_FIRST else "id DESC"
        lesser = f"""SELECT id FROM (
            SELECT u.id, row_number() OVER (PARTITION BY x.old_id ORDER BY {order}) AS place
            FROM {twins} x JOIN {table} u ON u.id IN (x.old_id, x.new_id)) ranked WHERE place > 1"""
        self.log.before_delete(model, lesser)
        self.count(table, database.execute(f"DELETE FROM {table} WHERE id IN ({lesser})"))

    def repoint(self, reference: Reference) -> None:
        table, column, pairs = reference.table, reference.column, pairs_of(reference.target)
        touched = ""
        if is_catalogue(reference.model):
            self.log.before_update(
                reference.model, f"SELECT u.id FROM {table} u JOIN {pairs} p ON p.new_id = u.{column}"
            )
            touched = ", updated_at = %s"
        else:
            self.note_owned(reference)
        self.count(
            table,
            database.execute(
                f"UPDATE {table} SET {column} = p.old_id{touched} FROM {pairs} p WHERE p.new_id = {table}.{column}",
                [timezone.now()] if touched else [],
            ),
        )

    def note_owned(self, reference: Reference) -> None:
        key_afterwards = "p.old_id" if reference.is_key else f"u.{reference.primary_key}"
        database.execute(
            f"""INSERT INTO {OwnedChange._meta.db_table}
                    (run_id, table_name, column_name, row_id, before_id, after_id, inserted)
                SELECT %s, %s, %s, CAST({key_afterwards} AS text), p.new_id, p.old_id, false
                FROM {reference.table} u JOIN {pairs_of(reference.target)} p ON p.new_id = u.{reference.column}""",
            [self.log.run.pk, reference.table, reference.column],
        )

    def take_over(self, model: type[CatalogueModel], columns: list[str]) -> None:
        """The old rows get the new ones' facts; the new rows go, as both cannot bear one key."""
        table, pairs = model._meta.db_table, pairs_of(model)
        self.log.before_update(model, f"SELECT old_id FROM {pairs}")
        self.log.before_delete(model, f"SELECT new_id FROM {pairs}")
        taken = ", ".join(f"{TAKEN_OVER.get((model, column), f'n.{column}')} AS {column}" for column in columns)
        facts = table_families.fused_facts(table, columns)
        facts.fill(
            f"""SELECT p.old_id{", " if columns else ""}{taken} FROM {pairs} p
                JOIN {table} n ON n.id = p.new_id JOIN {table} o ON o.id = p.old_id""",
        )
        self.count(table, database.execute(f"DELETE FROM {table} WHERE id IN (SELECT new_id FROM {pairs})"))
        assignments = "".join(f"{column} = x.{column}, " for column in columns)
        database.execute(
            f"UPDATE {table} SET {assignments}updated_at = %s FROM {facts} x WHERE {table}.id = x.old_id",
            [timezone.now()],
        )

    def count(self, table: str, rows: int) -> None:
        if rows:
            self.counts[table] = self.counts.get(table, 0) + rows


def references_to(model: type[CatalogueModel]) -> list[Reference]:
    found = [*catalogue_references(), *owned_references()]
    return [reference for reference in found if reference.target is model and reference.by_id]
