"""Whether an import may start: the constraint it relies on exists, and no critical health check fails already."""

from dataclasses import dataclass

from django.db import connection

from etlimport.database.references import owned_references
from etlimport.errors import Refused
from etlimport.health import failing_critical_checks
from leagues.models import Team
from leagues.sql import dicts

CONSTRAINT = "unique_team_club_series_league"
COLUMNS = {"league_id", "season_id", "series_id", "club_id", "squad"}


@dataclass(frozen=True)
class Problem:
    """A reason not to import, as a sentence. `number`: how many rows it is about."""

    name: str
    number: int
    message: str

    def __str__(self) -> str:
        return self.message


def refuse_unless_safe() -> None:
    """Raises Refused with every problem."""
    if problems := validate():
        raise Refused([str(problem) for problem in problems])


def validate() -> list[Problem]:
    """The problems that forbid an import; empty if it is safe."""
    broken = [
        Problem(result.check.name, result.number, f"{result.number:,} {result.check.description}")
        for result in failing_critical_checks()
    ]
    return constraint_problems() + broken


def owned_counts() -> dict[str, int]:
    """By table of user-owned rows: how many of them refer to the catalogue. A rebuild must keep them all."""
    columns: dict[str, list[str]] = {}
    for reference in owned_references():
        columns.setdefault(reference.table, []).append(f"{reference.column} IS NOT NULL")
    return {
        table: dicts(f"SELECT COUNT(*) AS held FROM {table} WHERE {' OR '.join(held)}")[0]["held"]
        for table, held in columns.items()
    }


def constraint_problems() -> list[Problem]:
    """What is wrong, according to the database, with the constraint that forbids two rows to be the same team."""
    table = Team._meta.db_table
    index = index_of(table, CONSTRAINT)
    if index is None:
        return [Problem(CONSTRAINT, 1, f"{table} lacks the constraint {CONSTRAINT}: run migrate")]
    if not index.unique or index.columns != COLUMNS:
        columns = ", ".join(sorted(COLUMNS))
        return [Problem(CONSTRAINT, 1, f"the constraint {CONSTRAINT} of {table} is not unique over {columns}")]
    if not index.valid:
        return [Problem(CONSTRAINT, 1, f"the index of {CONSTRAINT} is not valid: run REINDEX INDEX {CONSTRAINT}")]
    return []


COLUMNS_OF_INDEX = {
    "postgresql": """
        SELECT a.attname AS "column", i.indisunique AS "unique", i.indisvalid AND i.indisready AS valid
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE i.indrelid = %s::regclass AND c.relname = %s""",
    "sqlite": """
        SELECT c.name AS "column", i."unique", 1 AS valid
        FROM pragma_index_list(%s) i JOIN pragma_index_info(i.name) c WHERE i.name = %s""",
}
"""By database. On PostgreSQL an index is not valid if creating it failed halfway."""


@dataclass(frozen=True)
class Index:
    columns: frozenset[str]
    unique: bool
    valid: bool


def index_of(table: str, constraint: str) -> Index | None:
    """The index by which the database holds a constraint with a condition; None if there is none."""
    found = dicts(COLUMNS_OF_INDEX[connection.vendor], [table, constraint])
    if not found:
        return None
    columns = frozenset(row["column"] for row in found)
    return Index(columns, bool(found[0]["unique"]), bool(found[0]["valid"]))
