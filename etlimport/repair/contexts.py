"""League contexts that are null, gone, inactive or a league their user is not active in."""

from collections.abc import Collection
from dataclasses import dataclass, fields

from django.db import transaction

from etlimport.database import working_tables
from leagues.best_league import ACTIVE_IN, best_leagues_sql
from leagues.sql import dicts, execute, not_in_use, only
from sessionsync.publishing import publish as publish_refresh


@dataclass(frozen=True)
class ContextFix:
    """A user's league before and after; without a new league the context was cleared."""

    user_id: int
    email: str
    name: str
    old_league_id: int | None
    old_league: str
    new_league_id: int | None
    new_league: str
    reason: str
    matches: int

    def __str__(self) -> str:
        if self.new_league_id is None:
            return f"cleared {self.name}: {self.old_league or 'their league'} is no longer active"
        matches = "1 match" if self.matches == 1 else f"{self.matches:,} matches"
        return f"auto-fixed {self.name} → {self.new_league} ({matches if self.matches else self.reason})"


REPORTED = tuple(field.name for field in fields(ContextFix))

BROKEN = f"""
    SELECT person.id FROM leagues_user person
    WHERE person.is_active AND {{chosen}}
      AND NOT EXISTS ({ACTIVE_IN} AND home.id = person.league_context_id)
"""

FIXES = f"""
WITH broken AS (
    {BROKEN}
), fix AS (
    SELECT user_id, league_id, reason, matches FROM ({{best}}) best
    UNION ALL
    SELECT person.id, NULL, 'no active player', 0
    FROM broken
    JOIN leagues_user person ON person.id = broken.id
    LEFT JOIN leagues_league league ON league.id = person.league_context_id AND league.is_active
    WHERE person.league_context_id IS NOT NULL AND league.id IS NULL AND NOT EXISTS ({ACTIVE_IN})
)
SELECT person.id AS user_id, person.email,
       COALESCE(NULLIF(TRIM(person.first_name || ' ' || person.last_name), ''), person.email) AS name,
       person.league_context_id AS old_league_id, COALESCE(old.name, '') AS old_league,
       fix.league_id AS new_league_id, COALESCE(new.name, '') AS new_league, fix.reason, fix.matches,
       person.team_context_id AS old_team_id, CASE WHEN team.league_id = fix.league_id THEN team.id END AS new_team_id,
       person.league_context_selected_at AS selected_at
FROM fix
JOIN leagues_user person ON person.id = fix.user_id
LEFT JOIN leagues_league old ON old.id = person.league_context_id
LEFT JOIN leagues_league new ON new.id = fix.league_id
LEFT JOIN leagues_team team ON team.id = person.team_context_id
"""

# Who is just selecting a league, or has done so since, is left alone.
SPARE = f"""
DELETE FROM w_context_fix WHERE user_id NOT IN (
    {not_in_use("leagues_user", "SELECT user_id FROM w_context_fix")}
) OR user_id IN (
    SELECT person.id FROM leagues_user person JOIN w_context_fix fix ON fix.user_id = person.id
    WHERE person.league_context_id IS DISTINCT FROM fix.old_league_id
)
"""

APPLY = """
UPDATE leagues_user SET league_context_id = fix.new_league_id, league_context_selected_at = NULL,
                        team_context_id = fix.new_team_id
FROM w_context_fix fix WHERE leagues_user.id = fix.user_id
"""

CHANGED_USERS = """
SELECT user_id, email, old_league_id, new_league_id, new_league AS league_name,
       'context repaired' AS refresh_reason
FROM w_context_fix
"""


def fix_league_contexts(
    user_ids: Collection[int] | None = None, *, dry_run: bool = False, publish: bool = True
) -> list[ContextFix]:
    """Give users the best of their leagues where their context is not one they are active in.

    Users without an active player keep an active league and lose an inactive one. All users, or a handful
    by id. `publish=False` inside an import, which publishes itself. What was fixed stands in w_context_fix.
    """
    chosen, params = only("person.id", user_ids)
    with transaction.atomic(savepoint=False):
        if not dicts(f"{BROKEN.format(chosen=chosen)} LIMIT 1", params):
            working_tables.CONTEXT_FIX.create()
            return []
        fixes_sql = FIXES.format(chosen=chosen, best=best_leagues_sql("SELECT id FROM broken"))
        working_tables.CONTEXT_FIX.fill(fixes_sql, params)
        if not dry_run:
            execute(SPARE)
        fixes = [
            ContextFix(**row) for row in dicts(f"SELECT {', '.join(REPORTED)} FROM w_context_fix ORDER BY user_id")
        ]
        if fixes and not dry_run:
            execute(APPLY)
            if publish:
                publish_refresh(CHANGED_USERS)
    return fixes
