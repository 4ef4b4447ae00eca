"""After the rows have their season, in a transaction of its own: PostgreSQL alters no table with pending rows."""

import django.db.models.deletion
from django.db import migrations, models

from leagues.models.base import NaturalKeyConstraint

SEASON = {"on_delete": django.db.models.deletion.CASCADE, "to": "leagues.season"}


class Migration(migrations.Migration):

    dependencies = [
        ("leagues", "0007_seasons"),
    ]

    operations = [
        migrations.AlterField("team", "season", models.ForeignKey(related_name="teams", **SEASON)),
        migrations.AlterField("scheduledmatch", "season", models.ForeignKey(related_name="scheduled_matches", **SEASON)),
        migrations.AlterField(
            "matchscore", "season", models.ForeignKey(db_index=False, related_name="match_scores", **SEASON)
        ),
        migrations.RemoveConstraint(model_name="team", name="unique_team_club_series_league"),
        migrations.AddConstraint(
            model_name="team",
            constraint=NaturalKeyConstraint(
                fields=["league", "season", "series", "club", "squad"], name="unique_team_club_series_league"
            ),
        ),
        migrations.RemoveIndex(model_name="matchscore", name="match_score_league_date"),
        migrations.AddIndex(
            model_name="matchscore", index=models.Index(fields=["season", "date"], name="match_score_season_date")
        ),
    ]
