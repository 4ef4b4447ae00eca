"""The pages of a league, a series, a team and a player, each under an address made of natural keys.

Without a season in it, an address means the current one.
"""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from leagues import addresses, season
from leagues.access import may_read_things_of
from leagues.forms import natural_order
from leagues.models import League, Season
from leagues.moment import as_of_one_moment
from leagues.requests import Request

ROWS_A_PAGE, RESULTS_A_PAGE = 30, 12


@require_safe
@addresses.addressed
@as_of_one_moment
def league(request: Request, league_key: str, season_key: str | None = None) -> HttpResponse:
    found = addresses.find_league(request.user, league_key)
    shown = addresses.find_season(found, season_key)
    series = season.series_in(found, shown).select_related("league")
    listed = sorted(series, key=lambda one: natural_order(one.name))
    page = {
        "league": found,
        "season": shown,
        "other_seasons": other_seasons(found, shown),
        "series_list": [(one, shown.address_of(one)) for one in listed if shown],
    }
    return render(request, "leagues/league.html", page)


@require_safe
@addresses.addressed
@as_of_one_moment
def series(request: Request, league_key: str, key: str, season_key: str | None = None) -> HttpResponse:
    league = addresses.find_league(request.user, league_key)
    shown = addresses.find_season(league, season_key)
    found = addresses.find_series(league, key)
    page: dict[str, Any] = {"league": league, "series": found, "season": shown}
    if shown:
        table = season.standings(found, shown)
        teams = found.teams.filter(is_active=True, season=shown).exclude(pk__in={row.team_id for row in table})
        page |= {
            "other_seasons": [(one, one.address_of(found)) for one, _ in other_seasons(league, shown)],
            "standings": table,
            "unranked": teams.select_related("league", "season", "series", "club"),
            "upcoming": season.upcoming_in(found, shown)[:12] if shown.is_current else [],
            "whole_schedule": a_page_of(request, season.scheduled_in(found, shown)),
        }
    return render(request, "leagues/series.html", page)


@require_safe
@addresses.addressed
@as_of_one_moment
def team(
    request: Request, league_key: str, series_key: str, club_key: str, squad: str = "", season_key: str | None = None
) -> HttpResponse:
    league = addresses.find_league(request.user, league_key)
    found = addresses.find_team(league, series_key, club_key, squad, season_key)
    by_rating = found.season.is_current and "by_rating" in request.GET
    played = a_page_of(request, list(season.played(found)), RESULTS_A_PAGE)
    page = {
        "league": league,
        "team": found,
        "season": found.season,
        "standings": season.standings(found.series, found.season),
        "roster": season.roster(found, best_first=by_rating),
        "by_rating": by_rating,
        "upcoming": season.upcoming(found) if found.season.is_current else season.scheduled_for(found),
        "played": played,
        "results": season.results_of(found, list(played)),
        "other_years": season.other_years(found),
    }
    if may_read_things_of(request.user, found):
        page |= season.written_by_its_people(found)
    return render(request, "leagues/team.html", page)


@require_safe
@addresses.addressed
@as_of_one_moment
def player(request: Request, league_key: str, external_id: str) -> HttpResponse:
    league = addresses.find_league(request.user, league_key)
    found = addresses.find_player(league, external_id)
    page = {
        "league": league,
        "player": found,
        "spots": season.teams_of(found),
        "results": season.lines_of(found, limit=10),
        "chart": season.rating_chart(found),
    }
    return render(request, "leagues/player.html", page)


def a_page_of(request: Request, rows: QuerySet[Any] | list[Any], size: int = ROWS_A_PAGE) -> Page[Any]:
    """The page that the address names, or the nearest there is."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def other_seasons(league: League, shown: Season | None) -> list[tuple[Season, str]]:
    """The league's other seasons with the addresses of their pages, the latest first."""
    every = addresses.sorted_by_time(Season.objects.filter(league=league).select_related("league"))
    return [(one, one.get_absolute_url()) for one in every if one != shown]
