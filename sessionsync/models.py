from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
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

    # No constraint: a user deleted while a publish runs is no reason to fail it, and checking a million
    # users would take longer than arming their signals. A signal left by such a user goes with the old ones.
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

    def __str__(self):
        return f"{self.email}: {self.refresh_reason}"


class UserSession(AbstractBaseSession):
    """A session that knows whose it is, so that people can see theirs and end them.

    It is named by its id: the session key is a secret that belongs in the cookie alone.
    """

    id = models.BigAutoField(primary_key=True)
    session_key = models.CharField(max_length=40, unique=True)
    revision = models.BigIntegerField(default=0, help_text="Rises with every save; tells racing saves apart.")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sessions")
    ip_address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_seen = models.DateTimeField(default=timezone.now)

    objects = BaseSessionManager()

    class Meta:
        verbose_name = "session"
        ordering = ["-last_seen"]

    def __str__(self):
        return f"session {self.pk}"

    @classmethod
    def get_session_store_class(cls):
        from sessionsync.backends.db import SessionStore

        return SessionStore
