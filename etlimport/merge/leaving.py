"""Which existing rows are no longer in the source, and deactivating them. All of it is within the seasons that the
snapshot has rows of: those of other seasons stay as they are.
"""

from django.utils import timezone

from etlimport import database
from etlimport.database import dialect, working_tables
from etlimport.journal.undo_log import UndoLog
from etlimport.resolve.matching import seasons_to_leave
from etlimport.resolve.season_dates import MOVED_WITHIN
from leagues.models import CatalogueModel, MatchScore, Player, PlayerHistory, RosterSpot, ScheduledMatch, Standing, Team


def leagues_in(kind: str) -> str:
    """SQL for a query of the leagues of which the snapshot has rows in a kind of file. Others stay as they are."""
    return f"""SELECT l.target_id FROM w_league_file f JOIN w_league l ON l.no = f.league_no
               WHERE f.kind = '{kind}' AND l.target_id IS NOT NULL"""


def is_not_hinted_at(model: type[CatalogueModel]) -> str:
    """SQL for the condition that no row of the snapshot which cannot be read in full may be about the row."""
    return f"NOT IN (SELECT id FROM w_may_be_told_of WHERE table_name = '{model._meta.db_table}')"


SEASON_OF_TEAM = "(SELECT season_id FROM leagues_team x WHERE x.id = t.team_id)"
SEASON_OF: dict[type[CatalogueModel], str] = {
    Team: "t.season_id",
    RosterSpot: SEASON_OF_TEAM,
    ScheduledMatch: "t.season_id",
    MatchScore: "t.season_id",
    Standing: SEASON_OF_TEAM,
}
"""By model: SQL for the id of the season of a row `t`. Players and their ratings are of none."""

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

SPOTS_OF_OTHER_SEASONS = f"""
    SELECT r.player_id FROM leagues_rosterspot r JOIN leagues_team t ON t.id = r.team_id
    WHERE r.is_active AND t.season_id NOT IN ({seasons_to_leave("players")})"""
PLAYERS_LEFT = f"""
    SELECT id FROM leagues_player WHERE league_id IN ({leagues_in("players")})
    AND id NOT IN (SELECT target_id FROM w_player WHERE target_id IS NOT NULL) AND id {is_not_hinted_at(Player)}
    AND id NOT IN ({SPOTS_OF_OTHER_SEASONS})"""
"""Who played in another season stays a player of the league, with what he or she has there."""

SPOTS_LEFT = f"""
    SELECT r.id FROM leagues_rosterspot r JOIN leagues_team t ON t.id = r.team_id
    WHERE t.season_id IN ({seasons_to_leave("players")})
    AND r.id NOT IN (SELECT target_id FROM w_spot WHERE target_id IS NOT NULL)
    AND r.id {is_not_hinted_at(RosterSpot)}"""
SPOTS_LEFT_FOR_NONE = f"""{SPOTS_LEFT}
    AND r.player_id NOT IN (SELECT p.target_id FROM w_spot s JOIN w_player p ON p.no = s.player_no
                            WHERE s.target_id IS NULL AND p.target_id IS NOT NULL)"""
"""The same without spots of players who get another one: a player who changes teams is no loss to the league."""
FIXTURES_LEFT = f"""
    SELECT t.id FROM leagues_scheduledmatch t WHERE t.season_id IN ({seasons_to_leave("schedules")})
    AND t.id NOT IN (SELECT target_id FROM w_schedule WHERE target_id IS NOT NULL)
    AND t.id {is_not_hinted_at(ScheduledMatch)}"""
LINES_COVERED = f"""
    SELECT t.id FROM leagues_matchscore t
    JOIN w_season n ON n.target_id = t.season_id
    JOIN (SELECT season_no, min(date) AS first FROM w_match GROUP BY season_no) covered ON covered.season_no = n.no
    WHERE t.season_id IN ({seasons_to_leave("match_history")})
      AND {dialect.days_between("covered.first", "t.date")} <= {MOVED_WITHIN}"""
"""SQL for a query of the lines whose part of a season the match history tells: it starts no later than a match can be
moved.
"""
LINES_LEFT = f"""{LINES_COVERED}
    AND t.id NOT IN (SELECT target_id FROM w_match WHERE target_id IS NOT NULL)
    AND t.id {is_not_hinted_at(MatchScore)}"""
"""Lines that the source has taken back. Those of earlier seasons stay, as a file may begin with this season."""
STANDINGS_LEFT = f"""
    SELECT s.id FROM leagues_standing s JOIN leagues_team t ON t.id = s.team_id
    WHERE t.season_id IN ({seasons_to_leave("series_stats")})
    AND s.id NOT IN (SELECT target_id FROM w_standing WHERE target_id IS NOT NULL)
    AND s.id {is_not_hinted_at(Standing)}"""
SEASONS = """
    SELECT n.target_id FROM w_league_file f JOIN w_season n ON n.no = f.season_no
    WHERE n.target_id IS NOT NULL AND f.is_newest"""
"""SQL for a query of the existing seasons that any kind of file of the snapshot is of."""

TEAMS_NOT_NAMED = f"""
    SELECT id FROM leagues_team WHERE season_id IN ({SEASONS})
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
    f" AND (season_id IN ({seasons_to_leave(kind)}) OR id NOT IN ({held}))" for kind, held in KEEPS_TEAMS_ACTIVE.items()
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

PLAYERS_LOST = f"""
    SELECT id FROM leagues_player WHERE league_id IN ({leagues_in("players")})
    AND id NOT IN (SELECT target_id FROM w_player WHERE target_id IS NOT NULL) AND id {is_not_hinted_at(Player)}"""
"""The same with those who are still known by another season: the season of the snapshot loses them."""

PLAYS_IN_SNAPSHOT = f"""(
    t.id IN (SELECT r.player_id FROM leagues_rosterspot r JOIN leagues_team x ON x.id = r.team_id
             WHERE r.is_active AND x.season_id IN ({seasons_to_leave("players")}))
    OR NOT EXISTS (SELECT 1 FROM leagues_rosterspot r WHERE r.player_id = t.id))"""
"""SQL for the condition that a player `t` is on a team of a season that the players files are of, or on none at all."""

KIND_OF: dict[type[CatalogueModel], str] = {
    Team: "players",
    Player: "players",
    RosterSpot: "players",
    ScheduledMatch: "schedules",
    Standing: "series_stats",
    MatchScore: "match_history",
}
"""By model: the kind of file that tells of its rows."""


def is_of_snapshot(model: type[CatalogueModel]) -> str:
    """SQL for the condition that a row `t` is of a season that the snapshot tells of."""
    if model is Player:
        return PLAYS_IN_SNAPSHOT
    if model is Team:
        return f"t.season_id IN ({SEASONS})"
    return f"{SEASON_OF[model]} IN ({seasons_to_leave(KIND_OF[model])})"


LOST: dict[str, tuple[type[CatalogueModel], str]] = {
    "teams": (Team, TEAMS_LEAVING),
    "players": (Player, PLAYERS_LOST),
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
