from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser

from leagues.access import forbidden_selections, leagues_for, user_can_access_league
from leagues.models import League
from leagues.tests.factories import (
    LeagueFactory,
    OrganizationFactory,
    PlayerAssociationFactory,
    PlayerFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def test_a_user_sees_the_leagues_of_their_active_players_and_no_other(member, team, other_team):
    PlayerAssociationFactory(user=member, player=PlayerFactory(is_active=False))
    assert list(leagues_for(member)) == [team.league]
    assert user_can_access_league(member, team.league)
    assert not user_can_access_league(member, other_team.league)


def test_an_inactive_league_is_open_to_nobody(member, team):
    League.objects.update(is_active=False)
    for user in (member, UserFactory(), UserFactory(is_staff=True)):
        assert not user_can_access_league(user, team.league)


def test_a_user_without_players_sees_all_leagues(team, other_team):
    assert set(leagues_for(UserFactory())) == {team.league, other_team.league}


def test_staff_see_all_leagues(member, team, other_team):
    member.is_staff = True
    assert set(leagues_for(member)) == {team.league, other_team.league}


def test_nobody_in_particular_and_inactive_users_see_nothing(team):
    assert not leagues_for(AnonymousUser())
    assert not leagues_for(UserFactory(is_active=False))


def test_an_organization_opens_its_leagues_only_where_there_are_tenants(member, team, settings):
    member.organization = OrganizationFactory()
    ours = LeagueFactory(organization=member.organization)
    LeagueFactory(organization=OrganizationFactory())
    LeagueFactory()
    assert set(leagues_for(member)) == {team.league}
    settings.MULTI_TENANCY = True
    assert set(leagues_for(member)) == {team.league, ours}


@pytest.mark.parametrize("multi_tenancy", [False, True])
def test_the_rule_over_all_users_is_the_rule_for_each(settings, multi_tenancy):
    settings.MULTI_TENANCY = multi_tenancy
    ours, theirs = OrganizationFactory(), OrganizationFactory()
    leagues = [LeagueFactory(is_active=active, organization=of) for active, of in product((True, False), (ours, None))]
    users = [
        UserFactory(is_staff=is_staff, organization=organization, league_context=league)
        for is_staff, organization, league in product((True, False), (ours, theirs, None), leagues)
        for _ in range(3)
    ]
    for user in users[1::3]:
        PlayerAssociationFactory(user=user, player=PlayerFactory(league=user.league_context))
    for user in users[2::3]:
        PlayerAssociationFactory(user=user, player=PlayerFactory(league=user.league_context, is_active=False))
    void = {user.pk for user in users if not user_can_access_league(user, user.league_context)}
    assert void
    assert len(void) < len(users)
    assert set(forbidden_selections().values_list("pk", flat=True)) == void
