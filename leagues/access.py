"""Who may see and select which league. What is not permitted here is denied; every page and API asks here."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from leagues.models import League, Player, PlayerAssociation, RosterSpot, Team, User


def leagues_for(user: User | AnonymousUser) -> QuerySet[League]:
    """The leagues this user may see and select, by name; only active leagues.

    Staff see all of them. Others see those in which they have an active player and, with `MULTI_TENANCY`,
    those of their organization. A user who is linked to no player sees all, to be able to find theirs.
    """
    active = League.objects.filter(is_active=True)
    if not (user.is_authenticated and user.is_active):
        return active.none()
    if user.is_staff:
        return active
    plays_in = Player.objects.filter(league=OuterRef("pk"), is_active=True, association__user=user.pk)
    permitted = Q(Exists(plays_in)) | ~Q(Exists(PlayerAssociation.objects.filter(user=user.pk)))
    if settings.MULTI_TENANCY and user.organization_id:
        permitted |= Q(organization=user.organization_id)
    return active.filter(permitted)


def user_can_access_league(user: User | AnonymousUser, league: League) -> bool:
    return leagues_for(user).filter(pk=league.pk).exists()


def may_read_things_of(user: User | AnonymousUser, team: Team) -> bool:
    """Whether the user sees what people of the team wrote for one another: who is on it, or was until its season's end.

    A team is of one season, so those who have its label in the next one do not, nor does who left it in mid-season.
    """
    theirs = RosterSpot.objects.filter(team=team, is_active=True, player__association__user=user.pk)
    return user.is_authenticated and theirs.exists()


def forbidden_selections() -> QuerySet[User]:
    """The users who have selected a league they may not see: the rule of `leagues_for`, for all users in one query."""
    plays_in = Player.objects.filter(
        league=OuterRef("league_context"), is_active=True, association__user=OuterRef("pk")
    )
    permitted = (
        Q(is_staff=True) | Q(Exists(plays_in)) | ~Q(Exists(PlayerAssociation.objects.filter(user=OuterRef("pk"))))
    )
    if settings.MULTI_TENANCY:
        permitted |= Q(organization__isnull=False, organization=F("league_context__organization"))
    selected = User.objects.filter(is_active=True, league_context__isnull=False)
    return selected.filter(Q(league_context__is_active=False) | ~permitted)
