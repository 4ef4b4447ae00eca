from datetime import timedelta

import pytest
from django.utils import timezone

from etlimport.models import AmbiguousIdentity, ImportRun
from etlimport.repair import re_associate_users
from leagues.models import Player
from leagues.tests.factories import (
    ClubFactory,
    LeagueFactory,
    PlayerAssociationFactory,
    PlayerFactory,
    RosterSpotFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
ANN = {"first_name": "Ann", "last_name": "Cole"}
NOW = timezone.now()
LAST_YEAR, LAST_WEEK, YESTERDAY = (NOW - timedelta(days=days) for days in (365, 7, 1))


@pytest.fixture
def league():
    return LeagueFactory(name="APTA Chicago")


@pytest.fixture
def club():
    return ClubFactory(name="Midtown")


@pytest.fixture
def left(league, club):
    """Ann's player, who left the league last week."""
    return player(league, club, is_active=False, created_at=LAST_YEAR, updated_at=LAST_WEEK)


@pytest.fixture
def association(left):
    return PlayerAssociationFactory(user__email="ann@example.com", player=left, is_primary=True)


def player(league, club, is_active=True, created_at=YESTERDAY, updated_at=YESTERDAY, **name):
    found = PlayerFactory(
        league=league, is_active=is_active, created_at=created_at, updated_at=updated_at, **(name or ANN)
    )
    RosterSpotFactory(player=found, team__league=league, team__club=club, is_active=is_active)
    return found


def restore(*args, **options):
    return re_associate_users(*args, publish=False, **options)


def assert_kept(association, reason):
    (found,) = [each for each in restore() if each.association_id == association.pk]
    assert not found.restored
    assert found.reason == reason
    before = association.player_id
    association.refresh_from_db()
    assert association.player_id == before


def test_the_same_person_back_at_their_club_gets_their_link_back(association, league, club):
    back = player(league, club, first_name="Ann", last_name="COLE - MSC")
    (found,) = restore()
    assert str(found) == "restored: ann@example.com is Ann Cole, APTA Chicago (same name, same club Midtown)"
    association.refresh_from_db()
    assert association.player == back
    assert association.is_primary
    assert restore() == []


def test_nobody_of_the_name_keeps_the_inactive_player_and_says_so(association, league, club):
    player(league, club, first_name="Eve", last_name="Cole")
    assert_kept(association, "no active player of this name in the league")


def test_another_league_is_not_the_same_league(association, club):
    player(LeagueFactory(), club)
    assert_kept(association, "no active player of this name in the league")


def test_two_active_players_of_the_name_are_never_guessed_at(association, league, club):
    player(league, club)
    player(league, ClubFactory())
    assert_kept(association, "several players of this name")


def test_two_players_of_the_name_who_left_are_never_guessed_at(association, league, club):
    player(league, club, is_active=False, created_at=LAST_YEAR, updated_at=LAST_WEEK)
    player(league, club)
    assert_kept(association, "several players of this name")


def test_a_claimed_player_is_never_taken(association, league, club):
    owner = PlayerAssociationFactory(player=player(league, club))
    assert_kept(association, "the active player of this name is linked already")
    owner.refresh_from_db()
    assert owner.user != association.user


def test_a_user_never_gets_a_second_active_player_in_a_league(association, league, club):
    PlayerAssociationFactory(user=association.user, player=player(league, club, first_name="Eve", last_name="Fox"))
    player(league, club)
    assert_kept(association, "already linked to another active player of the league")


def test_a_namesake_at_another_club_is_another_person(association, league):
    player(league, ClubFactory())
    assert_kept(association, "a namesake at no club in common")


def test_a_namesake_who_was_there_before_she_left_is_another_person(association, league, club):
    player(league, club, created_at=LAST_WEEK - timedelta(days=1))
    assert_kept(association, "a namesake who may have played at the same time")


def run_around(moment, mode="merge"):
    minute = timedelta(minutes=1)
    return ImportRun.objects.create(
        status="published", mode=mode, started_at=moment - minute, finished_at=moment + minute
    )


def test_leaving_and_coming_in_one_run_is_one_person_rekeyed(association, league, club):
    run_around(LAST_WEEK)
    back = player(league, club, created_at=LAST_WEEK - timedelta(seconds=5))
    restore()
    association.refresh_from_db()
    assert association.player == back


@pytest.mark.parametrize("moment", [LAST_WEEK, YESTERDAY], ids=["as she left", "later"])
def test_a_row_made_by_a_rebuild_cannot_tell_when_its_player_came(association, league, club, moment):
    run_around(moment, mode="rebuild")
    player(league, club, created_at=moment)
    assert_kept(association, "a namesake who may have played at the same time")


def test_two_rows_made_in_one_run_are_two_people(association, left, league, club):
    run_around(LAST_WEEK)
    Player.objects.filter(pk=left.pk).update(created_at=LAST_WEEK - timedelta(seconds=5))
    player(league, club, created_at=LAST_WEEK - timedelta(seconds=5))
    assert_kept(association, "a namesake who may have played at the same time")


@pytest.mark.parametrize("status", ["open", "different"])
def test_what_an_operator_has_to_decide_or_denied_is_left_to_them(association, left, league, club, status):
    run = ImportRun.objects.create(status="published")
    AmbiguousIdentity.objects.create(
        run=run, kind="player", old_id=left.pk, new_id=player(league, club).pk, status=status
    )
    assert_kept(association, "for an operator to decide, or decided: not the same")


def test_the_same_player_id_in_another_case_needs_no_club(association, left, league):
    back = player(league, ClubFactory())
    Player.objects.filter(pk=back.pk).update(external_id=left.external_id.lower())
    (found,) = restore()
    assert found.reason == "same name, same player id"


def test_active_players_are_none_of_its_business():
    PlayerAssociationFactory()
    assert restore() == []


def test_only_the_users_asked_for_and_a_dry_run_changes_nothing(association, left, league, club):
    player(league, club)
    assert restore([UserFactory().pk]) == []
    (preview,) = restore([association.user_id], dry_run=True)
    association.refresh_from_db()
    assert association.player == left
    assert restore([association.user_id]) == [preview]
