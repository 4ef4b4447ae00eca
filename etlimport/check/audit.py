"""The audit: the health checks that must hold before anything is published."""

from etlimport.errors import AuditFailed
from etlimport.health import Health, compute_health


def audit() -> Health:
    """The health as the open transaction sees it; raises AuditFailed where a critical check fails."""
    health = compute_health()
    if health.critical:
        raise AuditFailed([str(result) for result in health.critical])
    return health
