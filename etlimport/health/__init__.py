from etlimport.health.checks import (
    Check,
    CheckResult,
    UnknownCheck,
    all_checks,
    failing_critical_checks,
    run_check,
    run_of_catalogue,
)
from etlimport.health.score import Health, band_of, compute_health, keep, note_health, record_health

__all__ = [
    "Check",
    "CheckResult",
    "Health",
    "UnknownCheck",
    "all_checks",
    "band_of",
    "compute_health",
    "failing_critical_checks",
    "keep",
    "note_health",
    "record_health",
    "run_check",
    "run_of_catalogue",
]
