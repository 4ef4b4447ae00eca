"""Clearing selected leagues and teams that are inactive or that their user may no longer see."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet

from leagues.access import forbidden_selections
from leagues.models import User
from sessionsync.publishing import publish

# The users whose selections are about to be cleared. Their next request will select their best league.
CHANGED_USERS = """
SELECT person.id AS user_id, person.email, person.league_context_id AS old_league_id, NULL AS new_league_id,
       '' AS league_name, 'context cleared' AS refresh_reason
FROM leagues_user person WHERE person.id IN ({stale})
"""


@dataclass(frozen=True)
class Cleared:
    """How many users had their selected league cleared, and how many their selected team."""

    leagues: int
    teams: int


@transaction.atomic
def clear_stale_contexts(dry_run: bool = False) -> Cleared:
    """Clear such selections of all users and tell their sessions. A dry run only counts them."""
    leagues, teams = forbidden_selections(), void_teams()
    cleared = Cleared(leagues.count(), teams.count())
    if not dry_run and (cleared.leagues or cleared.teams):
        stale, params = (leagues.order_by().values("pk") | teams.order_by().values("pk")).query.sql_with_params()
        publish(CHANGED_USERS.format(stale=stale), params)
        teams.update(team_context=None)
        leagues.update(league_context=None)
    return cleared


def void_teams() -> QuerySet[User]:
    """The users whose chosen team is inactive or in another league than the one they selected."""
    elsewhere = ~Q(team_context__league=F("league_context")) & Q(league_context__isnull=False)
    chosen = User.objects.filter(is_active=True, team_context__isnull=False)
    return chosen.filter(Q(team_context__is_active=False) | elsewhere)
