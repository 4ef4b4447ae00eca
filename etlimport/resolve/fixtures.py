"""Matches the scheduled matches of a snapshot with existing ones, so that people's answers stay with their match."""

from etlimport import database
from etlimport.database import dialect, fact_tables
from etlimport.database.working_tables import SEQ
from etlimport.kinds import SCHEDULES
from etlimport.resolve.matching import seasons_in
from etlimport.resolve.season_dates import MOVED_WITHIN
from etlimport.resolve.unmatched import Unmatched, number_in_their_day
from leagues.models import ScheduledMatch

CLOSE = f"{dialect.days_between('n.date', 'o.date')} BETWEEN -{MOVED_WITHIN} AND {MOVED_WITHIN}"

FIXTURE_ROWS = f"""
    SELECT {SEQ} AS no, i.file_no, h.no AS home_no, a.no AS away_no, i.date, i.time,
           {SCHEDULES.facts_sql("i", "scheduled match")},
           row_number() OVER (PARTITION BY h.no, a.no, i.date, i.time, CASE WHEN i.date IS NULL THEN {SEQ} END
                              ORDER BY {SEQ}) AS nth
    FROM in_schedules i
    JOIN w_label hb ON hb.no = i.home_no JOIN w_team h ON h.no = hb.team_no
    JOIN w_label ab ON ab.no = i.away_no JOIN w_team a ON a.no = ab.team_no AND a.no <> h.no"""
"""Rows with equal teams, date and time are about one match. Rows without a date may each be about another one."""

NUMBERED_FROM_ONE = """CASE WHEN date IS NOT NULL THEN row_number() OVER (
    PARTITION BY home_no, away_no, date ORDER BY time IS NULL, time, no) END"""


KEEPS_ITS_DAY = """CASE WHEN t.home_team_id = h.target_id AND t.away_team_id = a.target_id AND t.date = w.date
                   THEN 1 ELSE 0 END"""
"""SQL that tells apart the matches that are existing ones of the same teams and day, which keep their numbers."""

NOT_YET = "CAST(NULL AS bigint)"


def resolve_fixtures(*, known: bool) -> None:
    """Fill w_schedule with the scheduled matches of the snapshot. `known`: whether there may be existing ones."""
    fact_tables.SCHEDULE.fill(
        f"""SELECT no, file_no, home_no, away_no, date, time, {SCHEDULES.facts_sql("w", "scheduled match")},
                   {NOT_YET if known else NUMBERED_FROM_ONE} AS occurrence, {NOT_YET} AS target_id
            FROM ({FIXTURE_ROWS}) w WHERE nth = 1""",
    )
    if known:
        match_with_existing()
    set_aside_undated()
    if known:
        number_in_their_day(
            fact_tables.SCHEDULE,
            f"""SELECT w.no, w.target_id, h.target_id AS home_team_id, a.target_id AS away_team_id, w.date,
                       row_number() OVER (PARTITION BY w.home_no, w.away_no, w.date, {KEEPS_ITS_DAY}
                                          ORDER BY w.time IS NULL, w.time, w.no) AS nth
                FROM w_schedule w JOIN w_team h ON h.no = w.home_no JOIN w_team a ON a.no = w.away_no
                LEFT JOIN leagues_scheduledmatch t ON t.id = w.target_id""",
            ScheduledMatch,
            ("home_team_id", "away_team_id", "date"),
        )


def match_with_existing() -> None:
    """The surest evidence comes first: the same teams and moment, the same address at the source, the same day.

    Then come the same with the sides exchanged, without a day, on another day.

    Where several matches of two teams are moved at once, they keep their order. A match that has scores was played, and
    is not moved.
    """
    fixtures = Unmatched(fact_tables.SCHEDULE, fact_tables.NEW_FIXTURE, fact_tables.OLD_FIXTURE)
    gather_unmatched()
    teams, pair = ("home_id", "away_id"), ("lower_id", "higher_id")
    fixtures.match(*teams, "date", "at")
    fixtures.match(*pair, "source_url", new="n.source_url <> ''", order=("date", "at"), as_many=True)
    fixtures.match(*teams, "date", order=("at",))
    fixtures.match(*pair, "date", order=("at",))
    coming = "o.is_active AND NOT o.is_played"
    undated = "n.date IS NULL"
    fixtures.match(*teams, new=undated, old=coming, order=("date",), as_many=True)
    fixtures.match(*pair, new=undated, old=coming, order=("date",), as_many=True)
    dated = "n.date IS NOT NULL"
    fixtures.match(*teams, new=dated, old=coming, pair=CLOSE, order=("date", "at"), as_many=True)
    fixtures.match(*pair, new=dated, old=coming, pair=CLOSE, order=("date", "at"), as_many=True)


def gather_unmatched() -> None:
    pair = """CASE WHEN {home} < {away} THEN {home} ELSE {away} END AS lower_id,
              CASE WHEN {home} < {away} THEN {away} ELSE {home} END AS higher_id"""
    ids = pair.format(home="h.target_id", away="a.target_id")
    fact_tables.NEW_FIXTURE.fill(
        f"""SELECT w.no, h.target_id AS home_id, a.target_id AS away_id, {ids}, w.date,
                   COALESCE(CAST(w.time AS text), '') AS at, w.source_url
            FROM w_schedule w JOIN w_team h ON h.no = w.home_no JOIN w_team a ON a.no = w.away_no
            WHERE h.target_id IS NOT NULL AND a.target_id IS NOT NULL"""
    )
    ids = pair.format(home="t.home_team_id", away="t.away_team_id")
    fact_tables.OLD_FIXTURE.fill(
        f"""SELECT t.id, t.home_team_id AS home_id, t.away_team_id AS away_id, {ids}, t.date,
                   COALESCE(CAST(t.time AS text), '') AS at, t.source_url, t.is_active, s.date IS NOT NULL AS is_played
            FROM leagues_scheduledmatch t
            LEFT JOIN (SELECT DISTINCT home_team_id, away_team_id, date FROM leagues_matchscore WHERE is_active) s
              ON s.home_team_id = t.home_team_id AND s.away_team_id = t.away_team_id AND s.date = t.date
            WHERE t.season_id IN ({seasons_in("schedules")})"""
    )


def set_aside_undated() -> None:
    """A match whose date is not told keeps the date it had. One that may be any of several changes none of them."""
    database.execute(
        """UPDATE w_schedule SET date = t.date, time = t.time FROM leagues_scheduledmatch t
           WHERE t.id = w_schedule.target_id AND w_schedule.date IS NULL"""
    )
    found = fact_tables.UNDATED_FIXTURE.fill(
        """SELECT w.no, h.target_id AS home_id, a.target_id AS away_id
           FROM w_schedule w JOIN w_team h ON h.no = w.home_no JOIN w_team a ON a.no = w.away_no
           WHERE w.date IS NULL"""
    )
    if found:
        database.execute("DELETE FROM w_schedule WHERE no IN (SELECT no FROM w_undated_fixture)")
