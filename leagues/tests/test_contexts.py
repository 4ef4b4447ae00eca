import json
import logging

import pytest

from leagues.contexts import ALL_CONTEXTS_SQL, build_context
from leagues.models import User
from leagues.sql import dicts
from leagues.tests.factories import (
    LeagueFactory,
    PlayerAssociationFactory,
    PlayerFactory,
    RosterSpotFactory,
    SeriesFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def player_on(team, user, **association):
    player = PlayerFactory(league=team.league)
    RosterSpotFactory(player=player, team=team)
    PlayerAssociationFactory(user=user, player=player, **association)
    return player


@pytest.fixture
def team():
    return TeamFactory(name="Elm 5", squad="II")


@pytest.fixture
def user(team):
    return UserFactory(league_context=team.league)


def test_a_context_names_player_league_team_series_and_club(user, team):
    player = player_on(team, user)
    context = build_context(user.pk, None)
    assert context["id"] == user.pk
    assert context["email"] == user.email
    assert context["external_player_id"] == player.external_id
    assert context["player_name"] == player.full_name
    assert (context["league_key"], context["team_name"]) == (team.league.key, "Elm 5")
    assert (context["series_key"], context["club_key"], context["squad"]) == (
        team.series.key,
        team.club.key,
        "II",
    )
    assert json.loads(json.dumps(context)) == context


def test_a_player_in_the_league_takes_one_query_and_nobody_else_more_than_two(user, team, django_assert_num_queries):
    for unassociated in (user, UserFactory(), UserFactory(league_context=team.league)):
        with django_assert_num_queries(2):
            assert build_context(unassociated.pk)["external_player_id"] == ""
    player_on(team, user)
    with django_assert_num_queries(1):
        build_context(user.pk)


def test_a_user_who_is_gone_or_inactive_has_no_context():
    assert build_context(UserFactory(is_active=False).pk) is None
    assert build_context(0) is None


def test_the_primary_player_comes_first_then_the_older_association(user, team):
    player_on(team, user)
    second = player_on(team, user)
    assert build_context(user.pk)["player_id"] != second.pk
    user.associations.filter(player=second).update(is_primary=True)
    assert build_context(user.pk)["player_id"] == second.pk


def test_the_chosen_team_comes_before_the_roster_and_the_roster_in_order_of_series(user, team):
    player = player_on(team, user)
    earlier = TeamFactory(league=team.league, series=SeriesFactory(league=team.league, name="A"))
    RosterSpotFactory(player=player, team=earlier)
    assert build_context(user.pk)["team_id"] == earlier.pk
    User.objects.filter(pk=user.pk).update(team_context=team)
    assert build_context(user.pk)["team_id"] == team.pk


@pytest.mark.parametrize("fault", ["inactive", "elsewhere"])
def test_a_chosen_team_that_is_inactive_or_in_another_league_is_passed_over(user, team, fault):
    player_on(team, user)
    chosen = TeamFactory(is_active=False, league=team.league) if fault == "inactive" else TeamFactory()
    User.objects.filter(pk=user.pk).update(team_context=chosen)
    assert build_context(user.pk)["team_id"] == team.pk


@pytest.mark.parametrize("fault", ["inactive league", "left the league"])
def test_a_selection_no_longer_permitted_gives_way_to_the_best_league(user, team, fault, caplog):
    player_on(team, user)
    gone = LeagueFactory(is_active=fault != "inactive league")
    PlayerAssociationFactory(user=user, player=PlayerFactory(league=gone, is_active=False))
    User.objects.filter(pk=user.pk).update(league_context=gone)
    with caplog.at_level(logging.WARNING, logger="leagues"):
        context = build_context(user.pk)
    assert context["team_id"] == team.pk
    user.refresh_from_db()
    assert user.league_context == team.league
    assert f"Cleared league {gone.pk}" in caplog.text


def test_without_a_better_league_the_selection_is_cleared(user):
    PlayerAssociationFactory(user=user, player=PlayerFactory(is_active=False))
    context = build_context(user.pk)
    assert context["league_id"] is None
    assert context["league_name"] == ""
    user.refresh_from_db()
    assert user.league_context is None


def test_a_user_without_a_selection_gets_the_best_league(team):
    user = UserFactory()
    player_on(team, user)
    assert build_context(user.pk)["league_id"] == team.league_id


def test_the_sql_gives_each_active_user_once(user, team):
    player_on(team, user)
    player_on(team, user)
    UserFactory(is_active=False)
    lonely = UserFactory()
    assert [row["user_id"] for row in dicts(f"{ALL_CONTEXTS_SQL} ORDER BY user_id")] == [user.pk, lonely.pk]
