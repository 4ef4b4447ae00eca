import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leagues.discovery import discover_associations, open_suggestions
from leagues.models import AssociationSuggestion, Player, PlayerAssociation, Season
from leagues.tests.factories import (
    AssociationSuggestionFactory,
    ClubFactory,
    LeagueFactory,
    OrganizationFactory,
    PlayerAssociationFactory,
    PlayerFactory,
    RosterSpotFactory,
    SeasonFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
ANN = {"first_name": "Ann", "last_name": "Cole"}


@pytest.fixture
def club():
    return ClubFactory(name="Midtown")


@pytest.fixture
def home():
    return LeagueFactory(code="HOME")


@pytest.fixture
def away():
    return LeagueFactory(code="AWAY")


@pytest.fixture
def ann(home, club):
    """A user linked with the player of her name in the home league."""
    user = UserFactory(email="ann@example.com", **ANN)
    PlayerAssociationFactory(user=user, player=player(home, club))
    return user


def player(league, club, active=True, **name):
    found = PlayerFactory(league=league, is_active=active, **(name or ANN))
    RosterSpotFactory(player=found, team__league=league, team__club=club)
    return found


def players_of(user):
    return {association.player for association in PlayerAssociation.objects.filter(user=user)}


def discover(*args, **options):
    return discover_associations(*args, publish=False, **options)


def assert_only_suggested(user, candidate):
    (found,) = [each for each in discover() if each.user_id == user.pk]
    assert (found.player_id, found.linked) == (candidate.pk, False)
    assert candidate not in players_of(user)
    assert [suggestion.player for suggestion in open_suggestions(user)] == [candidate]


def test_the_same_name_at_a_shared_club_is_linked(ann, away, club):
    candidate = player(away, club)
    (found,) = discover()
    assert found.linked
    assert str(found) == "linked: ann@example.com → Ann Cole, Away (same name, same club Midtown)"
    assert candidate in players_of(ann)
    assert not AssociationSuggestion.objects.exists()


def test_a_name_split_otherwise_is_the_same_name(ann, away, club):
    candidate = player(away, club, first_name="ANN", last_name="Cole - MSC")
    discover()
    assert candidate in players_of(ann)


def test_a_name_alone_is_a_suggestion(ann, away):
    assert_only_suggested(ann, player(away, ClubFactory()))


def test_a_nickname_at_a_shared_club_is_a_suggestion(away, home, club):
    user = UserFactory(first_name="Robert", last_name="Cole")
    PlayerAssociationFactory(user=user, player=player(home, club, first_name="Robert", last_name="Cole"))
    assert_only_suggested(user, player(away, club, first_name="Bob", last_name="Cole"))


def test_a_user_without_any_player_gets_suggestions_by_their_own_name(away, club):
    user = UserFactory(**ANN)
    assert_only_suggested(user, player(away, club))


def test_a_claimed_player_is_never_touched(ann, away, club):
    claimed = player(away, club)
    owner = PlayerAssociationFactory(player=claimed, user=UserFactory(first_name="Eve", last_name="Fox")).user
    assert discover() == []
    assert players_of(owner) == {claimed}


def test_two_users_of_one_name_are_never_linked_silently(ann, away, club):
    namesake = UserFactory(**ANN)
    candidate = player(away, club)
    assert {(each.user_id, each.linked) for each in discover()} == {(ann.pk, False), (namesake.pk, False)}
    assert candidate not in players_of(ann)


def test_another_user_linked_with_a_player_of_the_name_counts_as_a_namesake(ann, away, club):
    third = LeagueFactory()
    mother = UserFactory(first_name="Eve", last_name="Fox")
    PlayerAssociationFactory(user=mother, player=player(third, club, active=False))
    player(away, club)
    assert not any(each.linked for each in discover())


@pytest.mark.parametrize("side", ["theirs", "the other"])
def test_a_club_of_a_season_that_is_over_links_nobody(ann, home, away, club, side):
    """Somebody of the name plays there now, where the user played a year ago, or the other way round."""
    candidate = player(away, club, **ANN)
    league = home if side == "theirs" else away
    Season.objects.filter(league=league).update(is_current=False)
    SeasonFactory(league=league, key="2026-27")
    assert_only_suggested(ann, candidate)


def test_two_players_of_one_name_in_the_other_league_are_never_linked_silently(ann, away, club):
    player(away, club)
    player(away, ClubFactory())
    found = discover()
    assert [each.linked for each in found] == [False, False]


def test_a_namesake_in_the_home_league_forbids_a_silent_link(ann, home, away, club):
    player(home, ClubFactory())
    assert_only_suggested(ann, player(away, club))


def test_a_player_who_left_vouches_for_nobody(ann, away, club):
    Player.objects.filter(association__user=ann).update(is_active=False)
    assert_only_suggested(ann, player(away, club))


def test_no_second_player_in_a_league_the_user_is_in(ann, home, away, club):
    mine = PlayerAssociationFactory(user=ann, player__league=away).player
    player(away, club)
    assert discover() == []
    assert mine in players_of(ann)


@pytest.mark.parametrize("gone", ["player", "league"])
def test_inactive_players_and_leagues_are_no_candidates(ann, away, club, gone):
    player(away, club, active=gone != "player")
    away.is_active = gone != "league"
    away.save()
    assert discover() == []


def test_other_organisations_are_out_of_sight(ann, away, club):
    ann.organization = OrganizationFactory()
    ann.save()
    away.organization = OrganizationFactory()
    away.save()
    player(away, club)
    assert discover() == []


def test_what_was_declined_is_never_linked_nor_asked_again(ann, away, club):
    candidate = player(away, club)
    AssociationSuggestionFactory(user=ann, player=candidate, status="declined")
    assert discover() == []
    assert AssociationSuggestion.objects.get().status == "declined"
    assert candidate not in players_of(ann)


def test_an_open_question_that_becomes_certain_is_answered_by_the_link(ann, away, club):
    candidate = player(away, ClubFactory())
    discover()
    RosterSpotFactory(player=candidate, team__league=away, team__club=club)
    discover()
    suggestion = AssociationSuggestion.objects.get()
    assert suggestion.status == "accepted"
    assert suggestion.decided_at
    assert candidate in players_of(ann)


def test_repeating_it_finds_nothing_new(ann, away, club):
    player(away, club)
    player(LeagueFactory(), ClubFactory())
    assert len(discover()) == 2
    assert discover() == []


def test_a_dry_run_finds_the_same_and_changes_nothing(ann, away, club):
    player(away, club)
    player(LeagueFactory(), ClubFactory())
    preview = discover(dry_run=True)
    assert PlayerAssociation.objects.count() == 1
    assert not AssociationSuggestion.objects.exists()
    assert discover() == preview


def test_limit_and_user_ids_narrow_it_down(ann, away, club):
    other = UserFactory(first_name="Eve", last_name="Fox")
    player(away, club)
    player(LeagueFactory(), ClubFactory())
    player(away, club, first_name="Eve", last_name="Fox")
    assert len(discover(limit=2, dry_run=True)) == 2
    assert [each.user_id for each in discover([other.pk])] == [other.pk]
    assert discover([]) == []


def test_a_suggestion_for_a_player_claimed_since_is_no_longer_open(ann, away):
    candidate = player(away, ClubFactory())
    discover()
    PlayerAssociationFactory(player=candidate)
    assert not open_suggestions(ann).exists()


def test_the_number_of_queries_does_not_grow_with_the_number_of_users(ann, away, club, home):
    player(away, club)
    with CaptureQueriesContext(connection) as few:
        discover(dry_run=True)
    for number in range(20):
        name = {"first_name": f"Given{number}", "last_name": "Many"}
        PlayerAssociationFactory(user=UserFactory(**name), player=player(home, club, **name))
        player(away, club, **name)
    with CaptureQueriesContext(connection) as many:
        assert len(discover(dry_run=True)) == 21
    assert len(many) == len(few)
