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


class Portrait(models.Model):
    player = models.OneToOneField(Player, on_delete=models.PROTECT)

    class Meta:
        app_label = "fanclub"

    def __str__(self):
        return f"portrait of {self.player}"
