"""The merge step: every kind of catalogue row in the order in which they refer to one another."""

from dataclasses import replace

from etlimport.journal.undo_log import UndoLog
from etlimport.merge import catalogue, matches
from etlimport.merge.entity import Counts, Entity, deactivate, find_inserted, merge
from leagues.models import MatchScore, Player, PlayerHistory, RosterSpot, ScheduledMatch, Standing, Team

FED = """SELECT l.target_id FROM w_fed f JOIN w_league l ON l.no = f.league_no WHERE f.kind = '{kind}'
         AND l.target_id IS NOT NULL"""
"""SQL: the leagues about which this snapshot has a file of that kind. Others are left alone."""

PLAYER_LEAGUE = "(SELECT league_id FROM leagues_player p WHERE p.id = t.player_id)"
LEAGUE_OF = {
    Team: "t.league_id",
    Player: "t.league_id",
    RosterSpot: PLAYER_LEAGUE,
    PlayerHistory: PLAYER_LEAGUE,
    ScheduledMatch: "t.league_id",
    MatchScore: "t.league_id",
    Standing: "(SELECT league_id FROM leagues_team x WHERE x.id = t.team_id)",
}
"""SQL: the league of a row `t` of a table."""

PLAYERS_LEFT = f"""
    SELECT id FROM leagues_player WHERE league_id IN ({FED.format(kind="players")})
    AND id NOT IN (SELECT target_id FROM w_player WHERE target_id IS NOT NULL)"""
SPOTS_LEFT = f"""
    SELECT r.id FROM leagues_rosterspot r JOIN leagues_player p ON p.id = r.player_id
    WHERE p.league_id IN ({FED.format(kind="players")})
    AND r.id NOT IN (SELECT target_id FROM w_spot WHERE target_id IS NOT NULL)"""
SPOTS_LEFT_FOR_NONE = f"""{SPOTS_LEFT}
    AND r.player_id NOT IN (SELECT player_id FROM w_spot WHERE target_id IS NULL AND player_id IS NOT NULL)"""
"""SQL: the spots whose player has no new one instead: who moves to another team is no loss to the league."""
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
"""SQL: the teams that what a kind of file feeds keeps in the league."""

TEAMS_LEFT = f"SELECT id FROM leagues_team WHERE id IN ({TEAMS_NOT_NAMED})" + "".join(
    f" AND id NOT IN ({held})" for held in HELD_BY.values()
)
TEAMS_LEAVING = f"SELECT id FROM leagues_team WHERE id IN ({TEAMS_NOT_NAMED})" + "".join(
    f" AND (league_id IN ({FED.format(kind=kind)}) OR id NOT IN ({held}))" for kind, held in HELD_BY.items()
)
"""SQL: the teams that will have left, told before the merge: a file that is absent lets go of none."""

LEAVING = {
    Team: ("teams", TEAMS_LEAVING),
    Player: ("players", PLAYERS_LEFT),
    RosterSpot: ("roster spots", SPOTS_LEFT_FOR_NONE),
    ScheduledMatch: ("scheduled matches", MATCHES_LEFT),
    Standing: ("standings", STANDINGS_LEFT),
}
"""What a league can lose: its name, and SQL giving the ids of the rows that are no more in the source."""


def merge_catalogue(log: UndoLog) -> dict[str, Counts]:
    """Write everything staged, deactivate what left; counts per kind of thing, in the order written.

    Rows refer to rows written before them, so each kind gets its ids before the next is written. What left
    is told before new rows come in.
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
