"""Every address of the site, every method, every disguise: nobody sees or changes what is not theirs."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import URLPattern, get_resolver, resolve

from leagues.models import AssociationSuggestion, League, PlayerAssociation, SelectionAudit
from sessionsync.models import RefreshSignal, UserSession

pytestmark = pytest.mark.django_db

NUMBER = 777_777
"""The id of everything that is none of the visitor's business, whatever it is, so that any id in any address hits."""
HIDDEN = ("Hushford League", "Hushford Team", "Hushford Player")
METHODS = ("get", "head", "options", "post", "put", "patch", "delete", "trace")
SHOWS_LEAGUES = {"/register/", "/register/quiet/"}
"""To make an account one has to find one's league: these name leagues, clubs and series, nothing of people or teams."""
DISGUISES = {
    "X-HTTP-Method-Override": "GET",
    "X-Original-URL": "/login/",
    "X-Rewrite-URL": "/login/",
    "X-Forwarded-Host": "localhost",
    "X-Forwarded-For": "127.0.0.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/register",
    "X-Forwarded-User": "owner@example.org",
    "Remote-User": "owner@example.org",
    "Authorization": "Basic b3duZXJAZXhhbXBsZS5vcmc6eA==",
    "X-Requested-With": "XMLHttpRequest",
    "Referer": "http://testserver/admin/",
}


def patterns(resolver=None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route of the site with the pattern at its end."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, pattern
        else:
            yield from patterns(pattern, route)


VALUES = {
    "league_key": "quiet",
    "series_key": "nine",
    "club_key": "corner",
    "key": "nine",
    "squad": "II",
    "external_id": "Q-1",
    "app_label": "leagues",
    "uidb64": "Nzc3Nzc3",
    "token": "set-password",
    "url": "no/such/page",
}


def addresses() -> list[str]:
    """Each route once, with the keys and the number of what is hidden in the place of its parameters."""
    found = []
    for route, _ in patterns():
        plain = re.sub(r"\(\?P<(\w+)>.*?\)(?=[/$])", r"<\1>", route).replace("^", "").replace("$", "")
        found.append("/" + re.sub(r"<(?:\w+:)?(\w+)>|\{(\w+)\}", lambda name: VALUES.get(name[1], str(NUMBER)), plain))
    return sorted(set(found))


@pytest.fixture
def hidden(db):
    """A league of somebody else, and what that person has: all of it with the same number."""
    from leagues.tests import factories

    league = factories.LeagueFactory(id=NUMBER, code="QUIET", key="quiet", name="Hushford League")
    series = factories.SeriesFactory(id=NUMBER, league=league, name="Nine", key="nine")
    club = factories.ClubFactory(id=NUMBER, name="Corner", key="corner")
    team = factories.TeamFactory(id=NUMBER, league=league, series=series, club=club, squad="II", name="Hushford Team")
    player = factories.PlayerFactory(
        id=NUMBER, league=league, external_id="Q-1", first_name="Hushford", last_name="Player"
    )
    factories.RosterSpotFactory(id=NUMBER, team=team, player=player)
    factories.StandingFactory(id=NUMBER, team=team)
    factories.PracticeTimeFactory(id=NUMBER, team=team)
    owner = factories.UserFactory(id=NUMBER, email="owner@example.org", league_context=league)
    factories.PlayerAssociationFactory(id=NUMBER, user=owner, player=player)
    suggested = factories.PlayerFactory(league=league, first_name="Hushford", last_name="Player")
    factories.AssociationSuggestionFactory(id=NUMBER, user=owner, player=suggested)
    Client().force_login(owner)
    UserSession.objects.filter(user=owner).update(id=NUMBER)
    RefreshSignal.objects.create(user=owner, email=owner.email, league_name=league.name, refresh_reason="test")
    return owner


@pytest.fixture
def member(db):
    """Who plays in another league."""
    from leagues.tests import factories

    spot = factories.RosterSpotFactory()
    user = factories.UserFactory(league_context=spot.player.league)
    factories.PlayerAssociationFactory(user=user, player=spot.player, is_primary=True)
    return user


@pytest.fixture(params=["member", "anonymous"])
def visit(request, member):
    """Returns a browser of who wants to see what is hidden, logged in as far as they can be."""

    def new_client() -> Client:
        client = Client(raise_request_exception=False)
        if request.param == "member":
            client.force_login(member)
        return client

    return new_client


def state() -> dict:
    """Of everybody's belongings, whatever a visitor might have changed."""
    models = (League, PlayerAssociation, AssociationSuggestion, RefreshSignal, SelectionAudit)
    rows = {model: [model_to_dict(row) for row in model.objects.order_by("pk")] for model in models}
    accounts = get_user_model().objects.order_by("pk").values_list("pk", "password", "league_context", "team_context")
    return {**rows, "accounts": list(accounts), "sessions": list(UserSession.objects.filter(id=NUMBER).values())}


SENT = {
    "league": "quiet",
    "series": "nine",
    "club": "corner",
    "squad": "II",
    "answer": "accept",
    "action": "delete_selected",
    "_selected_action": str(NUMBER),
    "user": str(NUMBER),
    "days": "0",
}


def test_the_sweep_hits_every_route():
    routes = {pattern.callback for _, pattern in patterns()}
    assert len(addresses()) > 60
    assert {resolve(address).func for address in addresses()} == routes


@pytest.mark.parametrize("method", METHODS)
def test_no_address_shows_or_changes_what_is_hidden(visit, hidden, method):
    before, client = state(), visit()
    for address in addresses():
        if method == "post":
            client = visit()  # what was posted before may have logged out the last one
        response = ask(client, method, address)
        assert response.status_code < 500, address
        shows_nothing(response, address)
    assert state() == before


def test_no_header_opens_it(visit, hidden):
    before, client = state(), visit()
    for address in addresses():
        shows_nothing(client.get(address, headers=DISGUISES), address)
        if not address.startswith("/admin/"):
            for name, value in DISGUISES.items():
                shows_nothing(client.get(address, headers={name: value}), address)
    assert client.post(f"/api/leagues/{NUMBER}/select", headers=DISGUISES).status_code in (401, 403)
    assert client.post("/switch/", SENT, headers=DISGUISES).status_code in (302, 403)
    assert state() == before


def test_the_owner_sees_it_at_those_addresses(hidden):
    owner = Client()
    owner.force_login(hidden)
    seen = " ".join(owner.get(address).content.decode() for address in addresses() if address.startswith("/l/"))
    assert all(name in seen for name in HIDDEN)


def ask(client: Client, method: str, address: str):
    if method != "post":
        return getattr(client, method)(address)
    if address.startswith("/api/"):
        return client.post(address, "{}", content_type="application/json")
    return client.post(address, SENT)


def shows_nothing(response, address: str) -> None:
    text = b"".join(response.streaming_content if response.streaming else [response.content]).decode(errors="replace")
    names = HIDDEN[1:] if address in SHOWS_LEAGUES else HIDDEN
    assert not [name for name in names if name in text], address
    assert not [name for name in HIDDEN if name in str(response.headers)], address
