"""Selecting a league or a team: user, session and audit change in one transaction, after the permission check."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from leagues.access import user_can_access_league
from leagues.models import League, SelectionAudit, Team
from leagues.requests import Request
from sessionsync.refresh import renew
from sessionsync.sessions import client_ip, mark_stale


def select_league(request: Request, league: League) -> dict[str, Any]:
    """Make `league` what the request's user looks at, on every device; returns the session's new context.

    Raises PermissionDenied, with a reason to show, if the user may not see the league.
    """
    return select(request, league, None)


def select_team(request: Request, team: Team) -> dict[str, Any]:
    """Make `team` and its league what the user looks at. Raises as `select_league` does."""
    if not team.is_active:
        raise PermissionDenied(f"{team.name} no longer plays. Pick another team.")
    if not team.season.is_current:
        raise PermissionDenied(f"{team.name} played in {team.season}. Pick a team of this season.")
    return select(request, team.league, team)


def select(request: Request, league: League, team: Team | None) -> dict[str, Any]:
    user = request.user
    with transaction.atomic():
        if not user_can_access_league(user, league):
            raise PermissionDenied("This league is not open to you. Pick one of your own leagues.")
        user.league_context = league
        user.league_context_selected_at = timezone.now()
        user.team_context = team
        user.save(update_fields=["league_context", "league_context_selected_at", "team_context"])
        audit(request, league, team)
        return renew_sessions(request)


def renew_sessions(request: Request) -> dict[str, Any]:
    """Rebuild the user's context: in this session now, in their others on their next request.

    Returns the new context. Raises PermissionDenied if the user was deactivated or deleted in the meantime.
    """
    with transaction.atomic():
        context = renew(request.session)
        if context is None:
            raise PermissionDenied("This account is closed.")
        request.session.save()
        mark_stale(request.user, request.session)
    return context


def audit(request: Request, league: League, team: Team | None) -> SelectionAudit:
    return SelectionAudit.objects.create(
        user=request.user,
        league_key=league.key,
        team_key="/".join(team.natural_key()[1:])[:300] if team else "",
        ip_address=client_ip(request),
        user_agent=request.headers.get("User-Agent", "")[:300],
    )
