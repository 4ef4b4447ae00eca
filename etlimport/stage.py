"""Rows → temporary tables, as they were read: from here on it is SQL over sets."""

from collections.abc import Iterable

from etlimport.database.load import load
from etlimport.database.working_tables import STAGED
from etlimport.kinds import KINDS


def create_staged_tables() -> None:
    """Empty tables for the rows as read; a planner that knows their size knows enough of them."""
    for table in STAGED.values():
        table.create()


def load_rows(kind: str, file_no: int, blocks: Iterable[list[tuple]]) -> None:
    """Stage the rows of one file; `blocks` as `read_file` yields them."""
    columns = KINDS[kind].columns()
    may_be_null = {name for name, definition in columns.items() if "NOT NULL" not in definition}
    load(STAGED[kind].name, {"file_no": file_no}, tuple(columns), blocks, may_be_null=may_be_null)
