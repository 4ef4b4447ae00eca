"""Finding the row that the keys in an address name, for a user who may see it.

If the source has changed a key since, `Moved` is raised, which leads to the new address. If nothing has the
key, `NotHere` is raised, an error 404 with suggestions.
"""

from collections.abc import Iterable, Sequence
from functools import reduce, wraps
from operator import or_
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect

from leagues.access import leagues_for
from leagues.former_keys import Kind, current_key
from leagues.models import CatalogueModel, Club, League, Player, Season, Series, Team, User
from leagues.requests import Request
from leagues.season_keys import order_of
from sessionsync.decorators import ViewFunction, login_required

Place = League | Season | Series | Team | Player
"""A row with a page of its own, whose address `get_absolute_url` gives."""


class Moved(Exception):
    """What was asked for has another address now: that of `target`."""

    def __init__(self, target: Place) -> None:
        self.target = target


class NotHere(Http404):
    """Nothing has this address. `near` holds what may have been looked for, the likeliest first."""

    def __init__(self, message: str, near: Sequence[CatalogueModel]) -> None:
        super().__init__(message)
        self.near = near


def addressed(view: ViewFunction) -> ViewFunction:
    """For a view that finds what its address names: requires a login, and redirects from a former address."""

    @login_required
    @wraps(view)
    def wrapped(request: Request, *args: Any, **kwargs: Any) -> Any:
        try:
            return view(request, *args, **kwargs)
        except Moved as moved:
            route = request.resolver_match and request.resolver_match.url_name
            if route and isinstance(moved.target, League) and "league_key" in kwargs:
                # The rest of the address is looked up in the league at the next request.
                return redirect(route, **{**kwargs, "league_key": moved.target.key})
            return redirect(moved.target)

    return wrapped


def find_league(user: User | AnonymousUser, key: str) -> League:
    """Raises NotHere if there is no such active league, PermissionDenied if the user may not see it, or Moved."""
    if league := leagues_for(user).filter(key=key).first():
        return league
    if League.objects.filter(key=key, is_active=True).exists():
        raise PermissionDenied("This league is not open to you. You see the leagues you play in.")
    if moved := leagues_for(user).filter(key=current_key(Kind.LEAGUE, key)).first():
        raise Moved(moved)
    raise NotHere(f"There is no league “{key}” this season.", list(leagues_for(user)[:10]))


def find_league_to_claim_in(user: User | AnonymousUser, key: str) -> League:
    """As `find_league`, but also a league whose players the user was one of: they may be another one by now."""
    if user.is_authenticated:
        theirs = League.objects.filter(players__association__user=user.pk, is_active=True)
        if league := theirs.filter(key=key).first():
            return league
    return find_league(user, key)


def find_series(league: League, key: str) -> Series:
    in_league = Series.objects.filter(league=league).select_related("league")
    if series := in_league.filter(key=key).first():
        return series
    if moved := in_league.filter(key=current_key(Kind.SERIES, key, league.key)).first():
        raise Moved(moved)
    raise NotHere(f"{league.name} has no series “{key}” this season.", [league])


def find_season(league: League, key: str | None) -> Season | None:
    """The season with this key; without one, the current season, or None for a league that has none. Raises NotHere."""
    seasons = Season.objects.filter(league=league).select_related("league")
    season = seasons.filter(key=key).first() if key else seasons.filter(is_current=True).first()
    if key and season is None:
        raise NotHere(f"{league.name} has no season “{key}”.", [*sorted_by_time(seasons)[:5], league])
    return season


def sorted_by_time(seasons: Iterable[Season]) -> list[Season]:
    """Latest first."""
    return sorted(seasons, key=lambda season: order_of(season.key), reverse=True)


def find_team(league: League, series_key: str, club_key: str, squad: str = "", season_key: str | None = None) -> Team:
    """The team with this label in a season, the current one if none is named.

    If no team has it now, but one had it in an earlier season, the address leads there. Raises NotHere or Moved.
    """
    season = find_season(league, season_key) if season_key else None
    in_league = Team.objects.filter(league=league).select_related("league", "season", "series", "club")
    in_season = in_league.filter(season=season) if season else in_league.filter(season__is_current=True)
    if team := in_season.filter(**labelled(series_key, club_key, squad)).first():
        return team
    keys_now = present_keys(league, series_key, club_key, squad)
    if moved := in_season.filter(**labelled(*keys_now)).first():
        raise Moved(moved)
    if season_key is None and (earlier := of_earlier_seasons(league, (series_key, club_key, squad), keys_now)):
        raise Moved(earlier[0])
    when = f"in {season}" if season else "this season"
    raise NotHere(f"This team does not play in {league.name} {when}.", near_team(league, series_key, club_key))


def labelled(series_key: str, club_key: str, squad: str) -> dict[str, str]:
    """The filter for teams with this label."""
    return {"series__key": series_key, "club__key": club_key, "squad": squad}


def of_earlier_seasons(league: League, *labels: tuple[str, str, str]) -> list[Team]:
    """The teams that had one of these labels in seasons that are over, the latest first."""
    past = Team.objects.filter(league=league, season__is_current=False).select_related(
        "league", "season", "series", "club"
    )
    found = past.filter(reduce(or_, (Q(**labelled(*label)) for label in labels)))
    return sorted(found, key=lambda team: order_of(team.season.key), reverse=True)


def present_keys(league: League, series_key: str, club_key: str, squad: str) -> tuple[str, str, str]:
    """What has replaced the key of a team, or the key of its series, its club or both; else the same again."""
    if own := current_key(Kind.TEAM, "/".join([series_key, club_key, squad]), league.key):
        series_key, club_key, squad = own.split("/")
        return series_key, club_key, squad
    series_now = current_key(Kind.SERIES, series_key, league.key)
    return series_now or series_key, current_key(Kind.CLUB, club_key) or club_key, squad


def near_team(league: League, series_key: str, club_key: str) -> list[CatalogueModel]:
    """The club's other teams in the league, the series, the league."""
    club = Club.objects.filter(key__in=[club_key, current_key(Kind.CLUB, club_key)]).first()
    playing = Team.objects.filter(league=league, club=club, is_active=True, season__is_current=True)
    siblings = playing.select_related("league", "season", "series", "club")
    series = Series.objects.filter(league=league, key=series_key).select_related("league")
    return [*siblings[:8], *series, league]


def find_player(league: League, external_id: str) -> Player:
    in_league = Player.objects.filter(league=league).select_related("league")
    if player := in_league.filter(external_id=external_id).first():
        return player
    if moved := in_league.filter(external_id=current_key(Kind.PLAYER, external_id, league.key)).first():
        raise Moved(moved)
    raise NotHere(f"{league.name} has no such player this season.", [league])
