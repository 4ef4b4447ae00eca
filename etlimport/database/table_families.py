"""The working tables of which there is one for each table of the catalogue, or for each working table written to it."""

from collections.abc import Iterable

from etlimport.database.working_tables import ID, ROW, TEXT
from leagues.working_tables import WorkingTable


def changed(work: str, columns: Iterable[str]) -> WorkingTable:
    """`columns`: the columns of the catalogue that are written from the working table."""
    return WorkingTable(
        f"w_changed_{work.removeprefix('w_')}",
        f"a row of {work} whose existing row differs, with the values that row will have",
        {**ROW, "target_id": ID, **dict.fromkeys(columns, "as in the table it is written to")},
    )


def was(work: str) -> WorkingTable:
    return WorkingTable(
        f"w_was_{work.removeprefix('w_')}",
        f"a row of {work} and the row that it was before a rebuild",
        {**ROW, "old_id": ID, "created_at": "timestamp", "layer": TEXT},
        index=("old_id",),
    )


def moved(table: str) -> WorkingTable:
    return WorkingTable(
        f"w_moved_{table}",
        f"a row of {table} and the row that replaced it in a rebuild",
        {"old_id": ID, "new_id": ID, "layer": TEXT, "created_at": "timestamp"},
        index=("old_id",),
    )


def kept(table: str) -> WorkingTable:
    return WorkingTable(f"w_kept_{table}", f"a row of {table} that a rebuild keeps", {"id": ID}, index=("id",))


def adopted(table: str) -> WorkingTable:
    return WorkingTable(
        f"w_adopted_{table}", f"a row of {table} that a user took up while a rebuild was at work", {"id": ID}
    )


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
        f"two rows of {table} that are merged into the old one of them",
        {"old_id": "bigint NOT NULL", "new_id": "bigint NOT NULL"},
    )


def fused_facts(table: str, columns: Iterable[str]) -> WorkingTable:
    return WorkingTable(
        f"w_facts_{table}",
        f"a row of {table} and the values it takes over from the row that is merged into it",
        {"old_id": ID, **dict.fromkeys(columns, "as there")},
    )
