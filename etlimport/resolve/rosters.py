"""Matches roster spots and standings with existing rows: each is its player's or its team's."""

from etlimport.database import fact_tables
from etlimport.database.working_tables import SEQ
from etlimport.kinds import SERIES_STATS


def resolve_roster_spots() -> None:
    """Fill w_spot with the roster spots of the snapshot."""
    fact_tables.SPOT.fill(
        """SELECT w.*, r.id AS target_id FROM w_roster w
           JOIN w_player p ON p.no = w.player_no JOIN w_team t ON t.no = w.team_no
           LEFT JOIN leagues_rosterspot r ON r.player_id = p.target_id AND r.team_id = t.target_id"""
    )


def resolve_standings() -> None:
    """Fill w_standing with one standing for each team, from the first row about the team."""
    fact_tables.STANDING.fill(
        f"""SELECT w.no, w.file_no, w.team_no, {SERIES_STATS.facts_sql("w", "standing")}, t.id AS target_id FROM (
                SELECT {SEQ} AS no, i.*, h.target_id AS team_id, h.no AS team_no,
                       row_number() OVER (PARTITION BY h.no ORDER BY {SEQ}) AS nth
                FROM in_series_stats i
                JOIN w_label b ON b.no = i.label_no JOIN w_team h ON h.no = b.team_no) w
            LEFT JOIN leagues_standing t ON t.team_id = w.team_id
            WHERE w.nth = 1"""
    )
