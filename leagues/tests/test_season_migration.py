"""The migration that gives a league its first season names it by its dates."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from leagues.models import ScheduledMatch, Season
from leagues.tests.factories import LeagueFactory, ScheduledMatchFactory

pytestmark = pytest.mark.django_db

migration = import_module("leagues.migrations.0007_seasons")
FIRST = date(2024, 9, 10)


def test_dates_far_from_all_others_name_no_season():
    match = ScheduledMatchFactory(date=FIRST)
    dates = [FIRST + timedelta(days=7 * week) for week in range(1, 20)] + [date(1925, 10, 1), date(2035, 10, 1)]
    for day in dates:
        ScheduledMatchFactory(home_team=match.home_team, away_team=match.away_team, date=day)
    assert migration.dates_by_league(ScheduledMatch) == {match.league_id: (FIRST, FIRST + timedelta(days=133))}


def test_every_league_gets_one_season_also_without_any_match():
    match = ScheduledMatchFactory(date=FIRST)
    Season.objects.all().update(key="of the test")
    without = LeagueFactory()
    migration.make_one_season_per_league(apps, None)
    found = dict(Season.objects.exclude(key="of the test").values_list("league", "key"))
    assert found[match.league_id] == "2024"
    assert set(found) == {match.league_id, without.pk}
