"""A user's settings: who they are, which players are theirs, where they are logged in."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leagues.access import leagues_for
from leagues.addresses import addressed, find_league_to_claim_in
from leagues.associations import claim_player, decide_suggestion
from leagues.discovery import open_suggestions
from leagues.forms import NameForm, PlayerForm
from leagues.requests import Request
from leagues.selection import renew_sessions
from leagues.views.accounts import tell
from sessionsync.decorators import login_required
from sessionsync.sessions import end_other_sessions, end_session, sessions_of


@require_http_methods(["GET", "POST"])
@login_required
def preferences(request: Request) -> HttpResponse:
    form = NameForm(request.POST or None, instance=request.user)
    if form.is_valid():
        # Only the name: what the user selected, or an import led elsewhere, since this request began stays so.
        form.save(commit=False).save(update_fields=form.fields)
        renew_sessions(request)
        messages.success(request, "Your name is saved.")
        return redirect("settings")
    page = {
        "form": form,
        "associations": request.user.associations.select_related("player__league").order_by(
            "-is_primary", "player__league__name"
        ),
        "suggestions": open_suggestions(request.user),
        "sessions": sessions_of(request.user),
        "this_session": request.session.session_key,
    }
    return render(request, "leagues/settings.html", page)


@require_safe
@login_required
def find_me(request: Request) -> HttpResponse:
    return render(request, "leagues/find_me.html", {"leagues": leagues_for(request.user)})


@require_http_methods(["GET", "POST"])
@addressed
def find_me_in(request: Request, league_key: str) -> HttpResponse:
    league = find_league_to_claim_in(request.user, league_key)
    if mine := request.user.associations.filter(player__league=league, player__is_active=True).first():
        messages.info(request, f"You are {mine.player} in {league.name} already.")
        return redirect("settings")
    form = PlayerForm(request.POST or None, league=league)
    if form.is_valid():
        claim = claim_player(request.user, league, form.cleaned_data["club"], form.cleaned_data["series"])
        renew_sessions(request)
        tell(request, claim, league)
        return redirect("settings")
    return render(request, "leagues/find_me_in.html", {"form": form, "league": league})


@require_POST
@login_required
def decide(request: Request, pk: int) -> HttpResponse:
    suggestion = get_object_or_404(open_suggestions(request.user), pk=pk)
    accepted = request.POST.get("answer") == "accept"
    if not decide_suggestion(suggestion, accepted):
        messages.error(request, f"{suggestion.player} could not be linked: you have a player in that league.")
    elif accepted:
        renew_sessions(request)
        messages.success(request, f"{suggestion.player}, {suggestion.player.league} is linked to you now.")
    else:
        messages.success(request, "Thank you. We will not ask again.")
    return redirect("settings")


@require_POST
@login_required
def end_one_session(request: Request, pk: int) -> HttpResponse:
    if end_session(request.user, pk):
        messages.success(request, "That device is logged out.")
    else:
        messages.info(request, "That session had ended already.")
    return redirect("settings")


@require_POST
@login_required
def end_the_other_sessions(request: Request) -> HttpResponse:
    ended = end_other_sessions(request.user, request.session)
    messages.success(request, f"Logged out on {ended} other device{'' if ended == 1 else 's'}.")
    return redirect("settings")
