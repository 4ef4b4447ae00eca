from django.db import models

from leagues.models import Club, Player, Team


class FanClub(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE)
    club = models.ForeignKey(Club, on_delete=models.SET_NULL, null=True)
    favourites = models.ManyToManyField(Player)

    class Meta:
        app_label = "fanclub"

    def __str__(self):
        return f"fans of {self.team}"


class Badge(models.Model):
    """Its key is no number."""

    code = models.CharField(max_length=20, primary_key=True)
    player = models.OneToOneField(Player, on_delete=models.CASCADE)

    class Meta:
        app_label = "fanclub"

    def __str__(self):
        return self.code


class Locker(models.Model):
    """Its key is the player."""

    player = models.OneToOneField(Player, on_delete=models.CASCADE, primary_key=True)
    number = models.IntegerField()

    class Meta:
        app_label = "fanclub"

    def __str__(self):
        return f"locker {self.number}"


class Portrait(models.Model):
    player = models.OneToOneField(Player, on_delete=models.PROTECT)

    class Meta:
        app_label = "fanclub"

    def __str__(self):
        return f"portrait of {self.player}"
