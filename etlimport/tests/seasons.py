"""A small league over several seasons: the rows of its files, and what the catalogue has of each season."""

from datetime import date, timedelta
from itertools import permutations

import pytest

from etlimport.tests.sources import line, match, player, standing
from leagues.models import MatchScore, RosterSpot, ScheduledMatch, Season, Standing, Team

CLUBS = ("Elm", "Oak", "Ash", "Fir")
FIRST = date(2024, 9, 10)
YEAR = timedelta(days=364)
PLAYERS_OF_TEAM = 4


def players(*, records: bool = True, gone: int = 0, moved: bool = False, **more) -> list[dict]:
    """Four players on each of four teams, with ids p0 to p15; `gone`: how many of the first are not there any more.

    `moved`: the teams of Elm and Oak have exchanged their labels.
    """
    rows = []
    for number in range(len(CLUBS) * PLAYERS_OF_TEAM):
        team = number // PLAYERS_OF_TEAM
        club = CLUBS[team ^ 1 if moved and team < 2 else team]
        won = {"Wins": str(number % 5 + 1), "Losses": "2"} if records else {"Wins": "0", "Losses": "0"}
        given, family = f"Given{chr(97 + number)}", f"Family{chr(97 + number)}"
        rows.append(player(f"p{number}", given, family, team=f"{club} 1", club=club, **won, **more))
    return rows[gone:]


def dates_of(year: int = 0) -> list[date]:
    """The days of the twelve matches of a season, a week apart."""
    return [FIRST + year * YEAR + timedelta(days=7 * week) for week in range(len(CLUBS) * (len(CLUBS) - 1))]


def schedule(year: int = 0, **more) -> list[dict]:
    """Each team at home against each other one."""
    pairs = zip(permutations(CLUBS, 2), dates_of(year), strict=True)
    return [match(f"{home} 1", f"{away} 1", day.strftime("%m/%d/%Y"), **more) for (home, away), day in pairs]


def tables(won: int = 8, **more) -> list[dict]:
    return [
        standing(f"{club} 1", points=won * (number + 1), matches={"won": won * (number + 1), "lost": 3}, **more)
        for number, club in enumerate(CLUBS)
    ]


def lines(year: int = 0, *, start: int = 0) -> list[dict]:
    """A line of each match from the `start`th on, played by the first two players of each team."""
    rows = []
    for (home, away), day in list(zip(permutations(CLUBS, 2), dates_of(year), strict=True))[start:]:
        people = tuple(f"p{CLUBS.index(club) * PLAYERS_OF_TEAM + n}" for club in (home, away) for n in range(2))
        rows.append(line(f"{home} 1", f"{away} 1", people, day.strftime("%d-%b-%y")))
    return rows


def first_season() -> dict[str, list[dict]]:
    """All files of the first season, at its end."""
    return {"players": players(), "schedules": schedule(), "series_stats": tables(), "match_history": lines()}


def next_season() -> dict[str, list[dict]]:
    """All files at the beginning of the second season: three people are gone, two teams have exchanged their labels."""
    return {
        "players": players(records=False, gone=3, moved=True),
        "schedules": schedule(1),
        "series_stats": tables(0),
        "match_history": lines(),
    }


MODES = pytest.mark.parametrize("rebuild", [False, True], ids=["merge", "rebuild"])

NAMES = ("League", "league_id")
"""What files call the league."""


def renamed(files: dict[str, list[dict]], league: str) -> dict[str, list[dict]]:
    """The files with another code of the league."""
    return {
        kind: [{**row, **{name: league for name in row if name in NAMES}} for row in rows]
        for kind, rows in files.items()
    }


def seasons() -> dict[str, bool]:
    """The keys of all seasons, and whether each is current."""
    return dict(Season.objects.order_by("key").values_list("key", "is_current"))


def what_is_in(key: str) -> list[list]:
    """All that a season has, without ids."""
    return [
        sorted(map(repr, rows))
        for rows in (
            Team.objects.filter(season__key=key).values_list("name", "is_active", "season__starts_on"),
            RosterSpot.objects.filter(team__season__key=key).values_list(
                "player__external_id", "team__name", "wins", "is_active"
            ),
            Standing.objects.filter(team__season__key=key).values_list("team__name", "points", "is_active"),
            ScheduledMatch.objects.filter(season__key=key).values_list(
                "home_team__name", "away_team__name", "date", "is_active", "home_team__season__key"
            ),
            MatchScore.objects.filter(season__key=key).values_list(
                "home_team__name", "away_team__name", "date", "is_active", "home_team__season__key"
            ),
        )
    ]
