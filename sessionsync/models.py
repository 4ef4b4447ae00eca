from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class SystemSetting(models.Model):
    """A named value of the whole site; the row `session_version` rises with every published run."""

    key = models.CharField(max_length=100, primary_key=True)
    value = models.TextField()
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "system_settings"

    def __str__(self):
        return f"{self.key} = {self.value}"


class RefreshSignal(models.Model):
    """This user's context changed, and whether a session has taken it up. One row a user, re-armed."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="refresh_signal"
    )
    email = models.EmailField()
    old_league_id = models.BigIntegerField(null=True, blank=True)
    new_league_id = models.BigIntegerField(null=True, blank=True)
    league_name = models.CharField(max_length=200, blank=True)
    refresh_reason = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    refreshed_at = models.DateTimeField(null=True, blank=True)
    is_refreshed = models.BooleanField(default=False)

    class Meta:
        db_table = "user_session_refresh_signals"
        indexes = [
            models.Index(
                fields=["created_at"], condition=Q(is_refreshed=False), name="refresh_signal_pending"
            ),
            models.Index(
                fields=["refreshed_at"], condition=Q(is_refreshed=True), name="refresh_signal_completed"
            ),
        ]

    def __str__(self):
        return f"{self.email}: {self.refresh_reason}"
