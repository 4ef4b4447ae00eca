from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from leagues import addresses, season
from leagues.access import leagues_for, may_read_things_of
from leagues.discovery import open_suggestions
from leagues.models import League, Player, RosterSpot, Team
from leagues.moment import as_of_one_moment
from leagues.requests import Request
from leagues.selection import select_league, select_team
from sessionsync.decorators import login_required
from sessionsync.session_keys import CONTEXT_KEY


@require_safe
@login_required
@as_of_one_moment
def home(request: Request) -> HttpResponse:
    """The league and team of the session's context, read from the database by their natural keys."""
    context = request.session.get(CONTEXT_KEY) or {}
    league = leagues_for(request.user).filter(key=context.get("league_key") or None).first()
    team = league and current_team(league, context)
    page: dict[str, Any] = {"league": league, "suggestions": open_suggestions(request.user)}
    if team:
        page |= {
            "team": team,
            "standings": season.standings(team.series, team.season),
            "upcoming": season.upcoming(team)[:4],
            "results": season.results(team, limit=3),
            "is_member": may_read_things_of(request.user, team),
        }
        if page["is_member"]:
            page |= {"practices": season.practices(team)[:3], "team_messages": season.team_messages(team)[:2]}
    return render(request, "leagues/home.html", page)


def current_team(league: League, context: dict[str, Any]) -> Team | None:
    """The team of the context. One that was built before there were seasons names none: it is the current one."""
    of_season = {"season__key": context["season_key"]} if "season_key" in context else {"season__is_current": True}
    named = Team.objects.filter(
        league=league,
        series__key=context.get("series_key", ""),
        club__key=context.get("club_key", ""),
        squad=context.get("squad", ""),
        is_active=True,
        **of_season,
    )
    return named.select_related("league", "season", "series", "club").first()


@require_http_methods(["GET", "POST"])
@addresses.addressed
def switch(request: Request) -> HttpResponse:
    """The leagues and teams to choose from. A POST selects the one whose keys it has."""
    if request.method == "POST":
        return select(request)
    own_spots = RosterSpot.objects.filter(
        is_active=True, team__is_active=True, team__season__is_current=True
    ).select_related("team__league", "team__series", "team__club")
    players = Player.objects.filter(association__user=request.user, is_active=True, league__is_active=True)
    page = {
        "leagues": leagues_for(request.user),
        "players": players.select_related("league").prefetch_related(
            Prefetch("roster_spots", queryset=own_spots.order_by("is_substitute", "team__series__name", "team__name"))
        ),
    }
    return render(request, "leagues/switch.html", page)


def select(request: Request) -> HttpResponse:
    league = addresses.find_league(request.user, request.POST.get("league", ""))
    if "series" in request.POST:
        keys = [request.POST.get(name, "") for name in ("series", "club", "squad")]
        team = addresses.find_team(league, *keys)
        select_team(request, team)
        messages.success(request, f"You are looking at {team.name} now.")
    else:
        select_league(request, league)
        messages.success(request, f"You are looking at {league.name} now.")
    return redirect("home")
