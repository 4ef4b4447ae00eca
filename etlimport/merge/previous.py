"""Links each team of a season with the team of the season before that it was.

It is the one with the same id of the source, else the one with which it shares more than half of both rosters. The link
hands nothing over: what people attached to last season's team stays with that team.
"""

from etlimport import database
from etlimport.database import working_tables
from etlimport.journal.undo_log import UndoLog
from etlimport.resolve.matching import seasons_in
from leagues.models import Team

NEIGHBOURS = f"""
    SELECT n.target_id AS season_id, before.target_id AS before_id FROM w_season n
    JOIN w_season before ON before.league_no = n.league_no AND before.no = n.no - 1
    WHERE n.target_id IN ({seasons_in("players")})"""
"""SQL for a query of the seasons of the players files, each with the one before. A league's are numbered by time."""

SAME_ID = f"""
    SELECT t.id, o.id AS previous_id, 0 AS place FROM ({NEIGHBOURS}) n
    JOIN leagues_team t ON t.season_id = n.season_id AND t.source_id <> ''
    JOIN leagues_team o ON o.season_id = n.before_id AND o.source_id = t.source_id"""

SHARED = f"""
    SELECT t.id, o.id AS previous_id, count(*) AS people FROM ({NEIGHBOURS}) n
    JOIN leagues_team t ON t.season_id = n.season_id AND t.previous_id IS NULL
    JOIN leagues_rosterspot s ON s.team_id = t.id AND s.is_active AND NOT s.is_substitute
    JOIN leagues_rosterspot r ON r.player_id = s.player_id AND r.is_active AND NOT r.is_substitute
    JOIN leagues_team o ON o.id = r.team_id AND o.season_id = n.before_id
    GROUP BY t.id, o.id"""
SIZE = "(SELECT count(*) FROM leagues_rosterspot x WHERE x.team_id = {team} AND x.is_active AND NOT x.is_substitute)"
SAME_PEOPLE = f"""
    SELECT id, previous_id, 1 AS place FROM ({SHARED}) shared
    WHERE 2 * people > {SIZE.format(team="shared.id")} AND 2 * people > {SIZE.format(team="shared.previous_id")}"""


def link_previous_teams(log: UndoLog) -> int:
    """Set `previous` of the teams that have none yet, once their rosters are written. Returns how many were linked."""
    if not database.value(f"SELECT 1 FROM ({NEIGHBOURS}) n LIMIT 1"):
        working_tables.PREVIOUS_TEAM.leave_empty()
        return 0
    found = working_tables.PREVIOUS_TEAM.fill(
        f"""SELECT id, min(previous_id) AS previous_id FROM (
                SELECT f.*, count(*) OVER (PARTITION BY id, place) AS rivals,
                       count(*) OVER (PARTITION BY previous_id, place) AS heirs,
                       min(place) OVER (PARTITION BY id) AS best
                FROM ({SAME_ID} UNION ALL {SAME_PEOPLE}) f) candidates
            WHERE rivals = 1 AND heirs = 1 AND place = best
              AND id NOT IN (SELECT id FROM leagues_team WHERE previous_id IS NOT NULL)
            GROUP BY id"""
    )
    if not found:
        return 0
    # What this run inserted has no state to go back to.
    log.before_update(Team, f"SELECT id FROM w_previous_team WHERE id <= {log.highest[Team]}")
    return database.execute(
        "UPDATE leagues_team SET previous_id = p.previous_id FROM w_previous_team p WHERE p.id = leagues_team.id"
    )
