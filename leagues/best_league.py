"""Which league is selected for a user who has not selected one, or who may no longer see the one selected.

Of the active leagues in which the user has an active player, it is the first in this order: leagues in which
that player is on a team; more matches in the last 12 months; a more recent last match; the league's code.
"""

from datetime import date, timedelta

from django.utils import timezone

from leagues.models import League, User

RECENT = timedelta(days=365)
PLAYER_COLUMNS = ("home_player_1_id", "home_player_2_id", "away_player_1_id", "away_player_2_id")

ACTIVE_IN = """
    SELECT 1 FROM leagues_playerassociation association
    JOIN leagues_player player ON player.id = association.player_id AND player.is_active
    JOIN leagues_league home ON home.id = player.league_id AND home.is_active
    WHERE association.user_id = person.id
"""
"""SQL that finds a row for each active league in which the user `person` has an active player."""

# One SELECT for each column, so that each can use the column's index; an OR over the four could use none.
PLAYED = " UNION ALL ".join(
    f"SELECT player_id, date FROM seat JOIN leagues_matchscore line ON {column} = player_id AND line.is_active"
    for column in PLAYER_COLUMNS
)

BEST_LEAGUES_SQL = f"""
WITH seat AS (
    SELECT association.user_id, player.id AS player_id, league.id AS league_id, league.code,
           CASE WHEN EXISTS (
               SELECT 1 FROM leagues_rosterspot spot JOIN leagues_team team ON team.id = spot.team_id
               JOIN leagues_season season ON season.id = team.season_id AND season.is_current
               WHERE spot.player_id = player.id AND spot.is_active AND team.is_active
           ) THEN 1 ELSE 0 END AS on_a_team
    FROM leagues_playerassociation association
    JOIN leagues_player player ON player.id = association.player_id AND player.is_active
    JOIN leagues_league league ON league.id = player.league_id AND league.is_active
    WHERE association.user_id IN ({{users}})
), played AS (
    {PLAYED}
), record AS (
    SELECT player_id, MAX(date) AS last_match,
           SUM(CASE WHEN date > '{{recent}}' THEN 1 ELSE 0 END) AS matches
    FROM played GROUP BY player_id
), membership AS (
    SELECT seat.user_id, seat.league_id, seat.code, MAX(seat.on_a_team) AS on_a_team,
           CAST(SUM(COALESCE(record.matches, 0)) AS integer) AS matches, MAX(record.last_match) AS last_match
    FROM seat LEFT JOIN record ON record.player_id = seat.player_id
    GROUP BY seat.user_id, seat.league_id, seat.code
), ranked AS (
    SELECT membership.*, ROW_NUMBER() OVER (
        PARTITION BY user_id
        ORDER BY on_a_team DESC, matches DESC, last_match DESC NULLS LAST, code, league_id
    ) AS place
    FROM membership
)
SELECT user_id, league_id, matches,
       CASE WHEN on_a_team = 1 THEN 'team assignment'
            WHEN matches > 0 THEN 'matches in the last 12 months'
            WHEN last_match IS NOT NULL THEN 'most recent match'
            ELSE 'league code' END AS reason
FROM ranked WHERE place = 1
"""


def best_leagues_sql(users: str, today: date | None = None) -> str:
    """SQL that selects user_id, league_id, matches and reason: one row for each user who has such a league.

    `users` is SQL that selects the user ids in question; the result takes its parameters and no others.
    `matches` counts the lines played in the league in the 12 months before `today`.
    """
    recent = (today or timezone.localdate()) - RECENT
    return BEST_LEAGUES_SQL.format(users=users, recent=recent.isoformat())


def best_league_for(user: User) -> League | None:
    """The league to select for this user, or None for a user without an active player. It takes one query."""
    best = best_leagues_sql("%s")
    found = League.objects.raw(
        f"SELECT league.* FROM leagues_league league JOIN ({best}) best ON best.league_id = league.id",
        [user.pk],
    )
    return next(iter(found), None)
