"""The API tells the facts of a league by the keys of its pages, in every season."""

import pytest

from leagues.former_keys import remember_former_keys
from leagues.tests.factories import (
    RosterSpotFactory,
    ScheduledMatchFactory,
    SeasonFactory,
    StandingFactory,
    TeamFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def past(team):
    return SeasonFactory(league=team.league, key="2024-25", is_current=False)


@pytest.fixture
def before(team, past):
    return TeamFactory(season=past, league=team.league, series=team.series, club=team.club, name="Elm 5 of old")


@pytest.fixture
def ask(member, login, team):
    client = login(member)

    def get(path, expected=200):
        response = client.get(f"/api/l/{team.league.key}/{path}")
        assert response.status_code == expected, response.content
        return response.json()

    return get


def test_the_seasons_of_a_league_come_latest_first(ask, team, past):
    assert [(season["key"], season["is_current"]) for season in ask("seasons")] == [
        ("2025-26", True),
        ("2024-25", False),
    ]
    assert ask("seasons")[1]["url"] == past.get_absolute_url()


def test_without_a_season_it_is_the_current_one(ask, team, before):
    StandingFactory(team=team, points=11)
    StandingFactory(team=before, points=22)
    path = f"series/{team.series.key}"
    assert [row["team"]["name"] for row in ask(path)["standings"]] == ["Elm 5"]
    assert [row["team"]["name"] for row in ask(f"{path}?season=2024-25")["standings"]] == ["Elm 5 of old"]
    assert [row["teams"] for row in ask("series?season=2024-25")] == [1]


def test_a_team_comes_with_its_roster_its_matches_and_the_one_it_was(ask, team, before):
    team.previous = before
    team.save()
    match = ScheduledMatchFactory(home_team=team)
    answer = ask(f"teams/{team.series.key}/{team.club.key}")
    assert answer["previous"]["name"] == "Elm 5 of old"
    assert len(answer["roster"]) == 1
    assert [found["away"]["name"] for found in answer["matches"]] == [match.away_team.name]
    old = ask(f"teams/{team.series.key}/{team.club.key}?season=2024-25")
    assert (old["team"]["name"], old["team"]["season"], old["previous"]) == ("Elm 5 of old", "2024-25", None)


def test_a_player_comes_with_the_teams_of_all_seasons(ask, member, before):
    player = member.associations.get().player
    RosterSpotFactory(team=before, player=player, wins=7, losses=2)
    answer = ask(f"players/{player.external_id}")
    assert [(spot["team"]["season"], spot["wins"]) for spot in answer["teams"]] == [("2025-26", None), ("2024-25", 7)]


def test_what_is_not_there_or_not_open_is_told(ask, member, login, team, other_team):
    assert "no season" in ask("series?season=1999", 404)["detail"]
    assert "not open to you" in login(member).get(f"/api/l/{other_team.league.key}/seasons").json()["detail"]
    former = f"{team.series.key}/former/"
    remember_former_keys(
        "SELECT CAST(%s AS text) AS kind, CAST(%s AS text) AS league_key, CAST(%s AS text) AS former_key,"
        " CAST(%s AS text) AS current_key",
        ["team", team.league.key, former, f"{team.series.key}/{team.club.key}/"],
    )
    assert team.get_absolute_url() in ask(f"teams/{team.series.key}/former", 404)["detail"]


def test_nobody_asks_without_logging_in(client, team):
    assert client.get(f"/api/l/{team.league.key}/seasons").status_code == 401


def test_it_takes_as_many_queries_for_many_rows_as_for_few(
    ask, team, django_assert_max_num_queries, django_assert_num_queries
):
    path = f"teams/{team.series.key}/{team.club.key}"
    ScheduledMatchFactory.create_batch(2, home_team=team)
    ask(path)
    with django_assert_max_num_queries(12) as few:
        ask(path)
    ScheduledMatchFactory.create_batch(3, home_team=team)
    with django_assert_num_queries(len(few.captured_queries)):
        ask(path)
