from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from leagues.models import SelectionAudit
from leagues.tests.factories import LeagueFactory, UserFactory
from sessionsync.models import RefreshSignal

pytestmark = pytest.mark.django_db


def signal_for(user, **fields):
    return RefreshSignal.objects.create(user=user, email=user.email, refresh_reason="team renamed", **fields)


@pytest.fixture
def staff():
    return UserFactory(is_staff=True)


def test_leagues_are_those_the_user_may_see(member, login, team, other_team):
    assert login(member).get("/api/leagues").json() == [
        {
            "id": team.league.pk,
            "key": team.league.key,
            "name": team.league.name,
            "url": f"/l/{team.league.key}/",
            "selected": True,
        }
    ]


def test_selecting_a_league_answers_with_the_new_context(member, login, team):
    answer = login(member).post(f"/api/leagues/{team.league.pk}/select")
    assert answer.status_code == 200
    assert answer.json()["context"]["team_name"] == "Elm 5"
    assert SelectionAudit.objects.get().user == member


def test_a_league_not_open_to_the_user_is_403_and_one_not_there_404_each_with_the_reason(member, login, other_team):
    forbidden = login(member).post(f"/api/leagues/{other_team.league.pk}/select")
    assert forbidden.status_code == 403
    assert "not open to you" in forbidden.json()["detail"]
    for pk in (0, LeagueFactory(is_active=False).pk):
        missing = login(member).post(f"/api/leagues/{pk}/select")
        assert missing.status_code == 404
        assert "no such league" in missing.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/api/leagues"),
        ("post", "/api/leagues/1/select"),
        ("get", "/api/session-refresh-status"),
        ("post", "/api/refresh-session"),
        ("post", "/api/cleanup-session-refresh-signals"),
    ],
)
def test_without_a_session_it_answers_401_in_json(client, method, path):
    answer = getattr(client, method)(path)
    assert answer.status_code == 401
    assert answer.json()["detail"]


@pytest.mark.parametrize("path", ["leagues/1/select", "refresh-session", "cleanup-session-refresh-signals"])
def test_unsafe_methods_need_the_csrf_token(staff, path):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(staff)
    assert strict.post(f"/api/{path}").status_code == 403
    strict.get("/switch/")
    token = strict.cookies["csrftoken"].value
    assert strict.post(f"/api/{path}", headers={"X-CSRFToken": token}).status_code != 403


def test_the_status_shows_a_user_their_own_signal_and_no_totals(member, login, staff):
    client = login(member)
    assert client.get("/api/session-refresh-status").json() == {"needs_refresh": False, "signal": None, "totals": None}
    client.get("/")
    signal_for(member)
    signal_for(staff)
    status = client.get("/api/session-refresh-status").json()
    assert status["needs_refresh"] is True
    assert status["signal"]["refresh_reason"] == "team renamed"
    assert status["totals"] is None


def test_staff_see_the_totals_too(member, login, staff):
    signal_for(member, is_refreshed=True, refreshed_at=timezone.now())
    signal_for(UserFactory())
    totals = login(staff).get("/api/session-refresh-status").json()["totals"]
    assert (totals["pending"], totals["completed"]) == (1, 1)
    assert totals["oldest_pending"]


def test_refreshing_rebuilds_the_context_and_takes_up_the_signal(member, login, team):
    client = login(member)
    client.get("/")
    signal_for(member)
    type(team).objects.update(name="Elm Renamed")
    answer = client.post("/api/refresh-session").json()
    assert answer["reason"] == "team renamed"
    assert answer["context"]["team_name"] == "Elm Renamed"
    assert client.session["context"]["team_name"] == "Elm Renamed"
    assert RefreshSignal.objects.get().is_refreshed


def test_only_staff_clean_up_and_only_what_was_completed_long_ago(member, login, staff):
    def old(days):
        completed = timezone.now() - timedelta(days=days)
        return signal_for(UserFactory(), is_refreshed=True, refreshed_at=completed)

    old(days=8)
    kept = {old(days=6).pk, signal_for(UserFactory()).pk}
    refused = login(member).post("/api/cleanup-session-refresh-signals")
    assert refused.status_code == 403
    assert "staff" in refused.json()["detail"]
    assert login(staff).post("/api/cleanup-session-refresh-signals").json() == {"deleted": 1}
    assert set(RefreshSignal.objects.values_list("pk", flat=True)) == kept


def test_the_age_of_what_is_cleaned_up_can_be_given(login, staff):
    signal_for(UserFactory(), is_refreshed=True, refreshed_at=timezone.now() - timedelta(days=2))
    client = login(staff)
    path = "/api/cleanup-session-refresh-signals"
    assert client.post(f"{path}?days=1").json() == {"deleted": 1}
    assert client.post(f"{path}?days=-1").status_code == 422


def test_session_health_is_public_and_tells_no_secret(client, member):
    client.force_login(member)
    key = client.session.session_key
    client.logout()
    answer = client.get("/api/health/session")
    assert answer.status_code == 200
    assert answer.json()["healthy"] is True
    assert key not in answer.content.decode()
    assert "redis://" not in answer.content.decode()


def test_session_health_is_503_when_it_is_not_well(client, monkeypatch):
    monkeypatch.setattr("leagues.api.session_health", lambda: {"healthy": False})
    assert client.get("/api/health/session").status_code == 503


def test_the_schema_documents_every_path_and_the_docs_load_nothing_from_elsewhere(client):
    assert set(client.get("/api/openapi.json").json()["paths"]) == {
        "/api/leagues",
        "/api/leagues/{league_id}/select",
        "/api/session-refresh-status",
        "/api/refresh-session",
        "/api/cleanup-session-refresh-signals",
        "/api/health/session",
        "/api/l/{league_key}/seasons",
        "/api/l/{league_key}/series",
        "/api/l/{league_key}/series/{series_key}",
        "/api/l/{league_key}/teams/{series_key}/{club_key}",
        "/api/l/{league_key}/players/{external_id}",
    }
    docs = client.get("/api/docs")
    assert docs.status_code == 200
    assert "//cdn" not in docs.content.decode()


def test_an_unknown_path_is_a_404_in_json(client):
    answer = client.get("/api/nothing")
    assert answer.status_code == 404
    assert "/api/docs" in answer.json()["detail"]
