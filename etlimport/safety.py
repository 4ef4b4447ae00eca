"""Whether an import may start: what it relies on is there, and nothing is broken already."""

from dataclasses import dataclass

from django.db import connection

from etlimport.health import failing_critical_checks
from etlimport.references import owned_references
from leagues.models import Team
from leagues.sql import dicts

CONSTRAINT = "unique_team_club_series_league"
COLUMNS = {"league_id", "series_id", "club_id", "squad"}


@dataclass(frozen=True)
class Problem:
    """A reason not to import, in words; `number` is how many rows it is about."""

    name: str
    number: int
    message: str

    def __str__(self):
        return self.message


def validate() -> list[Problem]:
    """What stands in the way of an import; empty where it is safe."""
    broken = [
        Problem(result.check.name, result.number, f"{result.number:,} {result.check.description}")
        for result in failing_critical_checks()
    ]
    return constraint_problems() + broken


def owned_counts() -> dict[str, int]:
    """Per table that refers to the catalogue: how many rows hold a reference, as a rebuild must keep them."""
    columns: dict[str, list[str]] = {}
    for reference in owned_references():
        columns.setdefault(reference.table, []).append(f"{reference.column} IS NOT NULL")
    return {
        table: dicts(f"SELECT COUNT(*) AS held FROM {table} WHERE {' OR '.join(held)}")[0]["held"]
        for table, held in columns.items()
    }


def constraint_problems() -> list[Problem]:
    """The constraint that keeps two rows from being the same team, as the database itself knows it."""
    table = Team._meta.db_table
    with connection.cursor() as cursor:
        constraint = connection.introspection.get_constraints(cursor, table).get(CONSTRAINT)
    if constraint is None:
        return [Problem(CONSTRAINT, 1, f"{table} lacks the constraint {CONSTRAINT}: run migrate")]
    if not constraint["unique"] or set(constraint["columns"]) != COLUMNS:
        columns = ", ".join(sorted(COLUMNS))
        return [Problem(CONSTRAINT, 1, f"the constraint {CONSTRAINT} of {table} is not unique over {columns}")]
    if not is_valid(CONSTRAINT):
        return [Problem(CONSTRAINT, 1, f"the index of {CONSTRAINT} is not valid: run REINDEX INDEX {CONSTRAINT}")]
    return []


def is_valid(index: str) -> bool:
    """PostgreSQL keeps an index whose making failed, and does not enforce it; SQLite knows no such thing."""
    if connection.vendor != "postgresql":
        return True
    found = dicts("SELECT indisvalid AND indisready AS valid FROM pg_index WHERE indexrelid = %s::regclass", [index])
    return found[0]["valid"]
