"""Matches facts (fixtures, match lines, ratings) with existing rows, one layer of evidence after another."""

from dataclasses import dataclass
from itertools import chain

from etlimport import database
from etlimport.database import fact_tables
from leagues.models import CatalogueModel
from leagues.working_tables import WorkingTable


@dataclass(frozen=True)
class Unmatched:
    """The things of a snapshot without an existing row, and the existing rows without a thing.

    `work`: the working table of the things, whose `target_id` is set where a thing is matched. `new` and `old`: the
    working tables of the unmatched things (by `no`) and of the unmatched rows (by `id`). Both have the columns by which
    things and rows are compared.
    """

    work: WorkingTable
    new: WorkingTable
    old: WorkingTable

    def match(
        self,
        *same: str,
        order: tuple[str, ...] = (),
        new: str = "true",
        old: str = "true",
        pair: str = "true",
        as_many: bool = False,
    ) -> None:
        """Match the first thing with the first row among those equal in the columns `same`, the second with the second.

        `order`: the columns that give their order. `new`, `old` and `pair`: SQL for the conditions that a thing `n`, a
        row `o` and a matched pair of them must meet. `as_many`: match nothing where there are not as many things as
        rows, because it cannot be told then which of them belong together.
        """
        if not self.some_are_left():
            return
        both = " AND ".join(f"n.{column} = o.{column}" for column in (*same, "nth", *["places"] * as_many))
        found = fact_tables.MATCHED_ROW.fill(
            f"""SELECT n.no, o.id AS old_id
                FROM ({numbered(self.new, "n", same, (*order, "no"), new)}) n
                JOIN ({numbered(self.old, "o", same, (*order, "id"), old)}) o ON {both}
                WHERE {pair}"""
        )
        if not found:
            return
        database.execute(
            f"UPDATE {self.work} SET target_id = m.old_id FROM w_matched_row m WHERE m.no = {self.work}.no"
        )
        database.execute(f"DELETE FROM {self.new} WHERE no IN (SELECT no FROM w_matched_row)")
        database.execute(f"DELETE FROM {self.old} WHERE id IN (SELECT old_id FROM w_matched_row)")

    def some_are_left(self) -> bool:
        return all(database.value(f"SELECT 1 FROM {table} LIMIT 1") for table in (self.new, self.old))


def numbered(table: WorkingTable, alias: str, same: tuple[str, ...], order: tuple[str, ...], condition: str) -> str:
    """SQL for a query of the rows that meet a condition, each with its number among those equal to it."""
    group = ", ".join(f"{alias}.{column}" for column in same)
    by = ", ".join(chain.from_iterable((f"{alias}.{column} IS NULL", f"{alias}.{column}") for column in order))
    return f"""SELECT {alias}.*, row_number() OVER (PARTITION BY {group} ORDER BY {by}) AS nth,
                      count(*) OVER (PARTITION BY {group}) AS places
               FROM {table} {alias} WHERE {condition}"""


def number_in_their_day(work: WorkingTable, things: str, model: type[CatalogueModel], day: tuple[str, ...]) -> None:
    """Number the things of one day, that is of equal columns `day`, in the column `occurrence` of `work`.

    A thing that is an existing row of that day keeps the number of the row. The others are numbered after all existing
    rows of the day, so that no number is given twice, whichever of those rows leave.

    `things`: SQL for a query of the things with `no`, `target_id`, the columns `day`, and as `nth` their number among
    those of the day that keep theirs, or among those that do not (`keeps_its_day`).
    """
    rows, listed = model._meta.db_table, ", ".join(day)
    same = keeps_its_day("w", "t", day)
    database.execute(
        f"""UPDATE {work} SET occurrence = x.occurrence FROM (
                SELECT w.no, COALESCE(t.occurrence, w.nth + COALESCE(last.occurrence, 0)) AS occurrence
                FROM ({things}) w
                LEFT JOIN {rows} t ON t.id = w.target_id AND {same}
                LEFT JOIN (SELECT {listed}, max(occurrence) AS occurrence FROM {rows} GROUP BY {listed}) last
                  ON {keeps_its_day("w", "last", day)}) x
            WHERE x.no = {work}.no"""
    )


def keeps_its_day(thing: str, row: str, day: tuple[str, ...]) -> str:
    """SQL for the condition that a thing and a row are of the same day."""
    return " AND ".join(f"{thing}.{column} = {row}.{column}" for column in day)
