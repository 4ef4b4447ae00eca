from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
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

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"


class RefreshSignal(models.Model):
    """A note that a publish changed this user's context, and whether a session has been refreshed since.

    Each user has one row at most. A later publish writes over it and makes it pending again.
    """

    # No database constraint: a user who is deleted while a publish runs must not make it fail, and to check
    # a million users would take longer than to write their signals. The signal such a user leaves behind is
    # deleted with the old ones.
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        db_constraint=False,
        related_name="refresh_signal",
    )
    email = models.EmailField()
    old_league_id = models.BigIntegerField(null=True, blank=True)
    new_league_id = models.BigIntegerField(null=True, blank=True)
    league_name = models.CharField(max_length=200, blank=True)
    refresh_reason = models.CharField(max_length=200)
    version = models.BigIntegerField(
        default=0, db_default=0, help_text="The session version whose publish armed the signal."
    )
    created_at = models.DateTimeField(default=timezone.now)
    refreshed_at = models.DateTimeField(null=True, blank=True)
    is_refreshed = models.BooleanField(default=False)

    class Meta:
        db_table = "user_session_refresh_signals"
        indexes = [models.Index(fields=["created_at"], condition=Q(is_refreshed=False), name="refresh_signal_pending")]

    def __str__(self) -> str:
        return f"{self.email}: {self.refresh_reason}"


class UserSession(AbstractBaseSession):
    """A session with the user it belongs to, so that people can see their sessions and end them.

    It is named by its id: the session key is a secret that belongs in the cookie alone. What is in a session
    is read and written by its store, see `sessionsync.sessions.session_store`.
    """

    id = models.BigAutoField(primary_key=True)
    session_key = models.CharField(max_length=40, unique=True)
    revision = models.BigIntegerField(default=0, help_text="Rises with every save; tells racing saves apart.")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sessions")
    ip_address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_seen = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "session"
        ordering = ["-last_seen"]

    def __str__(self) -> str:
        return f"session {self.pk}"
