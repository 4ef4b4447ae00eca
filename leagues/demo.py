"""Accounts to try the site with: a player, a captain and a staff member, linked to imported players."""

from dataclasses import dataclass
from datetime import time, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from leagues.models import CaptainMessage, Player, PlayerAssociation, Poll, PollChoice, PracticeTime, RosterSpot, User


@dataclass(frozen=True)
class Account:
    role: str
    email: str
    password: str
    player: str


class NothingImported(Exception):
    """No team has a captain and a player without an account, so there is nobody to link the accounts to."""


@transaction.atomic
def make_demo_accounts(password: str) -> list[Account]:
    """Make three accounts with this password, or set the password of those made before. Raises NothingImported."""
    captain = demo_player("captain@example.com") or captain_with_a_mate()
    player = demo_player("player@example.com") or unclaimed_mate(captain)
    accounts = [
        account("player", "player@example.com", password, player),
        account("captain", "captain@example.com", password, captain),
        account("staff", "staff@example.com", password, None, is_staff=True, is_superuser=True),
    ]
    fill_the_board(captain)
    return accounts


def demo_player(email: str) -> Player | None:
    return Player.objects.filter(association__user__email=email, is_active=True).select_related("league").first()


def captain_with_a_mate() -> Player:
    spots = RosterSpot.objects.filter(
        is_active=True,
        is_captain=True,
        team__is_active=True,
        team__season__is_current=True,
        player__is_active=True,
        player__association=None,
    ).select_related("player__league")
    for spot in spots.order_by("team__league__key", "team__name")[:50]:
        if mates_of(spot.player).exists():
            return spot.player
    raise NothingImported("No team has a captain and a player without an account: import a snapshot first.")


def unclaimed_mate(captain: Player) -> Player:
    if mate := mates_of(captain).first():
        return mate
    raise NothingImported(f"{captain} has no team-mate without an account.")


def mates_of(captain: Player) -> QuerySet[Player]:
    """The players on the captain's teams who have no account and are not captains themselves."""
    teams = captain.roster_spots.filter(is_active=True, team__season__is_current=True).values("team")
    return (
        Player.objects.filter(roster_spots__team__in=teams, is_active=True, association=None, league=captain.league_id)
        .exclude(pk=captain.pk)
        .exclude(roster_spots__is_captain=True)
        .select_related("league")
        .distinct()
    )


def account(role: str, email: str, password: str, player: Player | None, **rights: bool) -> Account:
    user = User.objects.filter(email=email).first() or User(email=email)
    user.first_name, user.last_name = (player.first_name, player.last_name) if player else ("Sam", "Staff")
    user.is_active = True
    for right, granted in rights.items():
        setattr(user, right, granted)
    if not user.check_password(password):
        user.set_password(password)
    if player and user.league_context_id is None:
        user.league_context = player.league
    user.save()
    if player:
        PlayerAssociation.objects.get_or_create(player=player, defaults={"user": user, "is_primary": True})
    return Account(role, email, password, f"{player}, {player.league}" if player else "")


def fill_the_board(captain: Player) -> None:
    """Give the captain's team a practice, a message and a poll, if it has none yet."""
    author = captain.association.user
    playing = captain.roster_spots.filter(is_active=True, team__is_active=True, team__season__is_current=True)
    spot = playing.select_related("team__club").order_by("-is_captain", "team__name").first()
    if spot is None or spot.team.practice_times.exists() or spot.team.captain_messages.exists():
        return
    team, soon = spot.team, timezone.localdate() + timedelta(days=3)
    PracticeTime.objects.create(
        team=team, date=soon, start_time=time(19), end_time=time(20, 30), location=team.club.name, created_by=author
    )
    CaptainMessage.objects.create(team=team, author=author, body="Practice is on. Bring water, we play three sets.")
    poll = Poll.objects.create(team=team, created_by=author, question="Dinner after the next home match?")
    PollChoice.objects.bulk_create(PollChoice(poll=poll, text=text) for text in ("Yes", "No"))
