"""Counters and timings for Prometheus. They add up over several processes if PROMETHEUS_MULTIPROC_DIR is set."""

from prometheus_client import Counter, Histogram

SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)

CHECKS = Counter("session_checks", "Sessions compared with the session version, by outcome.", ["outcome"])
WARM = CHECKS.labels("warm")
REFRESHED = CHECKS.labels("refreshed")
RESTORED = CHECKS.labels("restored")
GONE = CHECKS.labels("user_gone")
FAILED = CHECKS.labels("failed")

RESTORES = Counter(
    "session_restores", "Sessions without a context that were given one, by whether it succeeded.", ["result"]
)
RESTORE_OK = RESTORES.labels("ok")
RESTORE_FAILED = RESTORES.labels("failed")

CHECK_SECONDS = Histogram("session_check_seconds", "Time to check a session, loading it included.", buckets=SECONDS)
REFRESH_SECONDS = Histogram(
    "session_refresh_seconds", "Time to rebuild and save the context of a stale session.", buckets=SECONDS
)
RESTORE_SECONDS = Histogram(
    "session_restore_seconds", "Time to build and save the context of a session without one.", buckets=SECONDS
)
