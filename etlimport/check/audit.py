"""The audit: the health checks that must pass before anything is published."""

from etlimport.errors import AuditFailed
from etlimport.health import Health, compute_health


def audit() -> Health:
    """The health of the data as the open transaction would publish it. Raises AuditFailed if a critical check fails."""
    health = compute_health()
    if health.critical:
        raise AuditFailed([str(result) for result in health.critical])
    return health
