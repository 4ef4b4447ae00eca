"""Knows teams by the ids that the source itself gives them, where its files tell these."""

from etlimport import database
from etlimport.database import working_tables
from etlimport.models import IdentityChange
from etlimport.resolve.matching import accept_unique
from etlimport.resolve.teams import find_confirmed_teams

Layer = IdentityChange.Layer

IDS_IN_FILES = """
    SELECT label_no, team_source_id AS source_id FROM in_players
    UNION SELECT label_no, team_source_id FROM in_series_stats
    UNION SELECT home_no, home_team_source_id FROM in_schedules
    UNION SELECT away_no, away_team_source_id FROM in_schedules"""


def gather_source_ids() -> None:
    """Note the id of each team that has exactly one, if no other team of its season has the same."""
    found = working_tables.TEAM_SOURCE_ID.fill(
        f"""SELECT DISTINCT t.season_no, t.no AS team_no, i.source_id FROM ({IDS_IN_FILES}) i
            JOIN w_label l ON l.no = i.label_no JOIN w_team t ON t.no = l.team_no
            WHERE i.source_id <> ''"""
    )
    if found:
        database.execute(
            """UPDATE w_team SET source_id = x.source_id FROM (
                   SELECT team_no, source_id FROM (
                       SELECT team_no, source_id, count(*) OVER (PARTITION BY team_no) AS ids,
                              count(*) OVER (PARTITION BY season_no, source_id) AS teams
                       FROM w_team_source_id) counted
                   WHERE ids = 1 AND teams = 1) x
               WHERE x.team_no = w_team.no"""
        )


SAME_ID = """
    SELECT w.no, t.id AS old_id FROM w_team w JOIN w_season n ON n.no = w.season_no
    JOIN leagues_team t ON t.season_id = n.target_id AND t.source_id = w.source_id
    WHERE w.source_id <> ''"""
"""SQL for a query of the teams of the snapshot and the existing ones with the same id."""


def resolve_source_ids() -> None:
    """A team is the existing one with the same id of the source, whatever its label.

    A team that was matched by its label is matched anew, unless most of its players say that the label is right: some
    sources number their teams anew. To be called when `w_same_people` is filled.
    """
    if not database.value("SELECT 1 FROM w_team WHERE source_id <> '' LIMIT 1"):
        return
    find_confirmed_teams()
    database.execute(
        f"""UPDATE w_team SET target_id = NULL, layer = ''
            WHERE layer = %s AND no NOT IN (SELECT no FROM w_confirmed_team) AND (
                no IN (SELECT x.no FROM ({SAME_ID}) x JOIN w_team m ON m.no = x.no AND m.target_id <> x.old_id)
                OR target_id IN (SELECT x.old_id FROM ({SAME_ID}) x JOIN w_team m ON m.no = x.no
                                 WHERE m.target_id IS NULL OR m.target_id <> x.old_id))""",
        [Layer.NATURAL_KEY],
    )
    accept_unique("w_team", Layer.SOURCE_ID, f"SELECT x.*, 'same id at the source' AS evidence FROM ({SAME_ID}) x")


def keep_known_source_ids() -> None:
    """A team whose id is not told keeps the one it had."""
    database.execute(
        """UPDATE w_team SET source_id = t.source_id FROM leagues_team t
           WHERE t.id = w_team.target_id AND w_team.source_id = ''"""
    )
