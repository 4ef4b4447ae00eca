"""The contents of the first page of the admin, which shows the state of imports, health, sessions and alerts."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from etlimport.admin.chart import Chart
from etlimport.admin.run_page import health_change, short_outcome
from etlimport.alerts import open_incidents
from etlimport.health import all_checks
from etlimport.health.history import CHART_DAYS, trend
from etlimport.health.score import WARN_BELOW
from etlimport.models import AmbiguousIdentity, HealthSnapshot, ImportRun
from etlimport.operations import roles
from etlimport.operations.schedule import OURS
from leagues.models import User
from sessionsync.models import RefreshSignal
from sessionsync.sessions import live_sessions

RUNS_SHOWN = 8
QUESTIONS_SHOWN = 10

REPAIRS = (
    ("contexts_", "fix_league_contexts"),
    ("held_on_inactive_player", "re_associate_users"),
    ("orphans_", "check_etl_safety"),
    ("duplicates_", "check_etl_safety"),
    ("roster_spots_astray", "run_etl --source … --rebuild"),
    ("teams_across_leagues", "run_etl --source … --rebuild"),
)
"""The command that repairs what a check counts, or shows more about it, by the beginning of the check's name."""


@dataclass(frozen=True)
class RecordedCheck:
    """A check with the number it had when the health score was last recorded."""

    name: str
    number: int
    description: str
    is_critical: bool

    @property
    def repair(self) -> str:
        command = next((command for start, command in REPAIRS if self.name.startswith(start)), "")
        return command and f"python manage.py {command}"


def dashboard(user: User | AnonymousUser) -> dict[str, Any]:
    """The context of the template `dashboard.html`."""
    snapshot = HealthSnapshot.objects.first()
    checks = recorded_checks(snapshot.counts if snapshot else {})
    questions = AmbiguousIdentity.objects.filter(status=AmbiguousIdentity.Status.OPEN)
    return {
        "health": snapshot,
        "warn_below": WARN_BELOW,
        "chart": Chart(trend(), CHART_DAYS),
        "failing": [check for check in checks if check.number],
        "passed": [check for check in checks if not check.number],
        "runs": last_runs(),
        "alerts": list(open_incidents()),
        "pending": RefreshSignal.objects.filter(is_refreshed=False).count(),
        "sessions": live_sessions().count(),
        "schedule": list(PeriodicTask.objects.filter(name__startswith=OURS).select_related("crontab").order_by("name")),
        "import_source": settings.IMPORT_SOURCE,
        "has_broker": not settings.CELERY_TASK_ALWAYS_EAGER,
        "questions": list(questions.order_by("-pk")[:QUESTIONS_SHOWN]),
        "question_count": questions.count(),
        "may_start": user.has_perm(roles.START_IMPORT),
        "may_settle": user.has_perm(roles.SETTLE),
        "now": timezone.now(),
    }


def recorded_checks(counts: dict[str, int]) -> list[RecordedCheck]:
    return [
        RecordedCheck(check.name, counts[check.name], check.description, check.critical)
        for check in all_checks().values()
        if check.name in counts
    ]


def last_runs() -> list[dict[str, Any]]:
    runs = ImportRun.objects.select_related("started_by").defer("diff", "protection", "counts")[:RUNS_SHOWN]
    return [{"run": run, "outcome": short_outcome(run), "health": health_change(run)} for run in runs]
