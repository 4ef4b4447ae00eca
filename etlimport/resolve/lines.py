"""Matches the match lines of a snapshot with existing ones, and finds lines that the snapshot has twice."""

from etlimport import database
from etlimport.database import fact_tables
from etlimport.database.working_tables import NO_ID, SEQ
from etlimport.kinds import MATCH_HISTORY
from etlimport.kinds.files import SEATS
from etlimport.resolve.fixtures import CLOSE
from etlimport.resolve.matching import on_a_day_of, seasons_in
from etlimport.resolve.unmatched import Unmatched

SAME_PLAYERS = "league_no, date, people, nameless"
NAMELESS = "CASE WHEN i.people = '' THEN i.source_id || ' ' || COALESCE(CAST(i.line AS text), '') ELSE '' END"
"""SQL for what tells lines apart on which nobody is named."""

PLAYER_JOINED = """
    LEFT JOIN w_player {seat} ON {seat}.league_no = l.no AND {seat}.external_id = i.{seat}_id"""
ABSENT_JOINED = """
    LEFT JOIN w_absent_player {seat}_absent
      ON {seat}_absent.league_no = l.no AND {seat}_absent.external_id = i.{seat}_id"""


def sides(home: str, away: str) -> str:
    """SQL for the two sides of a line, the same whichever is written first."""
    return f"CASE WHEN {home} < {away} THEN {home} || ' ' || {away} ELSE {away} || ' ' || {home} END"


def find_repeated_lines() -> None:
    """Fill w_repeated_line with the rows about a line of which an earlier row of the snapshot is, too.

    Two rows are about one line if the same people play for the same teams, in either order, on the same day, and the
    rows have the same result or the same id of the source. Otherwise these people met twice on that day.
    """
    home, away = "COALESCE('t' || h.team_no, i.home_label)", "COALESCE('t' || a.team_no, i.away_label)"
    found = fact_tables.LIKE_LINE.fill(
        f"""SELECT {SEQ} AS no, league_no, date, people, nameless, {sides(home, away)} AS sides, result, source_id
            FROM (SELECT rows_of_line.*, count(*) OVER (PARTITION BY {SAME_PLAYERS}) AS times
                  FROM (SELECT sp.league_no, i.file_no, i.idx, i.date, i.home_no, i.away_no, i.home_label, i.away_label,
                               i.people, i.result, i.source_id, {NAMELESS} AS nameless
                        FROM in_match_history i JOIN w_spelling sp ON sp.no = i.league_no) rows_of_line) i
            LEFT JOIN w_label h ON h.no = i.home_no LEFT JOIN w_label a ON a.no = i.away_no
            WHERE times > 1"""
    )
    if not found:
        fact_tables.REPEATED_LINE.leave_empty()
        return
    first_of_result = f"min(no) OVER (PARTITION BY {SAME_PLAYERS}, sides, result)"
    first_of_id = f"""CASE WHEN source_id = '' THEN first
                      ELSE min(first) OVER (PARTITION BY {SAME_PLAYERS}, sides, source_id) END"""
    fact_tables.REPEATED_LINE.fill(
        f"""SELECT no, first_no FROM (
                SELECT no, {first_of_id} AS first_no FROM (
                    SELECT w.*, {first_of_result} AS first FROM w_like_line w) w) w
            WHERE no <> first_no"""
    )


def resolve_lines(*, known: bool) -> None:
    """Fill w_match with the match lines of the snapshot. `known`: whether there may be existing ones."""
    find_repeated_lines()
    lines = lines_of_snapshot(known=known)
    fact_tables.MATCH.fill(
        f"""SELECT w.*, t.id AS target_id FROM ({lines}) w JOIN w_league l ON l.no = w.league_no
            LEFT JOIN leagues_matchscore t ON t.league_id = l.target_id AND t.key = w.key
             AND (t.source_id = w.source_id OR '' IN (t.source_id, w.source_id))"""
        if known
        else f"SELECT w.*, {NO_ID} AS target_id FROM ({lines}) w"
    )
    if known and database.value("SELECT 1 FROM w_match WHERE target_id IS NULL LIMIT 1"):
        match_with_existing()


def lines_of_snapshot(*, known: bool) -> str:
    """SQL for a query of the match lines of the snapshot: of rows about the same line, the first one.

    The key of a line is a digest of its teams, date and players. If the same players meet several times on one day, a
    number is added to the key of the second line and of those after it. Where leagues are `known`, those who play may
    also be existing players whom no players file names.
    """
    absent = "CASE WHEN {seat}.no IS NULL THEN {seat}_absent.id END" if known else NO_ID
    players = ", ".join(f"{seat}.no AS {seat}_no, {absent.format(seat=seat)} AS {seat}_id" for seat in SEATS)
    names = ", ".join(f"i.{seat}_name" for seat in SEATS)
    further = "".join(f" i.{name}," for name in MATCH_HISTORY.names_of_facts())
    joined = PLAYER_JOINED + (ABSENT_JOINED if known else "")
    joins = "\n".join(joined.format(seat=seat) for seat in SEATS)
    return f"""
        SELECT {SEQ} AS no, i.file_no, l.no AS league_no, i.season_no, i.date, i.line,
               COALESCE(h.team_no, t.home_no) AS home_no, COALESCE(a.team_no, t.away_no) AS away_no,
               i.home_label, i.away_label, {players}, {names}, i.scores, i.winner, i.source_id,{further}
               i.people, i.result,
               i.key || CASE WHEN i.occurrence = 1 THEN '' ELSE '-' || i.occurrence END AS key
        FROM (SELECT m.*, sp.league_no AS of_league, COALESCE(d.season_no, sp.match_history_season) AS season_no,
                     row_number() OVER (
                  PARTITION BY sp.league_no, key ORDER BY line IS NULL, line, source_id, result, {SEQ}) AS occurrence
              FROM in_match_history m JOIN w_spelling sp ON sp.no = m.league_no
              LEFT JOIN w_season_dates d ON {on_a_day_of("match_history", "m")}
              WHERE {SEQ} NOT IN (SELECT no FROM w_repeated_line)) i
        JOIN w_league l ON l.no = i.of_league
        LEFT JOIN w_label h ON h.no = i.home_no LEFT JOIN w_label a ON a.no = i.away_no
        LEFT JOIN w_line_teams t ON t.no = {SEQ}
        {joins}"""


def match_with_existing() -> None:
    """The surest evidence comes first: the id of the source, or the same people and result on the same day.

    Then what may be corrected, one thing at a time: the result, the id, the teams, the day, at last the people. The
    address at the source is that of a match: with the line's number it is as good as an id.
    """
    lines = Unmatched(fact_tables.MATCH, fact_tables.NEW_LINE, fact_tables.OLD_LINE)
    gather_unmatched()
    with_id, named, active = "n.source_id <> ''", "n.people <> ''", "o.is_active"
    lines.match("league_id", "source_id", "date", "people", new=with_id, order=("line",))
    lines.match("league_id", "date", "sides", "people", "result", new=named, order=("line",))
    lines.match("league_id", "date", "people", "result", new=named, order=("line",), as_many=True)
    lines.match("league_id", "date", "sides", "people", new=named, order=("line", "result"))
    lines.match("league_id", "source_id", new=with_id, order=("date", "line"), as_many=True)
    lines.match("league_id", "source_url", "line", new="n.source_url <> ''", order=("date",), as_many=True)
    lines.match("league_id", "date", "people", new=named, order=("line", "result"), as_many=True)
    lines.match("league_id", "sides", "people", new=named, old=active, pair=CLOSE, order=("date",), as_many=True)
    lines.match("league_id", "date", "sides", "line", old=active, as_many=True)
    lines.match("league_id", "date", "sides", "result", old=active, order=("line",), as_many=True)
    same_line = "(n.line = o.line OR n.line IS NULL OR o.line IS NULL)"
    lines.match("league_id", "date", "sides", old=active, pair=same_line, order=("line",), as_many=True)


def gather_unmatched() -> None:
    """Fill w_new_line and w_old_line. A side is its team, or where that is not known its label."""
    home, away = "COALESCE('t' || h.target_id, w.home_label)", "COALESCE('t' || a.target_id, w.away_label)"
    fact_tables.NEW_LINE.fill(
        f"""SELECT w.no, l.target_id AS league_id, w.date, {sides(home, away)} AS sides, w.people, w.result, w.line,
                   w.source_id, w.source_url
            FROM w_match w JOIN w_league l ON l.no = w.league_no
            LEFT JOIN w_team h ON h.no = w.home_no LEFT JOIN w_team a ON a.no = w.away_no
            WHERE w.target_id IS NULL AND l.target_id IS NOT NULL"""
    )
    home, away = "COALESCE('t' || t.home_team_id, t.home_label)", "COALESCE('t' || t.away_team_id, t.away_label)"
    fact_tables.OLD_LINE.fill(
        f"""SELECT t.id, t.league_id, t.date, {sides(home, away)} AS sides, t.people, t.result, t.line, t.source_id,
                   t.source_url, t.is_active
            FROM leagues_matchscore t
            WHERE t.season_id IN ({seasons_in("match_history")}) AND t.league_id IN (SELECT league_id FROM w_new_line)
              AND NOT EXISTS (SELECT 1 FROM w_match w WHERE w.target_id = t.id)"""
    )
