from django.db import models


class FormerKey(models.Model):
    """A key that a catalogue row had before the source renamed or re-keyed it, so that old addresses still work.

    It holds natural keys rather than ids, because a rebuild changes the ids. `league_key` is the league's present
    key, empty for leagues and clubs. A team's key is the keys of its series, club and squad, joined by "/".
    """

    class Kind(models.TextChoices):
        LEAGUE = "league"
        SERIES = "series"
        CLUB = "club"
        TEAM = "team"
        PLAYER = "player"

    kind = models.CharField(max_length=10, choices=Kind)
    league_key = models.CharField(max_length=100, blank=True)
    former_key = models.CharField(max_length=500)
    current_key = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "league_key", "former_key"], name="unique_former_key")]
        indexes = [models.Index(fields=["kind", "league_key", "current_key"], name="former_key_current")]

    def __str__(self) -> str:
        return f"{self.kind} {self.former_key} is now {self.current_key}"
