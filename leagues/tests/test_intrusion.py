"""A user can neither select nor see a league that is not open to them, by any URL, id, method or header."""

import pytest
from django.urls import reverse

from leagues.models import League, SelectionAudit
from leagues.tests.factories import PlayerFactory, RosterSpotFactory, StandingFactory
from leagues.urls import urlpatterns

pytestmark = pytest.mark.django_db

SECRET = "Secret"
METHODS = ["get", "head", "options", "post", "put", "patch", "delete", "trace"]
PUBLIC = {
    "register",
    "register_in",
    "login",
    "password_reset",
    "password_reset_done",
    "password_reset_confirm",
    "password_reset_complete",
}


@pytest.fixture
def secret(other_team):
    player = PlayerFactory(league=other_team.league, first_name=SECRET, last_name="Player", external_id="S-1")
    RosterSpotFactory(team=other_team, player=player)
    StandingFactory(team=other_team)
    League.objects.filter(pk=other_team.league_id).update(name="Secret League")
    return other_team


def addresses(team):
    league = team.league.key
    return [
        team.league.get_absolute_url(),
        team.series.get_absolute_url(),
        team.get_absolute_url(),
        f"/l/{league}/p/S-1/",
        f"/l/{league}/t/{team.series.key}/{team.club.key}/no-squad/",
        f"/l/{league}/s/no-series/",
        f"/settings/player/{league}/",
        f"/api/leagues/{team.league_id}/select",
    ]


@pytest.mark.parametrize("method", METHODS)
def test_no_address_and_method_shows_it(member, login, secret, method):
    client = login(member)
    for address in addresses(secret):
        answer = getattr(client, method)(address)
        assert answer.status_code in (403, 404, 405), address
        assert SECRET.encode() not in answer.content.replace(b"Secret League is not open to you", b"")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-HTTP-Method-Override": "GET"},
        {"X-Forwarded-Host": "localhost", "X-Original-URL": "/", "X-Rewrite-URL": "/"},
        {"X-Forwarded-User": "admin@example.com", "Remote-User": "admin@example.com"},
        {"Authorization": "Bearer admin"},
        {"Referer": "http://testserver/admin/"},
    ],
)
def test_no_header_opens_it(member, login, secret, headers):
    for address in addresses(secret)[:4]:
        assert login(member).get(address, headers=headers).status_code == 403


def test_keys_of_one_league_do_not_reach_into_another(member, login, team, secret):
    client, league = login(member), team.league.key
    for address in (
        f"/l/{league}/s/{secret.series.key}/",
        f"/l/{league}/t/{secret.series.key}/{secret.club.key}/",
        f"/l/{league}/p/S-1/",
        f"/l/{league}/p/../../{secret.league.key}/p/S-1/",
        f"/l/{league}/p/%2e%2e/%2e%2e/{secret.league.key}/",
    ):
        answer = client.get(address)
        assert answer.status_code == 404
        assert b"Secret 9" not in answer.content


def test_a_team_cannot_be_smuggled_in_with_a_permitted_league(member, login, team, secret):
    sent = {"league": team.league.key, "series": secret.series.key, "club": secret.club.key, "squad": ""}
    assert login(member).post("/switch/", sent).status_code == 404
    member.refresh_from_db()
    assert member.team_context is None
    assert not SelectionAudit.objects.exists()


@pytest.mark.parametrize("page", ["/", "/switch/", "/settings/", "/settings/player/", "/api/leagues"])
def test_no_list_names_it(member, login, secret, page):
    assert SECRET.encode() not in login(member).get(page).content


def test_a_session_that_claims_it_shows_nothing_of_it(member, login, secret):
    client = login(member)
    client.get("/")
    session = client.session
    session["context"] = {
        **session["context"],
        "league_key": secret.league.key,
        "series_key": secret.series.key,
        "club_key": secret.club.key,
    }
    session.save()
    page = client.get("/")
    assert page.context["league"] is None
    assert b"Secret 9" not in page.content


def test_a_selection_written_past_the_pages_is_cleared_at_the_next_login(member, login, team, secret):
    type(member).objects.filter(pk=member.pk).update(league_context=secret.league, team_context=secret)
    page = login(member).get("/")
    assert page.context["league"] == team.league
    assert page.context["team"] == team
    member.refresh_from_db()
    assert member.league_context == team.league


def test_registering_again_while_logged_in_opens_nothing(member, login, secret):
    answer = login(member).post(f"/register/{secret.league.key}/", {}, follow=True)
    assert answer.status_code == 403


def guarded_pages():
    return [pytest.param(one, id=str(one.pattern) or "/") for one in urlpatterns if one.name not in PUBLIC]


@pytest.mark.parametrize("pattern", guarded_pages())
def test_every_page_but_the_public_ones_asks_to_log_in(client, pattern):
    address = reverse(pattern.name, kwargs=dict.fromkeys(pattern.pattern.converters, 1))
    for method in ("get", "post"):
        answer = getattr(client, method)(address)
        assert answer.status_code == 405 or answer.url.startswith("/login/")
