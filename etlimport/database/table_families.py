"""Working tables of which there is one for each model of the catalogue, or for each table that becomes rows of it."""

from collections.abc import Iterable

from etlimport.database.working_tables import ID, ROW, TEXT
from leagues.working_tables import WorkingTable


def changed(work: str, columns: Iterable[str]) -> WorkingTable:
    """`columns`: those the working table writes."""
    return WorkingTable(
        f"w_changed_{work.removeprefix('w_')}",
        f"a row of {work} that differs from its existing row, as that is to be",
        {**ROW, "target_id": ID, **dict.fromkeys(columns, "as in the table it is written to")},
    )


def of_several(work: str, day: Iterable[str]) -> WorkingTable:
    return WorkingTable(
        f"w_several_{work.removeprefix('w_')}",
        f"a row of {work} on a day of several, with the row it is",
        {**ROW, **dict.fromkeys(day, "as there"), "target_id": ID, "occurrence": ID},
        index=(", ".join(day), "no"),
    )


def of_day(work: str, day: Iterable[str]) -> WorkingTable:
    return WorkingTable(
        f"w_day_of_{work.removeprefix('w_')}",
        f"an existing row of a day of several of {work}: whether it is free, and which of the free ones it is",
        {
            "id": ID,
            "occurrence": ID,
            **dict.fromkeys(day, "as there"),
            "free": "boolean",
            "nth": ID,
            "places": ID,
            "last": ID,
        },
        index=(", ".join(day),),
    )


def was(work: str) -> WorkingTable:
    return WorkingTable(
        f"w_was_{work.removeprefix('w_')}",
        f"a row of {work} and the existing row it was before a rebuild",
        {**ROW, "old_id": ID, "created_at": "timestamp", "layer": TEXT},
        index=("old_id",),
    )


def moved(table: str) -> WorkingTable:
    return WorkingTable(
        f"w_moved_{table}",
        f"a row of {table} and the one that a rebuild made of it",
        {"old_id": ID, "new_id": ID, "layer": TEXT, "created_at": "timestamp"},
        index=("old_id",),
    )


def kept(table: str) -> WorkingTable:
    return WorkingTable(f"w_kept_{table}", f"a row of {table} that a rebuild carries over", {"id": ID}, index=("id",))


def gone(table: str) -> WorkingTable:
    return WorkingTable(f"w_gone_{table}", f"a row of {table} that a rebuild deletes", {"id": ID}, index=("id",))


def undo_gone(table: str) -> WorkingTable:
    return WorkingTable(f"w_undo_gone_{table}", f"a row of {table} that the run to undo inserted", {"id": ID})


def undo_back(table: str, columns: Iterable[str]) -> WorkingTable:
    return WorkingTable(
        f"w_undo_back_{table}",
        f"a row of {table} as it was before the run to undo",
        dict.fromkeys(columns, "as there"),
    )


def fused(table: str) -> WorkingTable:
    return WorkingTable(
        f"w_fused_{table}",
        f"two rows of {table} that become one, the old one",
        {"old_id": "bigint NOT NULL", "new_id": "bigint NOT NULL"},
    )


def fused_facts(table: str, columns: Iterable[str]) -> WorkingTable:
    return WorkingTable(
        f"w_facts_{table}",
        f"what an old row of {table} takes over of the new one",
        {"old_id": ID, **dict.fromkeys(columns, "as there")},
    )
