import json

import pytest
from django.core.management import call_command

from leagues.stale_contexts import Cleared, clear_stale_contexts
from leagues.tests.factories import LeagueFactory, TeamFactory, UserFactory
from sessionsync.models import RefreshSignal
from sessionsync.versions import stored_state

pytestmark = pytest.mark.django_db


@pytest.fixture
def stale():
    """Users with a void selection: of the league, and of the team alone."""
    league = LeagueFactory()
    return [
        UserFactory(league_context=LeagueFactory(is_active=False)),
        UserFactory(league_context=league, team_context=TeamFactory(league=league, is_active=False)),
        UserFactory(league_context=league, team_context=TeamFactory()),
    ]


def test_void_selections_are_cleared_and_their_users_signalled(stale, member):
    before = stored_state().version
    assert clear_stale_contexts() == Cleared(leagues=1, teams=2)
    for user in (*stale, member):
        user.refresh_from_db()
    assert [user.league_context_id is None for user in (*stale, member)] == [True, False, False, False]
    assert [user.team_context_id for user in stale] == [None, None, None]
    assert set(RefreshSignal.objects.values_list("user", flat=True)) == {user.pk for user in stale}
    assert stored_state().version == before + 1


def test_with_nothing_to_clear_no_session_is_disturbed(member):
    before = stored_state().version
    assert clear_stale_contexts() == Cleared(0, 0)
    assert stored_state().version == before


def test_a_dry_run_only_counts(stale, capsys):
    call_command("cleanup_stale_contexts", "--dry-run", "--json")
    assert json.loads(capsys.readouterr().out) == {"dry_run": True, "leagues": 1, "teams": 2}
    stale[0].refresh_from_db()
    assert stale[0].league_context_id


def test_the_command_says_what_it_did(stale, capsys):
    call_command("cleanup_stale_contexts")
    assert "Cleared 1 selected leagues and 2 selected teams" in capsys.readouterr().out


def test_the_next_request_selects_the_best_league(member, login, team):
    client = login(member)
    client.get("/")
    type(member).objects.filter(pk=member.pk).update(league_context=LeagueFactory())
    clear_stale_contexts()
    page = client.get("/")
    assert page.context["league"] == team.league
    assert page["X-Session-Refresh-Reason"] == "context cleared"
