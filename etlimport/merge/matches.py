"""How scheduled matches, standings, match lines and rating histories are matched with existing rows and written.

Their working tables are filled once teams and players have their ids. Most rows get their `target_id` at once then.
"""

from etlimport import database
from etlimport.database import dialect, table_families, working_tables
from etlimport.database.working_tables import ROWS_OF_A_FILE, SEQ
from etlimport.journal.undo_log import UndoLog
from etlimport.kinds import MATCH_HISTORY, SCHEDULES, SERIES_STATS
from etlimport.kinds import PLAYER_HISTORY as RATINGS
from etlimport.kinds.files import SEATS
from etlimport.merge.entity import Entity, from_facts
from leagues.models import MatchScore, PlayerHistory, ScheduledMatch, Standing
from leagues.working_tables import WorkingTable

SCHEDULED_MATCH = Entity(
    model=ScheduledMatch,
    work=working_tables.SCHEDULE,
    columns={
        "league_id": "w.league_id",
        "series_id": "w.series_id",
        "date": "w.date",
        "time": "w.time",
        "home_team_id": "w.home_team_id",
        "away_team_id": "w.away_team_id",
        "occurrence": "w.occurrence",
        **from_facts(SCHEDULES.facts()),
        "is_active": "true",
    },
    key=("league_id", "date", "home_team_id", "away_team_id", "occurrence"),
)

STANDING = Entity(
    model=Standing,
    work=working_tables.STANDING,
    columns={"team_id": "w.team_id", **from_facts(SERIES_STATS.facts()), "is_active": "true"},
    key=("team_id",),
)

MATCH_SCORE = Entity(
    model=MatchScore,
    work=working_tables.MATCH,
    columns={
        name: f"w.{name}"
        for name in (
            "league_id",
            "date",
            "line",
            "home_team_id",
            "away_team_id",
            "home_label",
            "away_label",
            *(f"{player}_id" for player in SEATS),
            *(f"{player}_name" for player in SEATS),
            "scores",
            "winner",
            "source_id",
            "key",
        )
    }
    | from_facts(MATCH_HISTORY.facts()),
    key=("league_id", "key"),
    reissues_keys=True,
)

PLAYER_HISTORY = Entity(
    model=PlayerHistory,
    work=working_tables.HISTORY,
    columns={**{name: f"w.{name}" for name in ("player_id", "date", "occurrence")}, **from_facts(RATINGS.facts())},
    key=("player_id", "date", "occurrence"),
)


def fill_by_day(entity: Entity, rows: str, *, same: tuple[str, ...], order: str) -> bool:
    """Fill the working table of things of which there may be several on one day.

    "One day" means an equal key except for its last column, `occurrence`, which numbers the things of a day from 1. A
    thing is the existing row with the same key, unless there are several on its day (`match_same_day`).

    `rows`: SQL for a query of the staged rows without identical ones. `same`: the columns by which things of one day
    are recognised. `order`: SQL for the order in which new things of one day are numbered. Returns whether the
    catalogue had any rows of this kind.
    """
    day = entity.key[:-1]
    any_there = bool(database.value(f"SELECT 1 FROM {entity.table} LIMIT 1"))
    known = f"SELECT * FROM {entity.table}{'' if any_there else ' WHERE false'}"
    entity.work.fill(
        f"""SELECT m.*, t.id AS target_id FROM (
                SELECT m.*, row_number() OVER (PARTITION BY {listed("m", day)} ORDER BY {order}, m.no) AS occurrence
                FROM ({rows}) m) m
            LEFT JOIN ({known}) t ON {same_day("t", "m", entity.key)}""",
        joined=any_there,
    )
    if any_there and find_same_day(entity, day):
        match_same_day(entity, day, same, order)
    return any_there


def listed(alias: str, names: tuple[str, ...]) -> str:
    """SQL for a list of columns."""
    return ", ".join(f"{alias}.{name}" for name in names)


def find_same_day(entity: Entity, day: tuple[str, ...]) -> int:
    """Fill w_same_day with the things of days that have several things or rows. Returns how many things."""
    names = ", ".join(day)
    return working_tables.SAME_DAY.fill(
        f"""SELECT w.no FROM {entity.work} w JOIN (
                SELECT {names} FROM {entity.work} WHERE occurrence = 2
                UNION SELECT {names} FROM {entity.table} WHERE occurrence > 1) d ON {same_day("d", "w", day)}"""
    )


def match_same_day(entity: Entity, day: tuple[str, ...], same: tuple[str, ...], order: str) -> None:
    """On days with several things, a thing is the first existing row with equal values in the columns `same`.

    The others are matched in their order.
    """
    work, several = entity.work, table_families.same_day(entity.work.name, day)
    equal_to_earlier = same_day("earlier", "t", day) + "".join(
        f" AND earlier.{name} IS NOT DISTINCT FROM t.{name}" for name in same
    )
    equal = "".join(f" AND t.{name} IS NOT DISTINCT FROM w.{name}" for name in same)
    several.fill(
        f"""SELECT w.no, {listed("w", day)}, t.id AS target_id, COALESCE(t.occurrence, row_number() OVER (
                PARTITION BY {listed("w", day)}, t.id IS NULL ORDER BY {order.replace("m.", "w.")}, w.no)) AS occurrence
            FROM {work} w JOIN w_same_day s ON s.no = w.no
            LEFT JOIN {entity.table} t ON {same_day("t", "w", day)}{equal} AND NOT EXISTS (
                SELECT 1 FROM {entity.table} earlier
                WHERE {equal_to_earlier} AND earlier.occurrence < t.occurrence)"""
    )
    match_rest_of_day(entity, several, day)
    database.execute(
        f"""UPDATE {work} SET target_id = s.target_id, occurrence = s.occurrence
            FROM {several} s WHERE s.no = {work}.no"""
    )


def match_rest_of_day(entity: Entity, several: WorkingTable, day: tuple[str, ...]) -> None:
    """The nth thing of a day that is not matched yet is the nth existing row of that day that is not, either.

    If there are more things than rows, the others are numbered after the last row.
    """
    names, of_day = ", ".join(day), table_families.existing_same_day(entity.work.name, day)
    found = of_day.fill(
        f"""SELECT t.*, CASE WHEN free THEN row_number() OVER (PARTITION BY {names}, free ORDER BY occurrence) END
                AS nth, count(CASE WHEN free THEN 1 END) OVER (PARTITION BY {names}) AS places,
                max(occurrence) OVER (PARTITION BY {names}) AS last
            FROM (SELECT t.id, t.occurrence, {listed("t", day)},
                         t.id NOT IN (SELECT target_id FROM {several} WHERE target_id IS NOT NULL) AS free
                  FROM {entity.table} t JOIN (SELECT DISTINCT {names} FROM {several} WHERE target_id IS NULL) w
                    ON {same_day("t", "w", day)}) t"""
    )
    if not found:
        return
    database.execute(
        f"""UPDATE {several} SET occurrence = o.last + {several}.occurrence - o.places
            FROM (SELECT DISTINCT {names}, last, places FROM {of_day}) o
            WHERE {several}.target_id IS NULL AND {several}.occurrence > o.places
              AND {same_day("o", several.name, day)}"""
    )
    database.execute(
        f"""UPDATE {several} SET target_id = o.id, occurrence = o.occurrence FROM {of_day} o
            WHERE {several}.target_id IS NULL AND {several}.occurrence = o.nth
              AND {same_day("o", several.name, day)}"""
    )


def same_day(one: str, other: str, day: tuple[str, ...]) -> str:
    """SQL for the condition that two rows are equal in the columns that make up a day."""
    return " AND ".join(f"{one}.{name} = {other}.{name}" for name in day)


SCHEDULE_ROWS = f"""
    SELECT * FROM (
        SELECT {SEQ} AS no, i.file_no, l.target_id AS league_id, s.target_id AS series_id, i.date, i.time,
               h.target_id AS home_team_id, a.target_id AS away_team_id, {SCHEDULES.facts_sql("i")},
               row_number() OVER (PARTITION BY h.no, a.no, i.date, i.time ORDER BY {SEQ}) AS nth
        FROM in_schedules i
        JOIN w_label hb ON hb.no = i.home_no JOIN w_team h ON h.no = hb.team_no
        JOIN w_label ab ON ab.no = i.away_no JOIN w_team a ON a.no = ab.team_no AND a.no <> h.no
        JOIN w_league l ON l.no = h.league_no JOIN w_series s ON s.no = h.series_no
        WHERE i.date IS NOT NULL) rows_of_a_day
    WHERE nth = 1"""


def create_schedule() -> None:
    """Fill w_schedule with the scheduled matches of the snapshot, including those that were moved to another date."""
    if fill_by_day(SCHEDULED_MATCH, SCHEDULE_ROWS, same=("time",), order="m.time IS NULL, m.time"):
        find_rescheduled()


def make_room(carried: str, log: UndoLog) -> None:
    """Number matches that a rebuild keeps after the new ones of their day. `carried`: SQL for a query of their ids."""
    day = SCHEDULED_MATCH.key[:-1]
    found = working_tables.RENUMBERED_MATCH.fill(
        f"""SELECT id, last + places + row_number() OVER (PARTITION BY {", ".join(day)} ORDER BY occurrence)
                AS occurrence
            FROM (SELECT t.*, w.places, (SELECT max(x.occurrence) FROM leagues_scheduledmatch x
                                         WHERE {same_day("x", "t", day)}) AS last
                  FROM leagues_scheduledmatch t
                  JOIN (SELECT {", ".join(day)}, count(*) AS places FROM w_schedule GROUP BY {", ".join(day)}) w
                    ON {same_day("t", "w", day)} AND t.occurrence <= w.places
                  WHERE t.id IN ({carried})) t""",
    )
    if not found:
        return
    log.before_update(ScheduledMatch, "SELECT id FROM w_renumbered_match")
    database.execute(
        """UPDATE leagues_scheduledmatch SET occurrence = x.occurrence FROM w_renumbered_match x
           WHERE x.id = leagues_scheduledmatch.id"""
    )


RESCHEDULED_WITHIN = 60
"""By how many days a match may be moved. Two teams that meet again later than that do so in another season."""


def find_rescheduled() -> None:
    """A new match is a moved one if it is the only new match of its teams and exactly one of theirs is missing.

    A missing match that has scores was not moved, as it has been played.
    """
    found = working_tables.MOVED_MATCH.fill(
        f"""SELECT w.no, t.id AS old_id FROM w_schedule w
            JOIN leagues_scheduledmatch t ON t.league_id = w.league_id AND t.home_team_id = w.home_team_id
             AND t.away_team_id = w.away_team_id AND t.is_active
            WHERE w.target_id IS NULL
              AND {dialect.days_between("w.date", "t.date")} BETWEEN -{RESCHEDULED_WITHIN} AND {RESCHEDULED_WITHIN}
              AND t.id NOT IN (SELECT target_id FROM w_schedule WHERE target_id IS NOT NULL)
              AND NOT EXISTS (SELECT 1 FROM leagues_matchscore s WHERE s.league_id = t.league_id AND s.date = t.date
                              AND s.home_team_id = t.home_team_id AND s.away_team_id = t.away_team_id)""",
    )
    if not found:
        return
    database.execute(
        """UPDATE w_schedule SET target_id = x.old_id
           FROM (SELECT min(no) AS no, old_id FROM w_moved_match GROUP BY old_id HAVING count(*) = 1) x
           WHERE x.no = w_schedule.no AND x.no IN (SELECT no FROM w_moved_match GROUP BY no HAVING count(*) = 1)"""
    )


def create_standings() -> None:
    """Fill w_standing with one standing for each team, from the first row about the team."""
    figures = SERIES_STATS.facts_sql("w")
    working_tables.STANDING.fill(
        f"""SELECT w.no, w.file_no, w.team_id, {figures}, t.id AS target_id FROM (
                SELECT {SEQ} AS no, i.*, h.target_id AS team_id, h.no AS team_no,
                       row_number() OVER (PARTITION BY h.no ORDER BY {SEQ}) AS nth
                FROM in_series_stats i
                JOIN w_label b ON b.no = i.label_no JOIN w_team h ON h.no = b.team_no) w
            LEFT JOIN leagues_standing t ON t.team_id = w.team_id
            WHERE w.nth = 1""",
    )


FIRST_LINES = f"""
    SELECT min({SEQ}) FROM in_match_history i JOIN w_spelling sp ON sp.no = i.league_no
    GROUP BY sp.league_no, fingerprint"""
"""SQL for a query of the numbers `no` of match lines without an earlier identical one."""

SOURCE_IDS_COMPATIBLE = "(t.source_id = w.source_id OR '' IN (t.source_id, w.source_id))"
"""SQL for the condition that two lines have the same id of the source, or that one of them has none."""


def create_matches() -> None:
    """Fill w_match with the match lines of the snapshot.

    The key of a line is a hash of its teams, date and players. If the same players meet several times on one day, a
    number is added to the key of the second line and of those after it.
    """
    players = ", ".join(f"{name}.id AS {name}_id" for name in SEATS)
    names = ", ".join(f"i.{name}_name" for name in SEATS)
    further = "".join(f" i.{name}," for name in MATCH_HISTORY.names_of_facts())
    joins = "\n".join(
        f"""LEFT JOIN leagues_player {name} ON {name}.league_id = l.target_id
                 AND {name}.external_id = i.{name}_id AND i.{name}_id <> ''"""
        for name in SEATS
    )
    working_tables.MATCH.fill(
        f"""SELECT w.*, t.id AS target_id FROM (
                SELECT {SEQ} AS no, i.file_no, l.target_id AS league_id, i.date, i.line,
                       h.target_id AS home_team_id, a.target_id AS away_team_id, i.home_label, i.away_label,
                       {players}, {names}, i.scores, i.winner, i.source_id,{further}
                       i.key || CASE WHEN i.occurrence = 1 THEN '' ELSE '-' || i.occurrence END AS key
                FROM (SELECT m.*, sp.league_no AS of_league,
                             row_number() OVER (PARTITION BY sp.league_no, key ORDER BY {SEQ}) AS occurrence
                      FROM in_match_history m JOIN w_spelling sp ON sp.no = m.league_no
                      WHERE {SEQ} IN ({FIRST_LINES})) i
                JOIN w_league l ON l.no = i.of_league
                LEFT JOIN w_label hb ON hb.no = i.home_no LEFT JOIN w_team h ON h.no = hb.team_no
                LEFT JOIN w_label ab ON ab.no = i.away_no LEFT JOIN w_team a ON a.no = ab.team_no
                {joins}) w
            LEFT JOIN leagues_matchscore t ON t.league_id = w.league_id AND t.key = w.key AND {SOURCE_IDS_COMPATIBLE}"""
    )


ONLY_ONE_LEFT = """t.home_team_id = w.home_team_id AND t.away_team_id = w.away_team_id
                 AND (t.line = w.line OR t.line IS NULL OR w.line IS NULL)"""

LINE_LAYERS = (
    # The same id of the source, if it has given one.
    "t.source_id = w.source_id AND w.source_id <> ''",
    # The same four players in a match of the same teams, even if their names or ids have changed.
    f"""t.home_team_id IS NOT DISTINCT FROM w.home_team_id AND t.away_team_id IS NOT DISTINCT FROM w.away_team_id
        AND {" AND ".join(f"t.{name}_id = w.{name}_id" for name in SEATS)}""",
    # The same line, or the same scores and winner, of a match of the same teams: the players were corrected.
    """t.home_team_id = w.home_team_id AND t.away_team_id = w.away_team_id AND t.line = w.line""",
    """t.home_team_id = w.home_team_id AND t.away_team_id = w.away_team_id AND t.scores = w.scores
        AND t.winner = w.winner""",
    # The only new line of a match of which only one existing line is missing.
    ONLY_ONE_LEFT,
)
"""SQL for the conditions under which a line `w` with a new key is an existing line `t`, the most certain ones first."""


def find_lines() -> None:
    """Match lines whose key is new with existing lines of the same day, by the conditions in LINE_LAYERS.

    A condition matches lines that meet it with no other line. If several new lines meet it with equally many existing
    ones, as when the same players meet twice on a day, they are matched in their order.
    """
    if not database.value(
        """SELECT 1 FROM w_league l WHERE EXISTS (SELECT 1 FROM leagues_matchscore t WHERE t.league_id = l.target_id)
           AND EXISTS (SELECT 1 FROM w_match w WHERE w.target_id IS NULL AND w.league_id = l.target_id)"""
    ):
        return
    for condition in LINE_LAYERS:
        working_tables.SAME_LINE.fill(
            f"""SELECT no, old_id FROM (
                    SELECT w.no, t.id AS old_id, count(*) OVER (PARTITION BY t.id) AS rivals_new,
                           count(*) OVER (PARTITION BY w.no) AS rivals_old,
                           row_number() OVER (PARTITION BY t.id ORDER BY w.no) AS nth_new,
                           row_number() OVER (PARTITION BY w.no ORDER BY t.id) AS nth_old
                    FROM w_match w JOIN leagues_matchscore t ON t.league_id = w.league_id AND t.date = w.date
                     AND {SOURCE_IDS_COMPATIBLE} AND {condition}
                    WHERE w.target_id IS NULL
                      AND t.id NOT IN (SELECT target_id FROM w_match WHERE target_id IS NOT NULL)) pairs
                WHERE nth_new = nth_old AND rivals_new = rivals_old
                  AND ({condition is not ONLY_ONE_LEFT} OR rivals_new = 1)""",
        )
        database.execute("UPDATE w_match SET target_id = x.old_id FROM w_same_line x WHERE x.no = w_match.no")


HISTORY_ROWS = f"""
    SELECT min({SEQ}) AS no, min({SEQ}) / {ROWS_OF_A_FILE} AS file_no, p.id AS player_id, i.date,
           {RATINGS.facts_sql("i")}
    FROM in_player_history i
    JOIN w_spelling sp ON sp.no = i.league_no JOIN w_league l ON l.no = sp.league_no
    JOIN leagues_player p ON p.league_id = l.target_id AND p.external_id = i.external_id
    GROUP BY p.id, i.date, {RATINGS.facts_sql("i")}"""


def create_history() -> None:
    """Fill w_history with the rating histories of the snapshot."""
    fill_by_day(PLAYER_HISTORY, HISTORY_ROWS, same=tuple(RATINGS.names_of_facts()), order="m.no")
