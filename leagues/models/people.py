from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from leagues.models.catalogue import League, Player, Team
from leagues.names import name_key


class Organization(models.Model):
    """A tenant: it has leagues and people of its own."""

    name = models.CharField(max_length=200, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who logs in by email. `league_context` is the source of truth for what they look at."""

    email = models.EmailField(unique=True)
    first_name = models.CharField(max_length=150, blank=True)
    last_name = models.CharField(max_length=150, blank=True)
    name_key = models.CharField(
        max_length=300, blank=True, editable=False, help_text="The full name reduced to what it says."
    )
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    organization = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, null=True, blank=True, related_name="users"
    )
    league_context = models.ForeignKey(League, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    league_context_selected_at = models.DateTimeField(null=True, blank=True)
    team_context = models.ForeignKey(
        Team,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The team last looked at in the league.",
    )

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        ordering = ["email"]
        constraints = [models.UniqueConstraint(Lower("email"), name="unique_user_email_any_case")]
        indexes = [models.Index(fields=["name_key"], name="user_name_key")]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        self.name_key = name_key(self.first_name, self.last_name)
        if update_fields is not None and {"first_name", "last_name"} & set(update_fields):
            update_fields = {"name_key", *update_fields}
        super().save(*args, update_fields=update_fields, **kwargs)

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.email


class PlayerAssociation(models.Model):
    """This user is this player. A player belongs to one user at most."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="associations")
    player = models.OneToOneField(Player, on_delete=models.PROTECT, related_name="association")
    is_primary = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(is_primary=True), name="one_primary_player_per_user")
        ]

    def __str__(self) -> str:
        return f"{self.user} is {self.player}"


class AssociationSuggestion(models.Model):
    """A player who may be this user, because the name is the same. The user accepts or declines."""

    class Status(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        DECLINED = "declined"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="suggestions")
    player = models.ForeignKey(Player, on_delete=models.PROTECT, related_name="suggestions")
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    evidence = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "player"], name="one_suggestion_per_player")]

    def __str__(self) -> str:
        return f"{self.user}: {self.player}? {self.status}"


class SelectionAudit(models.Model):
    """Who selected which league or team, when and from where.

    It holds natural keys rather than references, because a rebuild creates leagues and teams anew.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="selections")
    league_key = models.CharField(max_length=100)
    team_key = models.CharField(max_length=300, blank=True)
    selected_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-selected_at"]

    def __str__(self) -> str:
        return f"{self.user} → {self.league_key} at {self.selected_at:%Y-%m-%d %H:%M}"
