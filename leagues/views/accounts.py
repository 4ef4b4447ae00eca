"""Registration. It asks for the league first, because clubs and series depend on it: two short pages, no script."""

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from leagues.associations import Claim, claim_player
from leagues.forms import EMAIL_IS_TAKEN, RegistrationForm
from leagues.models import League, User
from leagues.requests import Request
from leagues.selection import select_league
from sessionsync.requests import CheckedRequest


@require_safe
def choose_league(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("find_me")
    page = {"leagues": League.objects.filter(is_active=True)}
    return render(request, "registration/choose_league.html", page)


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def register(request: CheckedRequest, league_key: str) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("find_me_in", league_key)
    league = get_object_or_404(League, key=league_key, is_active=True)
    form = RegistrationForm(request.POST or None, league=league)
    if form.is_valid():
        try:
            claim = create_account(request, form, league)
        except (IntegrityError, PermissionDenied):
            logout(request)  # the account is not there, and its session neither
            explain(form)
        else:
            tell(request, claim, league)
            return redirect("home" if claim.player else "settings")
    return render(request, "registration/register.html", {"form": form, "league": league})


def explain(form: RegistrationForm) -> None:
    """Why the account could not be made: all else has been checked before."""
    if User.objects.filter(email__iexact=form.cleaned_data["email"]).exists():
        # The form was sent twice at the same time, and the other request made the account.
        form.add_error("email", EMAIL_IS_TAKEN)
    else:
        form.add_error(None, "The leagues have just been brought up to date. Please send this once more.")


def create_account(request: CheckedRequest, form: RegistrationForm, league: League) -> Claim:
    """Make the account, link its player, log in and select the league, in one transaction."""
    with transaction.atomic():
        user = form.save()
        claim = claim_player(user, league, form.cleaned_data["club"], form.cleaned_data["series"])
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        select_league(cast(Request, request), league)
    return claim


def tell(request: HttpRequest, claim: Claim, league: League) -> None:
    """Show the user what came of looking for their player."""
    if claim.player:
        messages.success(request, f"We found you: {claim.player.full_name}, {league.name}.")
    elif claim.questions:
        messages.info(request, "Someone of your name plays here. Tell us below whether that is you.")
    else:
        messages.info(
            request,
            f"We could not find you in that club and series of {league.name}. "
            "Check them below, or look around meanwhile.",
        )
