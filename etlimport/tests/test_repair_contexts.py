import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from etlimport.repair import fix_league_contexts
from leagues.models import Player
from leagues.tests.factories import (
    LeagueFactory,
    MatchScoreFactory,
    PlayerAssociationFactory,
    PlayerFactory,
    RosterSpotFactory,
    TeamFactory,
    UserFactory,
)
from sessionsync.models import RefreshSignal

pytestmark = pytest.mark.django_db


def fix(*args, **options):
    return fix_league_contexts(*args, publish=False, **options)


def user_in(context=None, plays_in=None, **fields):
    user = UserFactory(league_context=context, **fields)
    if plays_in:
        PlayerAssociationFactory(user=user, player__league=plays_in)
    return user


def context_of(user):
    user.refresh_from_db()
    return user.league_context


@pytest.fixture
def league():
    return LeagueFactory(code="APTA_CHICAGO", name="APTA Chicago")


def test_a_missing_context_becomes_the_best_league_and_says_so(league):
    user = user_in(plays_in=league, first_name="John", last_name="Doe")
    player = user.associations.get().player
    MatchScoreFactory.create_batch(15, league=league, home_player_1=player, date="2999-01-01")
    (found,) = fix()
    assert str(found) == "auto-fixed John Doe → APTA Chicago (15 matches)"
    assert context_of(user) == league


def test_without_matches_the_reason_is_named(league):
    user = user_in(plays_in=league, first_name="", last_name="", email="jo@example.com")
    RosterSpotFactory(player=user.associations.get().player, team__league=league)
    (found,) = fix()
    assert str(found) == "auto-fixed jo@example.com → APTA Chicago (team assignment)"


@pytest.mark.parametrize("active", [True, False], ids=["not theirs", "inactive"])
def test_a_context_that_is_inactive_or_not_theirs_is_replaced(league, active):
    user = user_in(LeagueFactory(is_active=active), plays_in=league)
    assert len(fix()) == 1
    assert context_of(user) == league


def test_a_context_where_only_an_inactive_player_is_left_is_replaced(league):
    user = user_in(context=league, plays_in=league)
    Player.objects.update(is_active=False)
    other = PlayerAssociationFactory(user=user).player.league
    fix()
    assert context_of(user) == other


def test_a_right_context_stays_even_if_another_league_is_better(league):
    user = user_in(context=league, plays_in=league)
    busy = PlayerAssociationFactory(user=user).player
    RosterSpotFactory(player=busy, team__league=busy.league)
    assert fix() == []
    assert context_of(user) == league


def test_without_an_active_player_an_active_league_stays(league):
    user = user_in(context=league)
    assert fix() == []
    assert context_of(user) == league


def test_without_an_active_player_an_inactive_league_is_cleared():
    gone = LeagueFactory(name="Old League", is_active=False)
    user = user_in(gone, first_name="Ann", last_name="Cole")
    (found,) = fix()
    assert str(found) == "cleared Ann Cole: Old League is no longer active"
    assert context_of(user) is None
    assert fix() == []


def test_a_team_of_the_former_league_is_let_go_and_one_of_the_new_stays(league):
    former = LeagueFactory()
    leaving = user_in(former, plays_in=league, team_context=TeamFactory(league=former))
    staying = user_in(former, plays_in=league, team_context=TeamFactory(league=league))
    fix()
    leaving.refresh_from_db()
    staying.refresh_from_db()
    assert leaving.team_context is None
    assert staying.team_context.league == league


def test_inactive_users_are_left_alone(league):
    user_in(plays_in=league, is_active=False)
    assert fix() == []


def test_only_the_users_asked_for(league):
    one, other = user_in(plays_in=league), user_in(plays_in=league)
    assert [each.user_id for each in fix([one.pk])] == [one.pk]
    assert context_of(other) is None


def test_a_dry_run_finds_the_same_and_changes_nothing(league):
    user = user_in(plays_in=league)
    preview = fix(dry_run=True)
    assert context_of(user) is None
    assert fix() == preview


def test_many_users_take_as_many_queries_as_one(league):
    def queries_for(number: int) -> int:
        for user in UserFactory.create_batch(number):
            PlayerAssociationFactory(user=user, player=PlayerFactory(league=league))
        with CaptureQueriesContext(connection) as queries:
            assert len(fix()) == number
        return len(queries)

    queries_for(1)  # from now on there is a working table to drop
    assert queries_for(1) == queries_for(20)


def test_on_its_own_it_signals_exactly_the_users_it_changed(league):
    user = user_in(plays_in=league)
    user_in(context=league, plays_in=league)
    fix_league_contexts()
    signal = RefreshSignal.objects.get()
    assert (signal.user, signal.new_league_id, signal.refresh_reason) == (user, league.pk, "context repaired")
    assert not signal.is_refreshed
