from django.db import models
from django.db.models import Q
from django.urls import reverse

from leagues.models.base import CatalogueModel, NaturalKeyConstraint


class League(CatalogueModel):
    natural_key_lookups = ("key",)

    code = models.CharField(max_length=100, help_text="As the source last spelled it.")
    key = models.CharField(max_length=100, unique=True, help_text="The canonical code.")
    name = models.CharField(max_length=200)
    organization = models.ForeignKey(
        "leagues.Organization", on_delete=models.SET_NULL, null=True, blank=True, related_name="leagues"
    )
    is_active = models.BooleanField(default=True, db_default=True)
    lower_rating_is_better = models.BooleanField(
        default=True, db_default=True, help_text="As with PTI. Charts, the order of players and up and down follow it."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("league", args=[self.key])


class Season(CatalogueModel):
    """A league's year. Teams, with their rosters, standings and matches, are of one; players, clubs and series last.

    The keys of a league's seasons begin with a year, so that they sort by time. A season that was opened before its
    schedule is there has no dates yet.
    """

    natural_key_lookups = ("league__key", "key")

    league = models.ForeignKey(League, on_delete=models.CASCADE, related_name="seasons", db_index=False)
    key = models.CharField(max_length=50, help_text="As in addresses: 2025-26, or 2025 where it lies in one year.")
    name = models.CharField(max_length=100)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    is_current = models.BooleanField(default=True, db_default=True, help_text="Whether it is the league's latest.")

    class Meta:
        ordering = ["league", "-key"]
        constraints = [NaturalKeyConstraint(fields=["league", "key"], name="unique_season_league")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        if self.is_current:
            return self.league.get_absolute_url()
        return reverse("season", args=[self.league.key, self.key])

    def address_of(self, series: "Series") -> str:
        """The page of a series of the league in this season."""
        if self.is_current:
            return series.get_absolute_url()
        return reverse("series_of_season", args=[self.league.key, self.key, series.key])


class Club(CatalogueModel):
    natural_key_lookups = ("key",)

    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Series(CatalogueModel):
    natural_key_lookups = ("league__key", "key")

    league = models.ForeignKey(League, on_delete=models.CASCADE, related_name="series", db_index=False)
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200)

    class Meta:
        ordering = ["league", "name"]
        verbose_name_plural = "series"
        constraints = [NaturalKeyConstraint(fields=["league", "key"], name="unique_series_league")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("series", args=[self.league.key, self.key])


class Team(CatalogueModel):
    """A team of one season. `previous`: the team of an earlier season of which most people play on in this one."""

    natural_key_lookups = ("league__key", "season__key", "series__key", "club__key", "squad")

    league = models.ForeignKey(League, on_delete=models.CASCADE, related_name="teams", db_index=False)
    season = models.ForeignKey(Season, on_delete=models.CASCADE, related_name="teams")
    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="teams")
    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="teams")
    squad = models.CharField(
        max_length=50,
        blank=True,
        default="",
        help_text="Tells two teams of one club and series apart: a, II, T1.",
    )
    name = models.CharField(max_length=200, help_text="As the source last wrote it.")
    alias = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="Another label the source uses for this team.",
    )
    source_id = models.CharField(
        max_length=150, blank=True, default="", db_default="", help_text="By which the source itself knows the team."
    )
    previous = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="following")
    is_active = models.BooleanField(default=True, db_default=True)

    class Meta:
        ordering = ["league", "name"]
        constraints = [
            NaturalKeyConstraint(
                fields=["league", "season", "series", "club", "squad"], name="unique_team_club_series_league"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def series_url(self) -> str:
        """The page of the team's series in the team's season."""
        return self.season.address_of(self.series)

    def get_absolute_url(self) -> str:
        place = [self.series.key, self.club.key, *([self.squad] if self.squad else [])]
        if self.season.is_current:
            return reverse("team", args=[self.league.key, *place])
        return reverse("team_of_season", args=[self.league.key, self.season.key, *place])


class Player(CatalogueModel):
    natural_key_lookups = ("league__key", "external_id")

    league = models.ForeignKey(League, on_delete=models.CASCADE, related_name="players", db_index=False)
    external_id = models.CharField(max_length=150)
    first_name = models.CharField(max_length=150)
    last_name = models.CharField(max_length=150, blank=True)
    name_key = models.CharField(max_length=300, help_text="The full name reduced to what it says.")
    pti = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    career_wins = models.IntegerField(null=True, blank=True)
    career_losses = models.IntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True, db_default=True)

    class Meta:
        ordering = ["last_name", "first_name"]
        constraints = [NaturalKeyConstraint(fields=["league", "external_id"], name="unique_player_league")]
        indexes = [models.Index(fields=["name_key"], name="player_name_key")]

    def __str__(self) -> str:
        return self.full_name

    def get_absolute_url(self) -> str:
        return reverse("player", args=[self.league.key, self.external_id])

    @property
    def full_name(self) -> str:
        """The name; where the source told none that could be read, the id in its place."""
        return f"{self.first_name} {self.last_name}".strip() or f"Player {self.external_id}"


class RosterSpot(CatalogueModel):
    """A player on a team; one player may play for several teams."""

    natural_key_lookups = (
        "player__league__key",
        "player__external_id",
        "team__season__key",
        "team__series__key",
        "team__club__key",
        "team__squad",
    )

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="roster_spots", db_index=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="roster_spots")
    is_captain = models.BooleanField(default=False)
    is_co_captain = models.BooleanField(default=False)
    wins = models.IntegerField(null=True, blank=True)
    losses = models.IntegerField(null=True, blank=True)
    is_substitute = models.BooleanField(
        default=False, db_default=False, help_text="Plays for this team only in place of others."
    )
    is_active = models.BooleanField(default=True, db_default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["player", "team"], name="unique_roster_spot"),
            models.CheckConstraint(condition=~Q(is_captain=True, is_co_captain=True), name="captain_or_co_captain"),
        ]

    def __str__(self) -> str:
        return f"{self.player} · {self.team}"
