"""The JSON API under /api/, for people logged in on the site. It is documented at /api/docs."""

from datetime import datetime
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, ModelSchema, NinjaAPI, Query, Schema
from ninja.security import django_auth

from leagues.access import leagues_for
from leagues.addresses import Moved
from leagues.api_catalogue import router as facts_of_leagues
from leagues.models import League
from leagues.requests import Request
from leagues.selection import renew_sessions, select_league
from sessionsync.conf import option
from sessionsync.health import session_health
from sessionsync.models import RefreshSignal
from sessionsync.publishing import complete_signal, delete_old_signals

api = NinjaAPI(
    title="Rally",
    version="1",
    description=(
        "Log in on the site; the session cookie is the credential. Unsafe methods need the CSRF token of the "
        "`csrftoken` cookie in the `X-CSRFToken` header. Whatever is refused says why in `detail`. While the database "
        "is busy or restarting, any request may get 503 with `Retry-After`."
    ),
    auth=django_auth,
    urls_namespace="api",
)
api.add_router("/l", facts_of_leagues)


class Refusal(Schema):
    detail: str = Field(description="Why, and what to do about it.")


class LeagueOut(Schema):
    id: int
    key: str
    name: str
    url: str = Field(description="The league's page.")
    selected: bool = Field(description="Whether it is the one this user has selected.")


class Context(Schema):
    """What a session knows of its user. Texts that do not apply are empty, ids that do not apply are null."""

    id: int
    email: str
    first_name: str
    last_name: str
    external_player_id: str
    player_name: str
    league_id: int | None
    league_key: str
    league_name: str
    team_id: int | None
    team_name: str
    series_key: str
    series_name: str
    club_key: str
    club_name: str
    squad: str
    season_key: str


class Selected(Schema):
    league: LeagueOut
    context: Context


class Signal(ModelSchema):
    class Meta:
        model = RefreshSignal
        fields = ["league_name", "refresh_reason", "created_at", "refreshed_at", "is_refreshed"]


class Totals(Schema):
    pending: int
    completed: int
    oldest_pending: datetime | None = None


class RefreshStatus(Schema):
    needs_refresh: bool
    signal: Signal | None = Field(None, description="The latest change of this user's context, if any is kept.")
    totals: Totals | None = Field(None, description="For staff: of all users.")


class Refreshed(Schema):
    reason: str
    context: Context


class CleanedUp(Schema):
    deleted: int


@api.exception_handler(PermissionDenied)
def forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return api.create_response(request, {"detail": str(error) or "You may not do this."}, status=403)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return api.create_response(request, {"detail": str(error) or "There is nothing here."}, status=404)


@api.exception_handler(Moved)
def moved(request: HttpRequest, error: Moved) -> HttpResponse:
    detail = f"The source has changed this key. The page is at {error.target.get_absolute_url()} now."
    return api.create_response(request, {"detail": detail}, status=404)


def league_out(league: League, selected_id: int | None) -> dict[str, Any]:
    return {
        "id": league.pk,
        "key": league.key,
        "name": league.name,
        "url": league.get_absolute_url(),
        "selected": league.pk == selected_id,
    }


@api.get("/leagues", response={200: list[LeagueOut], 401: Refusal}, tags=["leagues"])
def leagues(request: Request) -> list[dict[str, Any]]:
    """The leagues this user may see and select."""
    selected = request.user.league_context_id
    return [league_out(league, selected) for league in leagues_for(request.user)]


@api.post(
    "/leagues/{league_id}/select",
    response={200: Selected, 401: Refusal, 403: Refusal, 404: Refusal},
    tags=["leagues"],
)
def select(request: Request, league_id: int) -> dict[str, Any]:
    """Look at this league from now on, on every device."""
    league = League.objects.filter(pk=league_id, is_active=True).first()
    if league is None:
        raise Http404("There is no such league this season. GET /api/leagues lists yours.")
    context = select_league(request, league)
    return {"league": league_out(league, league.pk), "context": context}


@api.get("/session-refresh-status", response={200: RefreshStatus, 401: Refusal}, tags=["sessions"])
def refresh_status(request: Request) -> dict[str, Any]:
    """Whether this user's context changed and no session has been refreshed since, and what changed."""
    signal = RefreshSignal.objects.filter(user=request.user).first()
    return {
        "needs_refresh": signal is not None and not signal.is_refreshed,
        "signal": signal,
        "totals": signal_totals() if request.user.is_staff else None,
    }


def signal_totals() -> dict[str, Any]:
    done = Q(is_refreshed=True)
    counts = RefreshSignal.objects.aggregate(pending=Count("pk", filter=~done), completed=Count("pk", filter=done))
    pending = RefreshSignal.objects.filter(is_refreshed=False).order_by("created_at")
    return {**counts, "oldest_pending": pending.values_list("created_at", flat=True).first()}


@api.post("/refresh-session", response={200: Refreshed, 401: Refusal}, tags=["sessions"])
def refresh_session(request: Request) -> dict[str, Any]:
    """Rebuild this session's context now, and complete the user's signal."""
    with transaction.atomic():
        context = renew_sessions(request)
        signal = complete_signal(request.user.pk, context["version"])
    return {"reason": signal[0] if signal else "on request", "context": context}


@api.post(
    "/cleanup-session-refresh-signals",
    response={200: CleanedUp, 401: Refusal, 403: Refusal},
    tags=["sessions"],
)
def clean_up_signals(request: Request, days: Annotated[int | None, Query(ge=0, le=3650)] = None) -> dict[str, Any]:
    """Staff: delete signals completed more than `days` days ago; without `days`, the site's own figure."""
    if not request.user.is_staff:
        raise PermissionDenied("Only staff may clean up signals.")
    return {"deleted": delete_old_signals(option("SIGNAL_RETENTION_DAYS") if days is None else days)}


@api.get("/health/session", auth=None, response={200: dict, 503: dict}, tags=["health"])
def health(request: HttpRequest) -> HttpResponse:
    """Public: which session backend is in use, whether it is healthy, latencies and counts."""
    found = session_health()
    return api.create_response(request, found, status=200 if found["healthy"] else 503)
