"""The teams that labels of match lines stand for, where the label alone does not tell: by the people, or by the day."""

from etlimport import database
from etlimport.database import fact_tables
from etlimport.database.working_tables import ROWS_OF_A_FILE
from etlimport.kinds.files import SEATS
from etlimport.resolve.matching import on_a_day_of

SEATED = " UNION ALL ".join(
    f"""SELECT i.{seat.split("_")[0]}_no AS label_no, i.file_no, i.idx, '{seat}' AS seat, r.team_no
        FROM in_match_history i JOIN w_spelling s ON s.no = i.league_no
        LEFT JOIN w_season_dates d ON {on_a_day_of("match_history", "i")}
        JOIN w_player p ON p.league_no = s.league_no AND p.external_id = i.{seat}_id
        JOIN w_roster r ON r.player_no = p.no AND NOT r.is_substitute
        JOIN w_team t ON t.no = r.team_no AND t.season_no = COALESCE(d.season_no, s.match_history_season)
        WHERE i.{seat}_id <> '' AND i.{seat.split("_")[0]}_label <> ''
          AND i.{seat.split("_")[0]}_no NOT IN (SELECT no FROM w_label)"""
    for seat in SEATS
)
"""SQL for a query of the people in lines whose team the label does not tell, each with the teams they are on."""


def resolve_labels_by_players() -> None:
    """A label is that of the team on which more than half of the people are who played under it: `Hinsdale PC 7`.

    To be called once the rosters are known, before the lines are resolved.
    """
    database.execute(
        f"""INSERT INTO w_label (no, team_no, kind)
            WITH seated AS MATERIALIZED ({SEATED})
            SELECT t.label_no, t.team_no, 'match_history'
            FROM (SELECT label_no, team_no, count(*) AS theirs FROM seated GROUP BY label_no, team_no) t
            JOIN (SELECT label_no, count(*) AS seats FROM (SELECT DISTINCT label_no, file_no, idx, seat FROM seated) one
                  GROUP BY label_no) of_label ON of_label.label_no = t.label_no
            WHERE 2 * t.theirs > of_label.seats AND NOT EXISTS (
                SELECT 1 FROM (SELECT label_no, team_no, count(*) AS theirs FROM seated
                               GROUP BY label_no, team_no) other
                WHERE other.label_no = t.label_no AND other.team_no <> t.team_no AND other.theirs >= t.theirs)"""
    )


def resolve_labels_by_schedule() -> None:
    """Fill w_line_teams with the teams of lines whose two labels only name clubs.

    They are those of the one match that is scheduled on that day between teams of these clubs, in either order.
    """
    if not database.value("SELECT 1 FROM w_club_label LIMIT 1"):
        fact_tables.LINE_TEAMS.leave_empty()
        return
    sides = (("home", "away"), ("away", "home"))
    scheduled = " UNION ALL ".join(
        f"""SELECT i.file_no * {ROWS_OF_A_FILE} + i.idx AS no, w.{home}_no AS home_no, w.{away}_no AS away_no
            FROM in_match_history i JOIN w_spelling s ON s.no = i.league_no
            JOIN w_club_label home ON home.no = i.home_no JOIN w_club_label away ON away.no = i.away_no
            JOIN w_schedule w ON w.date = i.date
            JOIN w_team h ON h.no = w.{home}_no AND h.club_no = home.club_no AND h.league_no = s.league_no
            JOIN w_team a ON a.no = w.{away}_no AND a.club_no = away.club_no"""
        for home, away in sides
    )
    fact_tables.LINE_TEAMS.fill(
        f"""SELECT no, min(home_no) AS home_no, min(away_no) AS away_no FROM ({scheduled}) scheduled
            GROUP BY no HAVING count(*) = 1"""
    )
