import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from leagues import selection
from leagues.models import SelectionAudit, User
from leagues.tests.factories import PlayerAssociationFactory, PlayerFactory, RosterSpotFactory, TeamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(member):
    """Another league `member` plays in, with a team."""
    player = PlayerFactory()
    PlayerAssociationFactory(user=member, player=player)
    return RosterSpotFactory(player=player, team=TeamFactory(league=player.league, squad="II")).team


def keys(team):
    return {
        "league": team.league.key,
        "series": team.series.key,
        "club": team.club.key,
        "squad": team.squad,
    }


def test_selecting_a_league_changes_user_session_and_page_at_once(member, login, second):
    page = login(member).post("/switch/", {"league": second.league.key}, follow=True)
    member.refresh_from_db()
    assert member.league_context == second.league
    assert member.league_context_selected_at is not None
    assert page.context["team"] == second
    assert page.client.session["context"]["league_key"] == second.league.key


def test_selecting_a_team_selects_its_league_too(member, login, second):
    page = login(member).post("/switch/", keys(second), follow=True)
    member.refresh_from_db()
    assert (member.league_context, member.team_context) == (second.league, second)
    assert page.context["team"] == second


def test_every_selection_is_audited_who_what_when_from_where(member, login, second):
    login(member).post("/switch/", keys(second), REMOTE_ADDR="198.51.100.7", HTTP_USER_AGENT="Racket/1")
    audit = SelectionAudit.objects.get()
    assert (audit.user, audit.league_key) == (member, second.league.key)
    assert audit.team_key == f"{second.season.key}/{second.series.key}/{second.club.key}/II"
    assert (audit.ip_address, audit.user_agent) == ("198.51.100.7", "Racket/1")


def test_a_selection_outlives_the_session_and_reaches_other_devices(member, login, second):
    elsewhere = Client()
    elsewhere.force_login(member)
    elsewhere.get("/")
    login(member).post("/switch/", {"league": second.league.key})
    assert elsewhere.get("/").context["league"] == second.league
    fresh = Client()
    fresh.force_login(member)
    assert fresh.get("/").context["league"] == second.league


def test_a_forbidden_selection_changes_nothing(member, login, team, other_team):
    for sent in (keys(other_team), {"league": other_team.league.key}):
        assert login(member).post("/switch/", sent).status_code == 403
    member.refresh_from_db()
    assert member.league_context == team.league
    assert not SelectionAudit.objects.exists()


def test_a_team_that_no_longer_plays_cannot_be_selected(member, login, team):
    gone = TeamFactory(league=team.league, is_active=False)
    answer = login(member).post("/switch/", keys(gone))
    assert answer.status_code == 403
    assert "no longer plays" in answer.content.decode()


def test_when_a_part_fails_all_of_it_is_undone(member, rf, client, second, monkeypatch):
    client.force_login(member)
    request = rf.post("/switch/")
    request.user, request.session = member, client.session
    monkeypatch.setattr(selection, "mark_stale", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        selection.select_league(request, second.league)
    member.refresh_from_db()
    assert member.league_context != second.league
    assert not SelectionAudit.objects.exists()
    assert client.session.get("context", {}).get("league_key") != second.league.key


def test_the_function_itself_refuses(member, rf, client, other_team):
    client.force_login(member)
    request = rf.post("/")
    request.user, request.session = member, client.session
    with pytest.raises(PermissionDenied, match="not open to you"):
        selection.select_league(request, other_team.league)


def test_a_user_who_was_deactivated_meanwhile_selects_nothing(member, rf, client, second):
    client.force_login(member)
    request = rf.post("/")
    request.user, request.session = member, client.session
    User.objects.filter(pk=member.pk).update(is_active=False)
    with pytest.raises(PermissionDenied, match="closed"):
        selection.select_league(request, second.league)
    member.refresh_from_db()
    assert member.league_context != second.league
