"""Matches the entries of rating histories with existing ones."""

from etlimport import database
from etlimport.database import fact_tables
from etlimport.database.working_tables import NO_ID, ROWS_OF_A_FILE, SEQ
from etlimport.kinds import PLAYER_HISTORY
from etlimport.resolve.unmatched import Unmatched, number_in_their_day
from leagues.models import PlayerHistory

FACTS = tuple(PLAYER_HISTORY.names_of_facts())

ENTRIES = f"""
    SELECT min({SEQ}) AS no, min({SEQ}) / {ROWS_OF_A_FILE} AS file_no, player_no, player_id, date,
           {PLAYER_HISTORY.facts_sql("i")}
    FROM (SELECT i.*, p.no AS player_no, CASE WHEN p.no IS NULL THEN absent.id END AS player_id
          FROM in_player_history i JOIN w_spelling sp ON sp.no = i.league_no
          LEFT JOIN w_player p ON p.league_no = sp.league_no AND p.external_id = i.external_id
          LEFT JOIN w_absent_player absent ON absent.league_no = sp.league_no AND absent.external_id = i.external_id) i
    WHERE player_no IS NOT NULL OR player_id IS NOT NULL
    GROUP BY player_no, player_id, date, {PLAYER_HISTORY.facts_sql("i")}"""
"""Identical entries are one."""

NUMBERED = f"""
    SELECT entries.*, row_number() OVER (PARTITION BY player_no, player_id, date ORDER BY no) AS occurrence
    FROM ({ENTRIES}) entries"""

EXISTING_PLAYER = "COALESCE(p.target_id, w.player_id)"

MATCHED = f"""
    SELECT w.*, t.id AS target_id FROM ({NUMBERED}) w LEFT JOIN w_player p ON p.no = w.player_no
    LEFT JOIN leagues_playerhistory t ON t.player_id = {EXISTING_PLAYER} AND t.date = w.date
     AND t.occurrence = w.occurrence"""

NEW = f"SELECT w.*, {NO_ID} AS target_id FROM ({NUMBERED}) w"


def resolve_ratings(*, known: bool) -> None:
    """Fill w_history with the rating histories of the snapshot. `known`: whether there may be existing ones.

    An entry is the existing one of its player, day and number, unless there are several on that day.
    """
    fact_tables.HISTORY.fill(MATCHED if known else NEW, joined=known)
    if known and gather_several_of_a_day():
        match_several_of_a_day()


def gather_several_of_a_day() -> int:
    """Fill w_new_rating and w_old_rating with the entries of days that have several. Returns how many are new."""
    found = fact_tables.NEW_RATING.fill(
        f"""SELECT w.no, {EXISTING_PLAYER} AS player_id, w.date, {PLAYER_HISTORY.facts_sql("w")}
            FROM w_history w LEFT JOIN w_player p ON p.no = w.player_no
            JOIN (SELECT {EXISTING_PLAYER} AS player_id, w.date FROM w_history w
                  LEFT JOIN w_player p ON p.no = w.player_no WHERE w.occurrence = 2
                  UNION SELECT player_id, date FROM leagues_playerhistory WHERE occurrence > 1) day
              ON day.player_id = {EXISTING_PLAYER} AND day.date = w.date"""
    )
    fact_tables.OLD_RATING.fill(
        f"""SELECT t.id, t.player_id, t.date, {PLAYER_HISTORY.facts_sql("t")} FROM leagues_playerhistory t
            JOIN (SELECT DISTINCT player_id, date FROM w_new_rating) day
              ON day.player_id = t.player_id AND day.date = t.date"""
    )
    return found


def match_several_of_a_day() -> None:
    """Entries of one day are the existing ones of the same rating and series; the others match in their order."""
    database.execute(
        "UPDATE w_history SET target_id = NULL, occurrence = NULL WHERE no IN (SELECT no FROM w_new_rating)"
    )
    ratings = Unmatched(fact_tables.HISTORY, fact_tables.NEW_RATING, fact_tables.OLD_RATING)
    ratings.match("player_id", "date", *FACTS)
    ratings.match("player_id", "date")
    number_in_their_day(
        fact_tables.HISTORY,
        f"""SELECT w.no, w.target_id, {EXISTING_PLAYER} AS player_id, w.date,
                   row_number() OVER (PARTITION BY {EXISTING_PLAYER}, w.date, w.target_id IS NULL ORDER BY w.no) AS nth
            FROM w_history w LEFT JOIN w_player p ON p.no = w.player_no WHERE w.occurrence IS NULL""",
        PlayerHistory,
        ("player_id", "date"),
    )
