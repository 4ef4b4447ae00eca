"""Linking a user to the player they are. A player who is linked to a user already is never linked to another."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from leagues.discovery import discover_associations, open_suggestions
from leagues.models import AssociationSuggestion, League, Player, PlayerAssociation, User


@dataclass(frozen=True)
class Claim:
    """The result of looking for a user's player: the one linked, if it was certain, and how many questions are open."""

    player: Player | None
    questions: int


def claim_player(user: User, league: League, club_key: str, series_key: str) -> Claim:
    """Link the one player of the user's name in that club and series, then look for the person elsewhere."""
    with transaction.atomic():
        player = only_player_named(user, league, club_key, series_key)
        linked = player is not None and link_player(user, player)
        # The caller renews this user's sessions; a publish would refresh everybody's.
        discover_associations([user.pk], publish=False)
    return Claim(player if linked else None, open_suggestions(user).count())


def only_player_named(user: User, league: League, club_key: str, series_key: str) -> Player | None:
    """The one player of the user's name there. None if there are several, even if only one of them is unclaimed."""
    named = list(players_named(user, league, club_key, series_key)[:2])
    return named[0] if len(named) == 1 else None


def players_named(user: User, league: League, club_key: str, series_key: str) -> QuerySet[Player]:
    if not user.name_key:
        return Player.objects.none()
    return Player.objects.filter(
        roster_spots__is_active=True,
        roster_spots__team__is_active=True,
        roster_spots__team__club__key=club_key,
        roster_spots__team__series__key=series_key,
        league=league,
        is_active=True,
        name_key=user.name_key,
    ).distinct()


def link_player(user: User, player: Player) -> bool:
    """Link the player to the user; returns whether it was done.

    It is not if the player is linked already, or if the user has another active player in that league.
    """
    if user.associations.filter(player__league=player.league_id, player__is_active=True).exists():
        return False
    is_first = not user.associations.filter(is_primary=True).exists()
    try:
        with transaction.atomic():
            PlayerAssociation.objects.create(user=user, player=player, is_primary=is_first)
    except IntegrityError:
        return False
    return True


def decide_suggestion(suggestion: AssociationSuggestion, accepted: bool) -> bool:
    """Accept or decline one of `open_suggestions`; returns whether it was done.

    Accepting fails if the player has been linked to somebody in the meantime.
    """
    with transaction.atomic():
        if accepted and not link_player(suggestion.user, suggestion.player):
            return False
        status = AssociationSuggestion.Status
        suggestion.status = status.ACCEPTED if accepted else status.DECLINED
        suggestion.decided_at = timezone.now()
        suggestion.save(update_fields=["status", "decided_at"])
    return True
