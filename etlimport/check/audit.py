"""The audit: the health checks that must pass before anything is published.

Those of the catalogue take long. Where users go on writing, on PostgreSQL, they are made before anything of theirs is
touched; what is written after that is held by the database's own constraints, which the audit has it check. What the
constraints forbid is not looked for a second time: the import found none of it before it began.
"""

from django.db import IntegrityError

from etlimport import database
from etlimport.database import dialect
from etlimport.database.constraints import enforced_constraints
from etlimport.errors import AuditFailed
from etlimport.health import CheckResult, Health, compute_health, run_of_catalogue


def audit_catalogue() -> list[CheckResult] | None:
    """The results of the checks of the catalogue, for `audit`; None where they can wait for it."""
    if not dialect.on_postgresql():
        return None
    check_references()
    return run_of_catalogue(enforced_constraints())


def audit(of_catalogue: list[CheckResult] | None = None) -> Health:
    """The health as the open transaction sees it; raises AuditFailed where a critical check fails."""
    check_references()
    health = compute_health(of_catalogue)
    if health.critical:
        raise AuditFailed([str(result) for result in health.critical])
    return health


def audit_quickly() -> Health:
    """As `audit`; but on PostgreSQL, where users wait for it, what the constraints forbid is not looked for again."""
    return audit([] if dialect.on_postgresql() else None)


def check_references() -> None:
    """Have the database check the foreign keys of what was written so far now, so that the commit takes no time."""
    if not dialect.on_postgresql():
        return
    try:
        database.execute("SET CONSTRAINTS ALL IMMEDIATE")
        database.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as error:
        raise AuditFailed([str(error)]) from error
