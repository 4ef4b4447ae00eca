"""The merge step: writes every kind of catalogue row, and deactivates the rows that are no longer in the source."""

from dataclasses import replace

from etlimport.journal.undo_log import UndoLog
from etlimport.merge import catalogue, matches
from etlimport.merge.entity import Counts, Entity, deactivate, find_inserted, merge
from leagues.models import CatalogueModel, MatchScore, Player, PlayerHistory, RosterSpot, ScheduledMatch, Standing, Team

FED = """SELECT l.target_id FROM w_league_file f JOIN w_league l ON l.no = f.league_no WHERE f.kind = '{kind}'
         AND l.target_id IS NOT NULL"""
"""SQL for a query of the leagues of which the snapshot has rows in a kind of file. Other leagues stay as they are."""

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
    SELECT id FROM leagues_player WHERE league_id IN ({FED.format(kind="players")})
    AND id NOT IN (SELECT target_id FROM w_player WHERE target_id IS NOT NULL)"""
SPOTS_LEFT = f"""
    SELECT r.id FROM leagues_rosterspot r JOIN leagues_player p ON p.id = r.player_id
    WHERE p.league_id IN ({FED.format(kind="players")})
    AND r.id NOT IN (SELECT target_id FROM w_spot WHERE target_id IS NOT NULL)"""
SPOTS_LEFT_FOR_NONE = f"""{SPOTS_LEFT}
    AND r.player_id NOT IN (SELECT player_id FROM w_spot WHERE target_id IS NULL AND player_id IS NOT NULL)"""
"""The same without spots of players who get another one: a player who changes teams is no loss to the league."""
MATCHES_LEFT = f"""
    SELECT id FROM leagues_scheduledmatch WHERE league_id IN ({FED.format(kind="schedules")})
    AND id NOT IN (SELECT target_id FROM w_schedule WHERE target_id IS NOT NULL)"""
STANDINGS_LEFT = f"""
    SELECT s.id FROM leagues_standing s JOIN leagues_team t ON t.id = s.team_id
    WHERE t.league_id IN ({FED.format(kind="series_stats")})
    AND s.id NOT IN (SELECT target_id FROM w_standing WHERE target_id IS NOT NULL)"""
TEAMS_NOT_NAMED = """
    SELECT id FROM leagues_team WHERE league_id IN (SELECT target_id FROM w_league WHERE target_id IS NOT NULL)
    AND id NOT IN (SELECT target_id FROM w_team WHERE target_id IS NOT NULL)"""
HELD_BY = {
    "players": "SELECT team_id FROM leagues_rosterspot WHERE is_active",
    "schedules": """SELECT home_team_id FROM leagues_scheduledmatch WHERE is_active
                    UNION SELECT away_team_id FROM leagues_scheduledmatch WHERE is_active""",
    "series_stats": "SELECT team_id FROM leagues_standing WHERE is_active",
}
"""By kind of file: SQL for a query of the teams that stay active because of a row which that kind of file writes."""

TEAMS_LEFT = f"SELECT id FROM leagues_team WHERE id IN ({TEAMS_NOT_NAMED})" + "".join(
    f" AND id NOT IN ({held})" for held in HELD_BY.values()
)
TEAMS_LEAVING = f"SELECT id FROM leagues_team WHERE id IN ({TEAMS_NOT_NAMED})" + "".join(
    f" AND (league_id IN ({FED.format(kind=kind)}) OR id NOT IN ({held}))" for kind, held in HELD_BY.items()
)
"""SQL for a query of the teams that the merge is going to deactivate, to be asked before it.

A team stays active because of a row that only a missing kind of file could deactivate.
"""

LEAVING: dict[type[CatalogueModel], tuple[str, str]] = {
    Team: ("teams", TEAMS_LEAVING),
    Player: ("players", PLAYERS_LEFT),
    RosterSpot: ("roster spots", SPOTS_LEFT_FOR_NONE),
    ScheduledMatch: ("scheduled matches", MATCHES_LEFT),
    Standing: ("standings", STANDINGS_LEFT),
}
"""By model: what reports call it, and SQL for a query of the ids of rows that are no longer in the source."""


def merge_catalogue(log: UndoLog) -> dict[str, Counts]:
    """Write the whole snapshot. Returns the counts by kind of thing, in the order in which they are written.

    A kind of thing is written after those it refers to, as it needs their ids. Rows that are no longer in the source
    are deactivated before the new ones are inserted, so that a new row may take over their key.
    """
    counts = {}
    for name, entity in (
        ("leagues", catalogue.LEAGUE),
        ("clubs", catalogue.CLUB),
        ("series", catalogue.SERIES),
    ):
        counts[name] = merge_parent(entity, log)
    counts["teams"] = merge_parent(catalogue.TEAM, log)
    left = deactivate(Player, PLAYERS_LEFT, log)
    counts["players"] = replace(merge_parent(catalogue.PLAYER, log), deactivated=left)
    catalogue.create_spots()
    left = deactivate(RosterSpot, SPOTS_LEFT, log)
    counts["roster spots"] = replace(merge(catalogue.ROSTER_SPOT, log), deactivated=left)

    matches.create_schedule()
    matches.create_standings()
    left = deactivate(ScheduledMatch, MATCHES_LEFT, log)
    counts["scheduled matches"] = replace(merge(matches.SCHEDULED_MATCH, log), deactivated=left)
    left = deactivate(Standing, STANDINGS_LEFT, log)
    counts["standings"] = replace(merge(matches.STANDING, log), deactivated=left)

    matches.create_matches()
    matches.find_lines()
    counts["match lines"] = merge(matches.MATCH_SCORE, log)
    matches.create_history()
    counts["rating history"] = merge(matches.PLAYER_HISTORY, log)
    counts["teams"] = replace(counts["teams"], deactivated=deactivate(Team, TEAMS_LEFT, log))
    return counts


def merge_parent(entity: Entity, log: UndoLog) -> Counts:
    counts = merge(entity, log)
    if counts.inserted:
        find_inserted(entity)
    return counts
