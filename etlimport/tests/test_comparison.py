"""A question shows all that is known of both rows, so that an operator can decide."""

import pytest
from django.urls import reverse

from etlimport.models import AmbiguousIdentity
from etlimport.settle.comparison import compared
from etlimport.tests.sources import imported, line, player, two_teams
from leagues.models import Player, Team
from leagues.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
FIGURES = {"Wins": 5, "Losses": 2, "PTI": "30.5"}


@pytest.fixture
def run(snapshot):
    twin = player("p9", "Ann", "Hale", team="Oak 1", club="Oak", **FIGURES | {"Wins": 1})
    first, *others = two_teams()
    return imported(
        snapshot(
            players=[first | FIGURES, *others, twin],
            match_history=[
                line(people=("p1", "p2", "p5", "p6")),
                line(people=("p1", "p3", "p7", "p8"), date="01-Oct-24"),
            ],
        )
    )


def question(run, kind, old, new) -> AmbiguousIdentity:
    return AmbiguousIdentity.objects.create(
        run=run, kind=kind, league_key="nstf", old_id=old.pk, new_id=new.pk, old_label=str(old), new_label=str(new)
    )


def test_two_players_are_compared_by_all_that_is_known_of_them(run):
    players = Player.objects.filter(name_key="ann hale").order_by("external_id")
    told = {fact.name: (fact.old, fact.new) for fact in compared(question(run, "player", *players))}
    assert told["team"] == ("Elm 1", "Oak 1")
    assert told["club"] == ("Elm", "Oak")
    assert told["record"] == ("5–2", "1–2")
    assert told["rating"] == ("30.50", "30.50")
    assert told["roster mates"] == ("Bea Irwin, Cy Jonas, Di Kemp", "Eve Lund, Flo Marsh, Gil North, Hal Olsen")
    assert told["matches"] == ("2, 2024-09-24 to 2024-10-01", "–")
    assert told["in the source"][0].endswith(" to now")


def test_two_teams_are_compared_by_series_club_and_roster(run):
    teams = Team.objects.order_by("name")
    told = {fact.name: (fact.old, fact.new) for fact in compared(question(run, "team", *teams))}
    assert told["club"] == ("Elm", "Oak")
    assert told["roster"][0] == "Ann Hale, Bea Irwin, Cy Jonas, Di Kemp"


def test_the_page_of_a_question_shows_the_comparison(client, run):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    players = Player.objects.filter(name_key="ann hale").order_by("external_id")
    page = client.get(reverse("admin:decide_identity", args=[question(run, "player", *players).pk, "same"]))
    assert "Bea Irwin, Cy Jonas, Di Kemp" in page.content.decode()
    assert "the same" in page.content.decode()


def test_a_row_that_is_gone_tells_nothing(run):
    players = list(Player.objects.filter(name_key="ann hale").order_by("external_id"))
    asked = question(run, "player", *players)
    Player.objects.filter(pk=players[1].pk).delete()
    assert {fact.new for fact in compared(asked)} == {"–"}
