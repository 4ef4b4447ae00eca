"""The pages of a league, a series, a team and a player, each under an address made of natural keys."""

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from leagues import addresses, season
from leagues.forms import natural_order
from leagues.models import Series
from leagues.moment import as_of_one_moment
from leagues.requests import Request
from leagues.sparkline import Sparkline


@require_safe
@addresses.addressed
@as_of_one_moment
def league(request: Request, league_key: str) -> HttpResponse:
    found = addresses.find_league(request.user, league_key)
    playing = Count("teams", filter=Q(teams__is_active=True))
    series = Series.objects.filter(league=found).select_related("league").annotate(team_count=playing)
    page = {
        "league": found,
        "series_list": sorted(series.filter(team_count__gt=0), key=lambda one: natural_order(one.name)),
    }
    return render(request, "leagues/league.html", page)


@require_safe
@addresses.addressed
@as_of_one_moment
def series(request: Request, league_key: str, key: str) -> HttpResponse:
    league = addresses.find_league(request.user, league_key)
    found = addresses.find_series(league, key)
    table = list(season.standings(found))
    standing = {row.team_id for row in table}
    teams = found.teams.filter(is_active=True).exclude(pk__in=standing)
    page = {
        "league": league,
        "series": found,
        "standings": table,
        "unranked": teams.select_related("league", "series", "club"),
        "upcoming": season.upcoming_in(found)[:12],
    }
    return render(request, "leagues/series.html", page)


@require_safe
@addresses.addressed
@as_of_one_moment
def team(request: Request, league_key: str, series_key: str, club_key: str, squad: str = "") -> HttpResponse:
    league = addresses.find_league(request.user, league_key)
    found = addresses.find_team(league, series_key, club_key, squad)
    page = {
        "league": league,
        "team": found,
        "standings": season.standings(found.series),
        "roster": season.roster(found),
        "upcoming": season.upcoming(found),
        "results": season.results(found, limit=12),
    }
    return render(request, "leagues/team.html", page)


@require_safe
@addresses.addressed
@as_of_one_moment
def player(request: Request, league_key: str, external_id: str) -> HttpResponse:
    league = addresses.find_league(request.user, league_key)
    found = addresses.find_player(league, external_id)
    ratings = season.ratings(found, limit=30)
    page = {
        "league": league,
        "player": found,
        "spots": season.teams_of(found),
        "results": season.lines_of(found, limit=10),
        "ratings": ratings,
        "sparkline": Sparkline([float(rating.end_pti) for rating in ratings if rating.end_pti is not None]),
    }
    return render(request, "leagues/player.html", page)
