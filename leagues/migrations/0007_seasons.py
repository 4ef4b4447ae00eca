"""Teams, scheduled matches and match lines are of a season. Each league that has any gets one, told by its dates."""

from datetime import timedelta

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models
from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from leagues.models.base import NaturalKeyConstraint
from leagues.season_keys import key_of_dates, name_of

FAR = timedelta(days=240)


def make_one_season_per_league(apps, schema_editor):
    """The dates of a season are those of its schedule; without one, those of its match lines.

    Dates farther than FAR from the middle one are taken for errors of writing, or for matches of earlier years.
    """
    League, Season = apps.get_model("leagues", "League"), apps.get_model("leagues", "Season")
    scheduled = dates_by_league(apps.get_model("leagues", "ScheduledMatch"))
    played = dates_by_league(apps.get_model("leagues", "MatchScore"))
    for league in League.objects.all():
        starts_on, ends_on = scheduled.get(league.pk) or played.get(league.pk) or (None, None)
        key = key_of_dates(starts_on, ends_on, timezone.localdate())
        Season.objects.create(league=league, key=key, name=name_of(key), starts_on=starts_on, ends_on=ends_on)
    for name in ("Team", "ScheduledMatch", "MatchScore"):
        season = Season.objects.filter(league=OuterRef("league")).values("pk")[:1]
        apps.get_model("leagues", name).objects.update(season=Subquery(season))


def dates_by_league(model):
    by_league = {}
    for league, date, rows in model.objects.values_list("league", "date").annotate(Count("pk")).order_by("date"):
        by_league.setdefault(league, []).extend([date] * rows)
    found = {}
    for league, dates in by_league.items():
        middle = dates[len(dates) // 2]
        near = [date for date in dates if abs(date - middle) <= FAR]
        found[league] = near[0], near[-1]
    return found


class Migration(migrations.Migration):

    dependencies = [
        ("leagues", "0006_addresses_and_ids_of_the_source"),
    ]

    operations = [
        migrations.CreateModel(
            name="Season",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ("updated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ("key", models.CharField(help_text="As in addresses: 2025-26, or 2025 where it lies in one year.", max_length=50)),
                ("name", models.CharField(max_length=100)),
                ("starts_on", models.DateField(blank=True, null=True)),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("is_current", models.BooleanField(db_default=True, default=True, help_text="Whether it is the league's latest.")),
                ("league", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="seasons", to="leagues.league")),
            ],
            options={"ordering": ["league", "-key"]},
        ),
        migrations.AddConstraint(
            model_name="season",
            constraint=NaturalKeyConstraint(fields=["league", "key"], name="unique_season_league"),
        ),
        migrations.AddField(
            model_name="team",
            name="season",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="teams", to="leagues.season"),
        ),
        migrations.AddField(
            model_name="team",
            name="previous",
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="following", to="leagues.team"),
        ),
        migrations.AddField(
            model_name="scheduledmatch",
            name="season",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="scheduled_matches", to="leagues.season"),
        ),
        migrations.AddField(
            model_name="matchscore",
            name="season",
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="match_scores", to="leagues.season"),
        ),
        migrations.RunPython(make_one_season_per_league, migrations.RunPython.noop),
    ]
