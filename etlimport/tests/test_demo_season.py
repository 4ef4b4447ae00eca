"""What the README says of the demo accounts once a new season of the sample data is imported."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from etlimport.sample import make_next_season
from etlimport.tests.sources import imported
from leagues.models import User

pytestmark = pytest.mark.django_db(transaction=True)
BUNDLED = Path(__file__).resolve().parents[2] / "sample_data"
TOLD = "You are on no team of the new season yet"


def test_the_captain_sees_the_team_of_the_new_season_and_a_player_of_none_is_told_so(settings, tmp_path):
    settings.DEBUG = True
    imported(BUNDLED)
    call_command("make_demo_accounts")
    captain, player = (logged_in(f"{who}@example.com") for who in ("captain", "player"))
    before = captain.get("/").context["team"]
    make_next_season(BUNDLED, tmp_path / "season")
    imported(tmp_path / "season")

    after = captain.get("/")
    assert after.context["team"].season.is_current
    assert after.context["team"].season != before.season
    assert TOLD not in after.content.decode()

    last = player.get("/")
    assert last.context["team"] == before
    assert TOLD in last.content.decode()
    assert "Practice is on." in last.content.decode()


def logged_in(email: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(email=email))
    return client
