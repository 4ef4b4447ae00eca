from django.db import models
from django.utils import timezone

from etlimport.models.run import ImportRun


class HealthSnapshot(models.Model):
    """A health score, 0–100, and the counts behind it."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, null=True, blank=True, related_name="health")
    score = models.FloatField()
    band = models.CharField(max_length=10)
    counts = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.score:.1f} % ({self.band})"
