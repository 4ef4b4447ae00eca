"""Health scores over time: thinned for a chart, forgotten when old."""

from datetime import datetime, timedelta

from django.db.models import Min
from django.db.models.functions import TruncHour
from django.utils import timezone

from etlimport.models import HealthSnapshot

CHART_DAYS = 14
KEPT_DAYS = 90
"""How long the scores between runs are kept; those of a run live as long as the run."""


def trend(days: int = CHART_DAYS) -> list[tuple[datetime, float]]:
    """(hour, lowest score in it), oldest first."""
    since = timezone.now() - timedelta(days=days)
    hours = HealthSnapshot.objects.filter(created_at__gte=since).annotate(hour=TruncHour("created_at"))
    return list(hours.order_by("hour").values_list("hour").annotate(lowest=Min("score")))


def forget_old_health(days: int = KEPT_DAYS) -> int:
    """Delete the scores between runs older than that; how many there were."""
    before = timezone.now() - timedelta(days=days)
    return HealthSnapshot.objects.filter(run=None, created_at__lt=before).delete()[0]
