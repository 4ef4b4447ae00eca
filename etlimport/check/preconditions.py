"""Whether an import may start: what it relies on is there, and nothing is broken already."""

from dataclasses import dataclass

from django.db import connection

from etlimport.database.references import owned_references
from etlimport.errors import Refused
from etlimport.health import failing_critical_checks
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


def refuse_unless_safe() -> None:
    """Raises Refused with every reason."""
    if problems := validate():
        raise Refused([str(problem) for problem in problems])


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
    constraint = constraint_of(table, CONSTRAINT)
    if constraint is None:
        return [Problem(CONSTRAINT, 1, f"{table} lacks the constraint {CONSTRAINT}: run migrate")]
    if not constraint["unique"] or set(constraint["columns"]) != COLUMNS:
        columns = ", ".join(sorted(COLUMNS))
        return [Problem(CONSTRAINT, 1, f"the constraint {CONSTRAINT} of {table} is not unique over {columns}")]
    if not constraint.get("valid", True):
        return [Problem(CONSTRAINT, 1, f"the index of {CONSTRAINT} is not valid: run REINDEX INDEX {CONSTRAINT}")]
    return []


INDEX = """
SELECT i.indisunique AS "unique", i.indisvalid AND i.indisready AS valid, array_agg(a.attname::text) AS columns
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_attribute a ON a.attrelid = c.oid
WHERE i.indrelid = %s::regclass AND c.relname = %s GROUP BY i.indexrelid
"""


def constraint_of(table: str, name: str) -> dict | None:
    """What the database knows of it: `columns`, `unique`, and whether it is `valid`: its making may have failed."""
    if connection.vendor == "postgresql":
        return next(iter(dicts(INDEX, [table, name])), None)
    with connection.cursor() as cursor:
        return connection.introspection.get_constraints(cursor, table).get(name)
