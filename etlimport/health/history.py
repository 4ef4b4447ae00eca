"""The recorded health scores: reduced to one per hour for a chart, and deleted when they are old."""

from datetime import datetime, timedelta

from django.db.models import Min
from django.db.models.functions import TruncHour
from django.utils import timezone

from etlimport.models import HealthSnapshot

CHART_DAYS = 14
KEPT_DAYS = 90
"""How long scores recorded between runs are kept. The score of a run is kept as long as the run."""


def trend(days: int = CHART_DAYS) -> list[tuple[datetime, float]]:
    """(hour, lowest score of that hour), oldest first."""
    since = timezone.now() - timedelta(days=days)
    hours = HealthSnapshot.objects.filter(created_at__gte=since).annotate(hour=TruncHour("created_at"))
    return list(hours.order_by("hour").values_list("hour").annotate(lowest=Min("score")))


def forget_old_health(days: int = KEPT_DAYS) -> int:
    """Delete scores recorded between runs that are older than this many days. Returns how many."""
    before = timezone.now() - timedelta(days=days)
    return HealthSnapshot.objects.filter(run=None, created_at__lt=before).delete()[0]
