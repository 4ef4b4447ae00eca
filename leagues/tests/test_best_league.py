from datetime import timedelta

import pytest
from django.utils import timezone

from leagues.best_league import best_league_for
from leagues.tests.factories import (
    LeagueFactory,
    MatchScoreFactory,
    PlayerAssociationFactory,
    PlayerFactory,
    RosterSpotFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return UserFactory()


def player_in(user, code, **fields):
    league = LeagueFactory(code=code)
    return PlayerAssociationFactory(user=user, player=PlayerFactory(league=league, **fields)).player


def played(player, days_ago, times=1, seat="home_player_1"):
    MatchScoreFactory.create_batch(
        times, league=player.league, date=timezone.localdate() - timedelta(days=days_ago), **{seat: player}
    )


def test_a_team_assignment_comes_before_any_matches(user):
    played(player_in(user, "A"), days_ago=3, times=9)
    on_a_team = player_in(user, "B")
    RosterSpotFactory(player=on_a_team, team__league=on_a_team.league)
    assert best_league_for(user) == on_a_team.league


@pytest.mark.parametrize("inactive", [{"is_active": False}, {"team__is_active": False}])
def test_an_inactive_roster_spot_or_team_is_no_assignment(user, inactive):
    former = player_in(user, "B")
    RosterSpotFactory(player=former, **{"team__league": former.league, **inactive})
    playing = player_in(user, "C")
    played(playing, days_ago=3)
    assert best_league_for(user) == playing.league


@pytest.mark.parametrize("seat", ["home_player_1", "home_player_2", "away_player_1", "away_player_2"])
def test_then_the_most_matches_of_the_last_12_months_count_in_any_seat(user, seat):
    played(player_in(user, "A"), days_ago=1)
    busy = player_in(user, "B")
    played(busy, days_ago=30, times=2, seat=seat)
    assert best_league_for(user) == busy.league


def test_then_the_most_recent_match(user):
    played(player_in(user, "A"), days_ago=900, times=5)
    recent = player_in(user, "B")
    played(recent, days_ago=400)
    player_in(user, "C")
    assert best_league_for(user) == recent.league


def test_then_the_league_code(user):
    player_in(user, "B")
    first = player_in(user, "A")
    assert best_league_for(user) == first.league


def test_only_active_leagues_with_an_active_player_count(user):
    gone = player_in(user, "A")
    gone.league.is_active = False
    gone.league.save()
    player_in(user, "B", is_active=False)
    player_in(UserFactory(), "C")
    assert best_league_for(user) is None


def test_it_takes_one_query(user, django_assert_num_queries):
    player_in(user, "A")
    with django_assert_num_queries(1):
        best_league_for(user)
