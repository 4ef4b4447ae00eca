from django.db import models
from django.db.models import Q
from django.utils import timezone


class AlertIncident(models.Model):
    """Something that is wrong, from when it was first seen until it is over.

    `opened_at` is when it had lasted long enough to notify somebody; empty until then.
    """

    key = models.CharField(max_length=50)
    message = models.TextField()
    first_seen = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-first_seen"]
        verbose_name = "alert"
        constraints = [models.UniqueConstraint(fields=["key"], condition=Q(closed_at=None), name="one_open_incident")]

    def __str__(self) -> str:
        return f"{self.key}: {'over' if self.closed_at else 'open'}"


class AlertNotice(models.Model):
    """A message about an incident, to be sent once over one channel. Sending is repeated until it succeeds."""

    class Event(models.TextChoices):
        OPENED = "opened"
        OVER = "over"

    class Channel(models.TextChoices):
        MAIL = "mail"
        WEBHOOK = "webhook"

    incident = models.ForeignKey(AlertIncident, on_delete=models.CASCADE, related_name="notices")
    event = models.CharField(max_length=10, choices=Event)
    channel = models.CharField(max_length=10, choices=Channel)
    created_at = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "event", "channel"], name="unique_alert_notice")]
        indexes = [models.Index(fields=["created_at"], condition=Q(sent_at=None), name="alert_notice_unsent")]

    def __str__(self) -> str:
        return f"{self.incident.key} {self.event} by {self.channel}"
