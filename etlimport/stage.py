"""Rows → temporary tables, as they were read: from here on it is SQL over sets."""

from collections.abc import Iterable

from etlimport import db, dialect
from etlimport.read import COLUMNS

ROWS_OF_A_FILE = 1_000_000_000
"""More than a file can have."""

SEQ = f"(file_no * {ROWS_OF_A_FILE} + idx)"
"""SQL for the place of a staged row among all rows of its kind: the first of two wins."""

INPUT = {kind: f"in_{kind}" for kind in COLUMNS}

TYPES = {
    "idx": "bigint",
    "league_no": "integer",
    "label_no": "integer",
    "home_no": "integer",
    "away_no": "integer",
    "pti": "numeric(7, 2) NULL",
    "end_pti": "numeric(7, 2) NULL",
    "date": "date",
    "time": "time NULL",
    "line": "smallint NULL",
    "is_captain": "boolean",
    "is_co_captain": "boolean",
    **dict.fromkeys(
        (
            "wins",
            "losses",
            "career_wins",
            "career_losses",
            "points",
            *(f"{what}_{how}" for what in ("matches", "lines", "sets", "games") for how in ("won", "lost")),
            "matches_tied",
        ),
        "integer NULL",
    ),
}
"""SQL types of staged columns; every other column is text and never NULL."""


MAY_BE_NULL = {name for name, kind in TYPES.items() if kind.endswith("NULL")}


def create_input_tables() -> None:
    """Working tables for the rows as read; a planner that knows their size knows enough of them."""
    for kind, columns in COLUMNS.items():
        definitions = ", ".join(definition(name) for name in columns)
        db.create_temporary(INPUT[kind], f"(file_no bigint NOT NULL, {definitions})")


def definition(name: str) -> str:
    return f"{name} {TYPES.get(name, 'text')}{'' if name in MAY_BE_NULL else ' NOT NULL'}"


def load_rows(kind: str, file_no: int, blocks: Iterable[list[tuple]]) -> None:
    """Stage the rows of one file; `blocks` as `read_file` yields them."""
    dialect.load(INPUT[kind], {"file_no": file_no}, COLUMNS[kind], blocks, may_be_null=MAY_BE_NULL)
