from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from etlimport.models.run import ImportRun
from leagues.models import League


class Kind(models.TextChoices):
    LEAGUE = "league"
    SERIES = "series"
    CLUB = "club"
    TEAM = "team"
    PLAYER = "player"


class Alias(models.Model):
    """An operator's statement that a label of the source stands for a known thing, which is named by its label.

    Because it holds no ids of rows, it stays valid after a rebuild.
    """

    kind = models.CharField(max_length=10, choices=Kind)
    league_key = models.CharField(max_length=100, blank=True, help_text="Empty for leagues and clubs everywhere.")
    label = models.CharField(max_length=200, help_text="As the source writes it.")
    means = models.CharField(max_length=200, help_text="The label, or the player id, it stands for.")

    class Meta:
        verbose_name_plural = "aliases"
        constraints = [models.UniqueConstraint(fields=["kind", "league_key", "label"], name="unique_alias")]

    def __str__(self) -> str:
        return f"{self.label} means {self.means}"

    def clean(self) -> None:
        """Have the league, given by its code or its key, known by its key. Raises ValidationError if there is none."""
        if self.league_key:
            self.league_key = known_league(self.league_key, "league_key").key
        if self.kind == Kind.LEAGUE:
            known_league(self.means, "means")


def known_league(named: str, field: str) -> League:
    """The league with this key or code. Raises ValidationError for `field` if nobody knows it."""
    found = League.objects.filter(Q(key=named.strip().casefold()) | Q(code__iexact=named.strip())).first()
    if found is None:
        known = ", ".join(League.objects.order_by("code").values_list("code", flat=True)[:20]) or "none yet"
        raise ValidationError({field: f"There is no league {named!r}. Known are: {known}."})
    return found


class IdentityChange(models.Model):
    """A thing that the source renamed or gave another key, and that kept its row."""

    Kind = Kind

    class Layer(models.TextChoices):
        NATURAL_KEY = "natural key"
        ALIAS = "alias"
        SOURCE_ID = "source's id"
        ROSTER = "shared roster"
        LABEL = "same label"
        CLUB_SERIES_SQUAD = "club + series + squad"
        ID_TAIL = "common id tail"
        FULL_NAME = "full name"
        OPERATOR = "operator"

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="identity_changes")
    kind = models.CharField(max_length=10, choices=Kind)
    league_key = models.CharField(max_length=100, blank=True)
    row_id = models.BigIntegerField()
    old_label = models.CharField(max_length=400)
    new_label = models.CharField(max_length=400)
    layer = models.CharField(max_length=25, choices=Layer)
    evidence = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["run", "kind"], name="identity_change_run_kind")]

    def __str__(self) -> str:
        return f"{self.old_label} → {self.new_label} ({self.layer})"


class AmbiguousIdentity(models.Model):
    """A question for an operator: whether a new row is the same thing as an old one. If so, the two are merged."""

    Kind = Kind

    class Status(models.TextChoices):
        OPEN = "open"
        SAME = "same"
        DIFFERENT = "different"

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="ambiguities")
    kind = models.CharField(max_length=10, choices=Kind)
    league_key = models.CharField(max_length=100, blank=True)
    old_id = models.BigIntegerField()
    new_id = models.BigIntegerField()
    old_label = models.CharField(max_length=400)
    new_label = models.CharField(max_length=400)
    reason = models.CharField(max_length=500)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "ambiguous identities"
        constraints = [models.UniqueConstraint(fields=["kind", "old_id", "new_id"], name="unique_ambiguous_identity")]

    def __str__(self) -> str:
        return f"{self.old_label} = {self.new_label}? {self.status}"
