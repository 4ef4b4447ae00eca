"""The foreign keys and unique keys that the database itself holds at the moment, so that nothing can break them."""

from dataclasses import dataclass

from etlimport.database import dialect
from leagues.sql import rows

ENFORCED = """
SELECT c.conrelid::regclass::text, c.contype = 'u', array_agg(a.attname::text)
FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
WHERE c.contype IN ('f', 'u') AND c.convalidated AND c.connamespace = current_schema()::regnamespace
  AND NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgconstraint = c.oid AND t.tgenabled <> 'O')
GROUP BY c.oid"""
"""Those that were checked for the rows that were there when they were made, and whose triggers are not disabled."""


@dataclass(frozen=True)
class Constraint:
    """A unique key over these columns of a table, or a foreign key of them."""

    table: str
    columns: frozenset[str]
    unique: bool


def enforced_constraints() -> frozenset[Constraint]:
    """Those that PostgreSQL holds. On SQLite none counts as such: whoever opens the file may switch them off."""
    if not dialect.on_postgresql():
        return frozenset()
    return frozenset(Constraint(table, frozenset(columns), unique) for table, unique, columns in rows(ENFORCED))
