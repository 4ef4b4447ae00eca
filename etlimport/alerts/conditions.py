"""The conditions that are alerts while they hold. Each is a function that returns a text about what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import QuerySet
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
    """`find`: returns what is wrong, or an empty text. `patience`: how long that must last before it is announced."""

    key: str
    find: Callable[[], str]
    patience: timedelta = timedelta()


def import_failed() -> str:
    """What happened if the last import that ended did not publish. A dry run does not count.

    Nor does an import that found another run at work: the site is none the worse, and `import_overdue` tells if no
    later one gets its turn.
    """
    ended = imports().filter(status__in=(*GOOD, *BAD)).exclude(status=Status.REFUSED, cause=ImportRun.Cause.BUSY)
    last = ended.order_by("-finished_at").first()
    if last is None or last.status in GOOD:
        return ""
    return (
        f"Import run {last.pk} of {last.source} {OUTCOMES[last.status]} The site shows what it showed before. "
        f"{last.error[:1000]}{ASKED if last.cause == ImportRun.Cause.SEASON else ''}"
    ).strip()


ASKED = ". Or answer on the page of the run, in the control room."
"""What is said where a run asks about a season."""


OUTCOMES: dict[str, str] = {
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
    """When an import last succeeded; when the site was set up, if none has."""
    ended = imports().filter(status__in=GOOD).order_by("-finished_at").values_list("finished_at", flat=True).first()
    return ended or MigrationRecorder.Migration.objects.get(app="etlimport", name="0001_initial").applied


def imports() -> QuerySet[ImportRun]:
    """The runs that imported a source and were not dry runs."""
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
