"""Tables are in the order of the source, equal teams share a place, and a match counts all its lines."""

from datetime import date
from decimal import Decimal

import pytest

from leagues.models import Standing
from leagues.season import results, standings
from leagues.tests.factories import LeagueFactory, MatchScoreFactory, SeriesFactory, TeamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def series():
    return SeriesFactory(league=LeagueFactory())


def team(series, name: str, **figures):
    found = TeamFactory(league=series.league, series=series, name=name)
    Standing.objects.create(team=found, **figures)
    return found


def places(series) -> list[tuple[int, str]]:
    return [(row.place, row.team.name) for row in standings(series)]


def test_half_points_count(series):
    team(series, "Elm", points=Decimal("10.5"))
    team(series, "Fir", points=12)
    team(series, "Oak", points=10)
    team(series, "Yew", points=None)
    assert places(series) == [(1, "Fir"), (2, "Elm"), (3, "Oak"), (4, "Yew")]


def test_of_equal_points_the_larger_share_of_matches_won_comes_first_then_fewer_lost(series):
    team(series, "Elm", points=5, matches_won=4, matches_lost=4)
    team(series, "Fir", points=5, matches_won=3, matches_lost=1)
    team(series, "Oak", points=5, matches_won=2, matches_lost=2)
    assert places(series) == [(1, "Fir"), (2, "Oak"), (3, "Elm")]


def test_equal_rows_share_a_place(series):
    for name in ("Elm", "Fir"):
        team(series, name, points=5, matches_won=1, matches_lost=1)
    team(series, "Oak", points=4)
    assert places(series) == [(1, "Elm"), (1, "Fir"), (3, "Oak")]


def test_what_nobody_has_anything_of_is_no_column(series):
    team(series, "Elm", points=5, lines_won=0, lines_lost=0, sets_won=2)
    table = standings(series)
    assert (table.tells_points, table.tells_matches, table.tells_lines, table.tells_sets) == (True, False, False, True)


@pytest.mark.parametrize("lines", [1, 5, 9, 14])
def test_a_result_counts_all_lines_of_its_match(series, lines):
    elm, oak = team(series, "Elm"), team(series, "Oak")
    for day in (1, 2):
        for _ in range(lines):
            MatchScoreFactory(
                league=series.league, home_team=elm, away_team=oak, date=date(2026, 9, day), winner="home"
            )
    assert [(result.date.day, result.won, result.lost) for result in results(elm, 1)] == [(2, lines, 0)]
    assert len(results(elm, 5)) == 2
