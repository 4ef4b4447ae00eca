"""A form is sent from a page that was opened before a rebuild gave every row another id."""

import pytest
from django.test import Client
from django.urls import reverse

from etlimport.tests.sources import imported, two_teams
from leagues.models import League, PracticeTime, Team, User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rebuild(snapshot):
    """The first import is done; called, it imports the same once more, as new rows."""
    source = snapshot(players=two_teams())
    imported(source)

    def ids() -> set[tuple[str, int]]:
        return {(model.__name__, pk) for model in (League, Team) for pk in model.objects.values_list("pk", flat=True)}

    def rebuild() -> None:
        before = ids()
        imported(source, rebuild=True, force=True)
        assert ids().isdisjoint(before)

    return rebuild


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create(email="op@rally.example", is_staff=True, is_superuser=True))
    return client


def test_what_was_picked_is_selected(rebuild, staff):
    team = Team.objects.order_by("pk").first()
    names = ("league", "series", "club", "squad")
    league_key, _, *place = team.natural_key()
    form = dict(zip(names, (league_key, *place), strict=True))
    rebuild()
    page = staff.post("/switch/", form, follow=True)
    assert f"You are looking at {team.name} now." in page.content.decode()
    assert User.objects.get().team_context == Team.objects.get(name=team.name)


def test_an_id_of_before_is_told_to_be_gone(rebuild, staff):
    league = League.objects.get()
    rebuild()
    response = staff.post(f"/api/leagues/{league.pk}/select")
    assert response.status_code == 404
    assert "GET /api/leagues lists yours" in response.json()["detail"]


def test_in_the_admin_a_choice_that_was_replaced_has_to_be_made_again(rebuild, staff):
    address = reverse("admin:leagues_practicetime_add")
    form = {
        "team": Team.objects.order_by("pk").first().pk,
        "date": "2026-01-05",
        "start_time": "18:00",
        "end_time": "19:00",
        "location": "Elm",
        "created_by": User.objects.get().pk,
    }
    rebuild()
    page = staff.post(address, form)
    assert page.status_code == 200
    assert "That choice is not one of the available choices." in page.content.decode()
    assert not PracticeTime.objects.exists()
