"""What is worth telling somebody about. Each condition says in words what is wrong, or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from etlimport.health import Health
from etlimport.models import HealthSnapshot, ImportRun
from sessionsync.health import session_health

Status = ImportRun.Status

GOOD = (Status.PUBLISHED, Status.UNCHANGED, Status.UNDONE)
BAD = (Status.FAILED, Status.REFUSED, Status.UNREADABLE, Status.DIED)
OVERDUE_AFTER = timedelta(hours=26)


@dataclass(frozen=True)
class Condition:
    """`find` returns what is wrong, empty when all is well; `patience`: how long it may be so before it counts."""

    key: str
    find: Callable[[], str]
    patience: timedelta = timedelta()


def import_failed() -> str:
    """The last import to end did not publish. One that somebody only rehearsed does not count."""
    last = imports().filter(status__in=(*GOOD, *BAD)).order_by("-finished_at").first()
    if last is None or last.status in GOOD:
        return ""
    return (
        f"Import run {last.pk} of {last.source} {OUTCOMES[last.status]} The site shows what it showed before. "
        f"{last.error[:1000]}"
    ).strip()


OUTCOMES = {
    Status.FAILED: "failed and was rolled back.",
    Status.REFUSED: "was refused by a safety check.",
    Status.UNREADABLE: "found its source unreadable.",
    Status.DIED: "died in the middle.",
}


def import_overdue() -> str:
    if not settings.IMPORT_SOURCE:
        return ""
    last = last_good_import()
    if timezone.now() - last < OVERDUE_AFTER:
        return ""
    return (
        f"No import has published since {timezone.localtime(last):%Y-%m-%d %H:%M}, more than 26 hours ago. "
        "Are beat and a worker running? By hand: "
        f"python manage.py run_etl --source {settings.IMPORT_SOURCE}"
    )


def last_good_import() -> datetime:
    """When an import last ended well; before the first one, when the site was set up."""
    ended = imports().filter(status__in=GOOD).order_by("-finished_at").values_list("finished_at", flat=True).first()
    return ended or MigrationRecorder.Migration.objects.get(app="etlimport", name="0001_initial").applied


def imports():
    return ImportRun.objects.filter(mode__in=(ImportRun.Mode.MERGE, ImportRun.Mode.REBUILD), dry_run=False)


def health_low() -> str:
    snapshot = HealthSnapshot.objects.first()
    if snapshot is None:
        return ""
    return Health(snapshot.score, snapshot.band, snapshot.counts, checks=[]).warning


def sessions_unhealthy() -> str:
    state = session_health()
    if state["healthy"]:
        return ""
    broken = [name for name in ("database", "cache") if state[name] and not state[name]["ok"]]
    return f"The session backend is unhealthy: its {' and its '.join(broken)} does not answer."


CONDITIONS = (
    Condition("import failed", import_failed),
    Condition("import overdue", import_overdue),
    Condition("health low", health_low),
    Condition("sessions unhealthy", sessions_unhealthy, patience=timedelta(minutes=5)),
)
