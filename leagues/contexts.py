"""What a session knows of its user: league, team, club, series, player.

`CONTEXTS_SQL` defines it, both for one user and for all of them. An import compares what it finds before and
after the import; `build_context` turns one of its rows into the context of a session.
"""

import logging
from typing import Any

from leagues.access import leagues_for
from leagues.best_league import best_league_for
from leagues.models import User
from leagues.sql import dicts

logger = logging.getLogger(__name__)

# Subqueries for each user rather than window functions: each is an index look-up, so that the context of one user
# costs the same however many users there are. MATERIALIZED, or PostgreSQL would evaluate each twice. Where a user has
# several players, the id of the association decides, because unlike that of the player it survives a rebuild.
CONTEXTS_SQL = """
WITH account AS MATERIALIZED (
    SELECT person.*, league.id AS league_id, (
        SELECT mine.id
        FROM leagues_playerassociation association
        JOIN leagues_player mine ON mine.id = association.player_id
        WHERE association.user_id = person.id AND mine.league_id = league.id AND mine.is_active
        ORDER BY association.is_primary DESC, association.id LIMIT 1
    ) AS player_id
    FROM leagues_user person
    LEFT JOIN leagues_league league ON league.id = person.league_context_id AND league.is_active
    WHERE person.is_active AND {whose}
), placed AS MATERIALIZED (
    SELECT account.*, COALESCE(
        ({chosen} AND season.is_current),
        ({own} AND season.is_current {own_first}),
        ({chosen}),
        ({own} {own_first})
    ) AS team_id
    FROM account
)
SELECT placed.id AS user_id, placed.email, placed.first_name, placed.last_name, placed.is_staff,
       placed.organization_id, placed.league_context_id, placed.team_context_id,
       player.id AS player_id, player.external_id AS external_player_id,
       TRIM(player.first_name || ' ' || player.last_name) AS player_name,
       league.id AS league_id, league.key AS league_key, league.name AS league_name,
       team.id AS team_id, team.name AS team_name, team.squad, season.key AS season_key,
       series.id AS series_id, series.key AS series_key, series.name AS series_name,
       club.id AS club_id, club.key AS club_key, club.name AS club_name
FROM placed
LEFT JOIN leagues_league league ON league.id = placed.league_id
LEFT JOIN leagues_player player ON player.id = placed.player_id
LEFT JOIN leagues_team team ON team.id = placed.team_id
LEFT JOIN leagues_season season ON season.id = team.season_id
LEFT JOIN leagues_series series ON series.id = team.series_id
LEFT JOIN leagues_club club ON club.id = team.club_id
"""

# A team that was chosen in an earlier season gives way to the one the user's player is on now. Who is on none now stays
# with the last one.
TEAMS = {
    "chosen": """
            SELECT chosen.id FROM leagues_team chosen JOIN leagues_season season ON season.id = chosen.season_id
            WHERE chosen.id = account.team_context_id AND chosen.league_id = account.league_id AND chosen.is_active""",
    "own": """
            SELECT own.id
            FROM leagues_rosterspot spot
            JOIN leagues_team own ON own.id = spot.team_id AND own.is_active
            JOIN leagues_season season ON season.id = own.season_id
            JOIN leagues_series own_series ON own_series.id = own.series_id
            WHERE spot.player_id = account.player_id AND spot.is_active""",
    "own_first": """
            ORDER BY season.starts_on DESC NULLS LAST, spot.is_substitute, own_series.name, own.name, own.id LIMIT 1""",
}

ALL_CONTEXTS_SQL = CONTEXTS_SQL.format(whose="TRUE", **TEAMS)
ONE_CONTEXT_SQL = CONTEXTS_SQL.format(whose="person.id = %s", **TEAMS)
IDS = {"player_id", "league_id", "team_id", "series_id", "club_id"}
NOT_FOR_SESSIONS = {"user_id", "is_staff", "organization_id", "league_context_id", "team_context_id"}


Row = dict[str, Any]
"""A row of `CONTEXTS_SQL`."""


def build_context(user_id: int, stored: dict[str, Any] | None = None) -> dict[str, Any] | None:
    """The context of a session as the database has it now, fit for JSON; None if the user is gone or inactive.

    What the user has selected is read from the user, whatever context the session had `stored`. If that league
    is no longer permitted, the user's best league is selected instead, and saved. It takes one query for a user
    with a player in the selected league, two for others, and more only when the selection has to change.
    """
    row = context_row(user_id)
    if row is None:
        return None
    if row["player_id"] is None and not selection_stands(row):
        row = reselect(row) or row
    return session_context(row)


def context_row(user_id: int) -> Row | None:
    return next(iter(dicts(ONE_CONTEXT_SQL, [user_id])), None)


def selection_stands(row: Row) -> bool:
    """Whether the user has selected a league and may see it. Asked of users without a player in that league."""
    return row["league_id"] is not None and leagues_for(owner(row)).filter(pk=row["league_id"]).exists()


def reselect(row: Row) -> Row | None:
    """Select the user's best league, or none, in place of the one selected; returns the new row.

    A selection that another request made in the meantime stays. Returns None if the user is gone.
    """
    best = best_league_for(owner(row))
    selected = row["league_context_id"]
    if selected is None and best is None:
        return row
    replacement = best.pk if best else None
    changed = User.objects.filter(pk=row["user_id"], league_context=selected).update(league_context=replacement)
    if changed and selected is not None:
        logger.warning(
            "Cleared league %s, no longer permitted to user %s; now %s",
            selected,
            row["user_id"],
            f"league {replacement}" if best else "without a league",
        )
    return context_row(row["user_id"])


def owner(row: Row) -> User:
    """The user of a row, made without a query, with the fields that the access rules look at."""
    return User(pk=row["user_id"], is_staff=row["is_staff"], organization_id=row["organization_id"])


def session_context(row: Row) -> dict[str, Any]:
    """Every name is always there. What does not apply to the user is an empty text, or None for an id."""
    kept = {name: value for name, value in row.items() if name not in NOT_FOR_SESSIONS}
    filled = {name: "" if value is None and name not in IDS else value for name, value in kept.items()}
    return {"id": row["user_id"], **filled}
