from django.db import models

from leagues.line_digests import DIGEST_LENGTH
from leagues.models.base import CatalogueModel, NaturalKeyConstraint
from leagues.models.catalogue import League, Player, Season, Series, Team


class ScheduledMatch(CatalogueModel):
    natural_key_lookups = (
        "league__key",
        "season__key",
        "date",
        "home_team__series__key",
        "home_team__club__key",
        "home_team__squad",
        "away_team__series__key",
        "away_team__club__key",
        "away_team__squad",
        "occurrence",
    )

    league = models.ForeignKey(League, on_delete=models.CASCADE, related_name="scheduled_matches", db_index=False)
    season = models.ForeignKey(Season, on_delete=models.CASCADE, related_name="scheduled_matches")
    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="scheduled_matches")
    date = models.DateField()
    time = models.TimeField(null=True, blank=True)
    home_team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="home_matches")
    away_team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="away_matches")
    occurrence = models.SmallIntegerField(
        default=1, db_default=1, help_text="Tells apart two matches of the same teams on one day."
    )
    location = models.CharField(max_length=300, blank=True, default="")
    address = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="Where the location is: street and town."
    )
    source_url = models.CharField(
        max_length=500, blank=True, default="", db_default="", help_text="Its page at the source."
    )
    is_active = models.BooleanField(default=True, db_default=True)

    class Meta:
        ordering = ["date", "time"]
        verbose_name_plural = "scheduled matches"
        constraints = [
            NaturalKeyConstraint(
                fields=["league", "date", "home_team", "away_team", "occurrence"], name="unique_scheduled_match"
            )
        ]

    def __str__(self) -> str:
        return f"{self.home_team} – {self.away_team}, {self.date}"


class MatchScore(CatalogueModel):
    """One line of a match: up to four players and their scores.

    `key` is a digest by which an import recognises the line when the source gives it no id. If the import
    could not find a team or player, the line keeps only the label or name that the source wrote.
    """

    natural_key_lookups = ("league__key", "key")

    class Winner(models.TextChoices):
        HOME = "home"
        AWAY = "away"
        TIE = "tie"
        UNKNOWN = "unknown"

    league = models.ForeignKey(League, on_delete=models.CASCADE, related_name="match_scores", db_index=False)
    season = models.ForeignKey(Season, on_delete=models.CASCADE, related_name="match_scores", db_index=False)
    date = models.DateField()
    line = models.SmallIntegerField(null=True, blank=True)
    home_team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="home_scores")
    away_team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="away_scores")
    home_label = models.CharField(max_length=200)
    away_label = models.CharField(max_length=200)
    home_player_1 = models.ForeignKey(Player, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    home_player_2 = models.ForeignKey(Player, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    away_player_1 = models.ForeignKey(Player, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    away_player_2 = models.ForeignKey(Player, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    home_player_1_name = models.CharField(max_length=200, blank=True, default="")
    home_player_2_name = models.CharField(max_length=200, blank=True, default="")
    away_player_1_name = models.CharField(max_length=200, blank=True, default="")
    away_player_2_name = models.CharField(max_length=200, blank=True, default="")
    scores = models.CharField(max_length=200, blank=True, default="")
    winner = models.CharField(max_length=10, choices=Winner, default=Winner.UNKNOWN)
    source_id = models.CharField(max_length=150, blank=True, default="")
    key = models.CharField(max_length=40)
    people = models.CharField(max_length=DIGEST_LENGTH, blank=True, default="", help_text="Digest of the four names.")
    result = models.CharField(max_length=DIGEST_LENGTH, blank=True, default="", help_text="Digest of scores, winner.")
    series_label = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="The series, as the source wrote it."
    )
    source_url = models.CharField(
        max_length=500, blank=True, default="", db_default="", help_text="Its page at the source."
    )
    is_active = models.BooleanField(default=True, db_default=True, help_text="Whether the source still has it.")

    class Meta:
        ordering = ["-date", "line"]
        constraints = [NaturalKeyConstraint(fields=["league", "key"], name="unique_match_score")]
        indexes = [models.Index(fields=["season", "date"], name="match_score_season_date")]

    def __str__(self) -> str:
        return f"{self.home_label} – {self.away_label}, {self.date}, line {self.line or '?'}"


class Standing(CatalogueModel):
    natural_key_lookups = (
        "team__league__key",
        "team__season__key",
        "team__series__key",
        "team__club__key",
        "team__squad",
    )

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="standing")
    points = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    matches_won = models.IntegerField(null=True, blank=True)
    matches_lost = models.IntegerField(null=True, blank=True)
    matches_tied = models.IntegerField(null=True, blank=True)
    lines_won = models.IntegerField(null=True, blank=True)
    lines_lost = models.IntegerField(null=True, blank=True)
    sets_won = models.IntegerField(null=True, blank=True)
    sets_lost = models.IntegerField(null=True, blank=True)
    games_won = models.IntegerField(null=True, blank=True)
    games_lost = models.IntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True, db_default=True)

    def __str__(self) -> str:
        return f"{self.team}: {self.points} points"


class PlayerHistory(CatalogueModel):
    """A player's rating after one match; `occurrence` counts several matches on one day."""

    natural_key_lookups = ("player__league__key", "player__external_id", "date", "occurrence")

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="history", db_index=False)
    date = models.DateField()
    occurrence = models.SmallIntegerField(default=1, db_default=1)
    end_pti = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    series_name = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["-date"]
        verbose_name_plural = "player history"
        constraints = [models.UniqueConstraint(fields=["player", "date", "occurrence"], name="unique_player_history")]

    def __str__(self) -> str:
        return f"{self.player}, {self.date}: {self.end_pti}"
