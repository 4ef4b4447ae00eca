"""Which existing rows are no longer in the source, and deactivating them."""

from django.utils import timezone

from etlimport import database
from etlimport.database import dialect, working_tables
from etlimport.journal.undo_log import UndoLog
from etlimport.resolve.fixtures import MOVED_WITHIN
from leagues.models import CatalogueModel, MatchScore, Player, PlayerHistory, RosterSpot, ScheduledMatch, Standing, Team


def leagues_in(kind: str) -> str:
    """SQL for a query of the leagues of which the snapshot has rows in a kind of file. Others stay as they are."""
    return f"""SELECT l.target_id FROM w_league_file f JOIN w_league l ON l.no = f.league_no
               WHERE f.kind = '{kind}' AND l.target_id IS NOT NULL"""


def is_not_hinted_at(model: type[CatalogueModel]) -> str:
    """SQL for the condition that no row of the snapshot which cannot be read in full may be about the row."""
    return f"NOT IN (SELECT id FROM w_may_be_told_of WHERE table_name = '{model._meta.db_table}')"


PLAYER_LEAGUE = "(SELECT league_id FROM leagues_player p WHERE p.id = t.player_id)"
LEAGUE_OF: dict[type[CatalogueModel], str] = {
    Team: "t.league_id",
    Player: "t.league_id",
    RosterSpot: PLAYER_LEAGUE,
    PlayerHistory: PLAYER_LEAGUE,
    ScheduledMatch: "t.league_id",
    MatchScore: "t.league_id",
    Standing: "(SELECT league_id FROM leagues_team x WHERE x.id = t.team_id)",
}
"""By model: SQL for the id of the league of a row `t`."""

PLAYERS_LEFT = f"""
    SELECT id FROM leagues_player WHERE league_id IN ({leagues_in("players")})
    AND id NOT IN (SELECT target_id FROM w_player WHERE target_id IS NOT NULL) AND id {is_not_hinted_at(Player)}"""
SPOTS_LEFT = f"""
    SELECT r.id FROM leagues_rosterspot r JOIN leagues_player p ON p.id = r.player_id
    WHERE p.league_id IN ({leagues_in("players")})
    AND r.id NOT IN (SELECT target_id FROM w_spot WHERE target_id IS NOT NULL)
    AND r.id {is_not_hinted_at(RosterSpot)}"""
SPOTS_LEFT_FOR_NONE = f"""{SPOTS_LEFT}
    AND r.player_id NOT IN (SELECT p.target_id FROM w_spot s JOIN w_player p ON p.no = s.player_no
                            WHERE s.target_id IS NULL AND p.target_id IS NOT NULL)"""
"""The same without spots of players who get another one: a player who changes teams is no loss to the league."""
FIXTURES_LEFT = f"""
    SELECT t.id FROM leagues_scheduledmatch t WHERE t.league_id IN ({leagues_in("schedules")})
    AND t.id NOT IN (SELECT target_id FROM w_schedule WHERE target_id IS NOT NULL)
    AND t.id {is_not_hinted_at(ScheduledMatch)}"""
LINES_COVERED = f"""
    SELECT t.id FROM leagues_matchscore t
    JOIN w_league l ON l.target_id = t.league_id
    JOIN (SELECT league_no, min(date) AS first FROM w_match GROUP BY league_no) covered ON covered.league_no = l.no
    WHERE {dialect.days_between("covered.first", "t.date")} <= {MOVED_WITHIN}"""
"""SQL for a query of the lines whose season the match history tells: it starts no later than a match can be moved."""
LINES_LEFT = f"""{LINES_COVERED}
    AND t.id NOT IN (SELECT target_id FROM w_match WHERE target_id IS NOT NULL)
    AND t.id {is_not_hinted_at(MatchScore)}"""
"""Lines that the source has taken back. Those of earlier seasons stay, as a file may begin with this season."""
STANDINGS_LEFT = f"""
    SELECT s.id FROM leagues_standing s JOIN leagues_team t ON t.id = s.team_id
    WHERE t.league_id IN ({leagues_in("series_stats")})
    AND s.id NOT IN (SELECT target_id FROM w_standing WHERE target_id IS NOT NULL)
    AND s.id {is_not_hinted_at(Standing)}"""
TEAMS_NOT_NAMED = """
    SELECT id FROM leagues_team WHERE league_id IN (SELECT target_id FROM w_league WHERE target_id IS NOT NULL)
    AND id NOT IN (SELECT target_id FROM w_team WHERE target_id IS NOT NULL)"""
KEEPS_TEAMS_ACTIVE = {
    "players": "SELECT team_id FROM leagues_rosterspot WHERE is_active",
    "schedules": """SELECT home_team_id FROM leagues_scheduledmatch WHERE is_active
                    UNION SELECT away_team_id FROM leagues_scheduledmatch WHERE is_active""",
    "series_stats": "SELECT team_id FROM leagues_standing WHERE is_active",
}
"""By kind of file: SQL for a query of the teams that stay active because of a row which that kind of file writes."""

TEAMS_LEFT = f"SELECT id FROM leagues_team WHERE id IN ({TEAMS_NOT_NAMED})" + "".join(
    f" AND id NOT IN ({held})" for held in KEEPS_TEAMS_ACTIVE.values()
)
TEAMS_LEAVING = f"SELECT id FROM leagues_team WHERE id IN ({TEAMS_NOT_NAMED})" + "".join(
    f" AND (league_id IN ({leagues_in(kind)}) OR id NOT IN ({held}))" for kind, held in KEEPS_TEAMS_ACTIVE.items()
)
"""SQL for a query of the teams that the merge is going to deactivate, to be asked before it.

A team stays active because of a row that only a missing kind of file could deactivate.
"""

LEFT: dict[type[CatalogueModel], str] = {
    Player: PLAYERS_LEFT,
    RosterSpot: SPOTS_LEFT,
    ScheduledMatch: FIXTURES_LEFT,
    Standing: STANDINGS_LEFT,
    MatchScore: LINES_LEFT,
}
"""By model: SQL for a query of the ids of rows that are no longer in the source."""

LOST: dict[str, tuple[type[CatalogueModel], str]] = {
    "teams": (Team, TEAMS_LEAVING),
    "players": (Player, PLAYERS_LEFT),
    "roster spots": (RosterSpot, SPOTS_LEFT_FOR_NONE),
    "scheduled matches": (ScheduledMatch, FIXTURES_LEFT),
    "standings": (Standing, STANDINGS_LEFT),
    "match lines": (MatchScore, LINES_LEFT),
}
"""By what reports call it: a model, and SQL for a query of the ids of rows whose leaving is a loss to their league."""


def deactivate(model: type[CatalogueModel], left: str, log: UndoLog) -> int:
    """Deactivate rows that are no longer in the source. `left`: SQL for a query of their ids. Returns how many."""
    if log.was_empty(model):
        return 0
    table = model._meta.db_table
    leaving = working_tables.LEAVING.fill(f"SELECT id FROM {table} WHERE is_active AND id IN ({left})")
    return deactivate_leaving(model, log) if leaving else 0


def deactivate_leaving(model: type[CatalogueModel], log: UndoLog) -> int:
    """Deactivate the rows in the working table w_leaving. Returns how many."""
    table = model._meta.db_table
    log.before_update(model, "SELECT id FROM w_leaving")
    return database.execute(
        f"UPDATE {table} SET is_active = false, updated_at = %s WHERE id IN (SELECT id FROM w_leaving)",
        [timezone.now()],
    )
