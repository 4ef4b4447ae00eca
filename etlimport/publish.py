"""Publishing: the session version rises, and the users whose context changed get a signal, in the same commit."""

from etlimport import database
from etlimport.database import dialect, working_tables
from leagues.contexts import ALL_CONTEXTS_SQL
from leagues.models import User
from leagues.working_tables import WorkingTable
from sessionsync.publishing import publish as publish_refresh

CONTEXTS = f"""SELECT user_id, email, league_id, league_key, league_name, team_id, team_name, series_name, club_name,
                      player_id, external_player_id, player_name, league_context_id, team_context_id
                FROM ({ALL_CONTEXTS_SQL}) c"""

REASON = """CASE
    WHEN a.league_key IS DISTINCT FROM b.league_key AND a.league_id IS NOT DISTINCT FROM b.league_id
        THEN 'league re-keyed'
    WHEN a.league_key IS DISTINCT FROM b.league_key THEN 'context repaired'
    WHEN a.league_id IS DISTINCT FROM b.league_id THEN 'league re-keyed'
    WHEN a.league_name IS DISTINCT FROM b.league_name THEN 'league renamed'
    WHEN a.external_player_id IS DISTINCT FROM b.external_player_id THEN 'player re-keyed'
    WHEN a.team_id IS DISTINCT FROM b.team_id THEN 'team changed'
    WHEN a.team_name IS DISTINCT FROM b.team_name THEN 'team renamed'
    ELSE 'context changed' END"""

NO_USERS = """SELECT id AS user_id, email, 0 AS old_league_id, 0 AS new_league_id, '' AS league_name,
                   '' AS refresh_reason FROM leagues_user WHERE false"""

SEEN = ("league_id", "league_key", "league_name", "team_id", "team_name", "series_name", "club_name", "player_id",
        "external_player_id", "player_name")  # fmt: skip
"""What of a context a session shows or keeps: a change of any of it makes a session's copy wrong."""

MADE_OF = {"leagues", "clubs", "series", "teams", "players", "roster spots"}
"""The kinds of things in the catalogue that a context is made of."""


def remember_contexts() -> None:
    """Note what the sessions of all users know, before the catalogue is touched."""
    if not User.objects.exists():
        return
    note_contexts(working_tables.CONTEXT_BEFORE)


def note_contexts(table: WorkingTable) -> None:
    """Fill the table with the contexts of all users."""
    with dialect.single_rows_looked_up():
        table.fill(CONTEXTS)


NOT_BY_CHOICE = """(
    a.league_context_id IS NOT DISTINCT FROM b.league_context_id
    AND a.team_context_id IS NOT DISTINCT FROM b.team_context_id
    OR a.user_id IN (SELECT user_id FROM w_context_fix))"""
"""SQL: the user's context has not changed for their having selected something else meanwhile."""


def publish(reason: str = "", *, contexts_stand: bool = False, users_may_write: bool = False) -> tuple[int, int]:
    """Raise the session version and signal the users whose context differs from before.

    `reason` stands for every user; without one it says what happened to each. `contexts_stand`: nothing was
    written that a context is made of. `users_may_write`: they could select something since their contexts were noted,
    which is nothing they need to be told. Returns the new version and how many users are signalled.
    """
    if contexts_stand or not User.objects.exists():
        return publish_refresh(NO_USERS), 0
    note_contexts(working_tables.CONTEXT_NOW)
    differs = " OR ".join(f"a.{name} IS DISTINCT FROM b.{name}" for name in SEEN)
    changed = working_tables.CHANGED_CONTEXT.fill(
        f"""SELECT a.user_id, a.email, b.league_id AS old_league_id, a.league_id AS new_league_id,
                      coalesce(a.league_name, '') AS league_name, {REASON} AS reason
               FROM w_context_now a JOIN w_context_before b ON b.user_id = a.user_id
               WHERE ({differs}) {f"AND {NOT_BY_CHOICE}" if users_may_write else ""}""",
    )
    if reason:
        database.execute("UPDATE w_changed_context SET reason = %s", [reason])
    version = publish_refresh(
        """SELECT user_id, email, old_league_id, new_league_id, league_name, reason AS refresh_reason
            FROM w_changed_context"""
    )
    return version, changed
