"""The part of the API that tells the facts of a league: the same, by the same keys, as its pages.

Every request may name a `season` by its key; without one it is about the current season.
"""

from datetime import date, time
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from ninja import Field, Router, Schema

from leagues import addresses
from leagues import season as facts
from leagues.models import Season, Series, Team
from leagues.requests import Request

router = Router(tags=["facts"])


class Refusal(Schema):
    detail: str


MAY_BE_REFUSED = {401: Refusal, 403: Refusal, 404: Refusal}


class SeasonOut(Schema):
    key: str
    name: str
    starts_on: date | None
    ends_on: date | None
    is_current: bool
    url: str = Field(description="The league's page in this season.", alias="get_absolute_url")


class SeriesOut(Schema):
    key: str
    name: str
    teams: int = Field(description="How many teams play in it in this season.", alias="team_count")


class TeamOut(Schema):
    name: str
    season: str = Field(alias="season.key")
    series: str = Field(alias="series.key")
    club: str = Field(alias="club.key")
    squad: str
    url: str = Field(alias="get_absolute_url")


class StandingOut(Schema):
    place: int
    team: TeamOut
    points: Decimal | None
    matches_won: int | None
    matches_lost: int | None
    lines_won: int | None
    lines_lost: int | None


class MatchOut(Schema):
    date: date
    time: time | None
    home: TeamOut = Field(alias="home_team")
    away: TeamOut = Field(alias="away_team")
    location: str


class PlayerOut(Schema):
    name: str = Field(alias="full_name")
    external_id: str
    rating: Decimal | None = Field(alias="pti")
    url: str = Field(alias="get_absolute_url")


class SpotOut(Schema):
    player: PlayerOut
    is_captain: bool
    wins: int | None
    losses: int | None


class SeriesOfSeason(Schema):
    series: str
    season: str
    standings: list[StandingOut]
    matches: list[MatchOut]


class TeamOfSeason(Schema):
    team: TeamOut
    roster: list[SpotOut]
    matches: list[MatchOut]
    previous: TeamOut | None = Field(description="The team of the season before as which most of them played.")


class TeamOfPlayer(Schema):
    team: TeamOut
    wins: int | None
    losses: int | None


class PlayerWithTeams(PlayerOut):
    teams: list[TeamOfPlayer] = Field(description="Of all seasons, the latest first.")


@router.get("/{league_key}/seasons", response={200: list[SeasonOut], **MAY_BE_REFUSED})
def seasons(request: Request, league_key: str) -> list[Season]:
    """The seasons of a league, the latest first."""
    league = addresses.find_league(request.user, league_key)
    return addresses.sorted_by_time(Season.objects.filter(league=league).select_related("league"))


@router.get("/{league_key}/series", response={200: list[SeriesOut], **MAY_BE_REFUSED})
def series_of_league(request: Request, league_key: str, season: str | None = None) -> QuerySet[Series]:
    """The series in which teams play."""
    league = addresses.find_league(request.user, league_key)
    shown = addresses.find_season(league, season)
    return facts.series_in(league, shown)


@router.get("/{league_key}/series/{series_key}", response={200: SeriesOfSeason, **MAY_BE_REFUSED})
def one_series(request: Request, league_key: str, series_key: str, season: str | None = None) -> dict[str, Any]:
    """The standings and all scheduled matches of a series."""
    league = addresses.find_league(request.user, league_key)
    shown, found = addresses.find_season(league, season), addresses.find_series(league, series_key)
    if shown is None:
        return {"series": found.key, "season": "", "standings": [], "matches": []}
    return {
        "series": found.key,
        "season": shown.key,
        "standings": facts.standings(found, shown),
        "matches": facts.scheduled_in(found, shown),
    }


@router.get("/{league_key}/teams/{series_key}/{club_key}", response={200: TeamOfSeason, **MAY_BE_REFUSED})
def one_team(
    request: Request, league_key: str, series_key: str, club_key: str, squad: str = "", season: str | None = None
) -> dict[str, Any]:
    """A team with its roster and all its scheduled matches."""
    league = addresses.find_league(request.user, league_key)
    team = addresses.find_team(league, series_key, club_key, squad, season)
    previous = Team.objects.filter(following=team).select_related(*facts.TEAM_RELATIONS).first()
    return {"team": team, "roster": facts.roster(team), "matches": facts.scheduled_for(team), "previous": previous}


@router.get("/{league_key}/players/{external_id}", response={200: PlayerWithTeams, **MAY_BE_REFUSED})
def one_player(request: Request, league_key: str, external_id: str) -> dict[str, Any]:
    """A player with the teams of all seasons."""
    league = addresses.find_league(request.user, league_key)
    player = addresses.find_player(league, external_id)
    return {
        "full_name": player.full_name,
        "external_id": player.external_id,
        "pti": player.pti,
        "get_absolute_url": player.get_absolute_url(),
        "teams": facts.teams_of(player),
    }
