"""Schedules, standings, match lines and rating history: staged → written.

Their working tables are made after the teams and players have their ids, so each comes with its
`target_id` in one statement.
"""

from etlimport import db
from etlimport.merge.entity import Entity
from etlimport.stage import SEQ
from leagues.models import MatchScore, PlayerHistory, ScheduledMatch, Standing

SCHEDULED_MATCH = Entity(
    model=ScheduledMatch,
    work="w_schedule",
    columns={
        "league_id": "w.league_id",
        "series_id": "w.series_id",
        "date": "w.date",
        "time": "w.time",
        "home_team_id": "w.home_team_id",
        "away_team_id": "w.away_team_id",
        "occurrence": "w.occurrence",
        "location": "w.location",
        "is_active": "true",
    },
    key=("league_id", "date", "home_team_id", "away_team_id", "occurrence"),
)

FIGURES = tuple(
    ["points", "matches_tied"]
    + [f"{what}_{how}" for what in ("matches", "lines", "sets", "games") for how in ("won", "lost")]
)

STANDING = Entity(
    model=Standing,
    work="w_standing",
    columns={"team_id": "w.team_id", **{name: f"w.{name}" for name in FIGURES}, "is_active": "true"},
    key=("team_id",),
)

PLAYERS_OF_A_LINE = ("home_player_1", "home_player_2", "away_player_1", "away_player_2")

MATCH_SCORE = Entity(
    model=MatchScore,
    work="w_match",
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
            *(f"{player}_id" for player in PLAYERS_OF_A_LINE),
            *(f"{player}_name" for player in PLAYERS_OF_A_LINE),
            "scores",
            "winner",
            "source_id",
            "key",
        )
    },
    key=("league_id", "key"),
    reissues_keys=True,
)

PLAYER_HISTORY = Entity(
    model=PlayerHistory,
    work="w_history",
    columns={name: f"w.{name}" for name in ("player_id", "date", "occurrence", "end_pti", "series_name")},
    key=("player_id", "date", "occurrence"),
)


def create_schedule() -> None:
    """Scheduled matches; of rows alike in teams, day and time the first, others on one day are counted."""
    db.create_temporary(
        "w_schedule",
        f"""AS SELECT w.*, t.id AS target_id FROM (
                SELECT m.*, row_number() OVER (PARTITION BY league_id, date, home_team_id, away_team_id
                                               ORDER BY time, no) AS occurrence
                FROM (SELECT {SEQ} AS no, i.file_no, l.target_id AS league_id, s.target_id AS series_id, i.date, i.time,
                             h.target_id AS home_team_id, a.target_id AS away_team_id, i.location,
                             row_number() OVER (PARTITION BY h.no, a.no, i.date, i.time ORDER BY {SEQ}) AS nth
                      FROM in_schedules i
                      JOIN w_label hb ON hb.no = i.home_no JOIN w_team h ON h.no = hb.team_no
                      JOIN w_label ab ON ab.no = i.away_no JOIN w_team a ON a.no = ab.team_no
                      JOIN w_league l ON l.no = h.league_no JOIN w_series s ON s.no = h.series_no) m
                WHERE nth = 1) w
            LEFT JOIN leagues_scheduledmatch t
              ON t.league_id = w.league_id AND t.date = w.date AND t.home_team_id = w.home_team_id
             AND t.away_team_id = w.away_team_id AND t.occurrence = w.occurrence""",
        index="target_id",
    )
    db.analyze("w_schedule")


def find_rescheduled() -> int:
    """A match on a new day, when it is the only one of its teams that is new and one other is gone, moved."""
    db.create_temporary(
        "moved",
        """AS SELECT w.no, t.id AS old_id FROM w_schedule w
           JOIN leagues_scheduledmatch t ON t.league_id = w.league_id AND t.home_team_id = w.home_team_id
            AND t.away_team_id = w.away_team_id AND t.is_active
           WHERE w.target_id IS NULL
             AND NOT EXISTS (SELECT 1 FROM w_schedule x WHERE x.target_id = t.id)""",
    )
    return db.execute(
        """UPDATE w_schedule SET target_id = x.old_id
           FROM (SELECT min(no) AS no, old_id FROM moved GROUP BY old_id HAVING count(*) = 1) x
           WHERE x.no = w_schedule.no AND 1 = (SELECT count(*) FROM moved m WHERE m.no = w_schedule.no)"""
    )


def create_standings() -> None:
    """One standing a team: the first of the file's rows about it."""
    figures = ", ".join(f"w.{name}" for name in FIGURES)
    db.create_temporary(
        "w_standing",
        f"""AS SELECT w.no, w.file_no, w.team_id, {figures}, t.id AS target_id FROM (
                SELECT {SEQ} AS no, i.*, h.target_id AS team_id, h.no AS team_no,
                       row_number() OVER (PARTITION BY h.no ORDER BY {SEQ}) AS nth
                FROM in_series_stats i
                JOIN w_label b ON b.no = i.label_no JOIN w_team h ON h.no = b.team_no) w
            LEFT JOIN leagues_standing t ON t.team_id = w.team_id
            WHERE w.nth = 1""",
    )


def create_matches() -> None:
    """Match lines; of rows alike in everything the first, others of the same four on one day are counted."""
    players = ", ".join(f"{name}.id AS {name}_id" for name in PLAYERS_OF_A_LINE)
    names = ", ".join(f"i.{name}_name" for name in PLAYERS_OF_A_LINE)
    joins = "\n".join(
        f"""LEFT JOIN leagues_player {name} ON {name}.league_id = l.target_id
                 AND {name}.external_id = i.{name}_id AND i.{name}_id <> ''"""
        for name in PLAYERS_OF_A_LINE
    )
    db.create_temporary(
        "w_match",
        f"""AS SELECT w.*, t.id AS target_id FROM (
                SELECT {SEQ} AS no, i.file_no, l.target_id AS league_id, i.date, i.line,
                       h.target_id AS home_team_id, a.target_id AS away_team_id, i.home_label, i.away_label,
                       {players}, {names}, i.scores, i.winner, i.source_id,
                       i.key || CASE WHEN i.occurrence = 1 THEN '' ELSE '-' || i.occurrence END AS key
                FROM (SELECT m.*, row_number() OVER (PARTITION BY league_no, key ORDER BY {SEQ}) AS occurrence
                      FROM in_match_history m WHERE {SEQ} IN (
                          SELECT min({SEQ}) FROM in_match_history GROUP BY league_no, fingerprint)) i
                JOIN w_spelling sp ON sp.no = i.league_no JOIN w_league l ON l.no = sp.league_no
                LEFT JOIN w_label hb ON hb.no = i.home_no LEFT JOIN w_team h ON h.no = hb.team_no
                LEFT JOIN w_label ab ON ab.no = i.away_no LEFT JOIN w_team a ON a.no = ab.team_no
                {joins}) w
            LEFT JOIN leagues_matchscore t ON t.league_id = w.league_id AND t.key = w.key
             AND (t.source_id = w.source_id OR t.source_id = '' OR w.source_id = '')""",
    )
    db.execute("CREATE INDEX w_match_target ON w_match (target_id)")
    db.analyze("w_match")


ELIMINATION = "t.home_team_id = w.home_team_id AND t.away_team_id = w.away_team_id"

LINE_LAYERS = (
    # The source's own id, wherever it has given one.
    "t.source_id = w.source_id AND w.source_id <> ''",
    # The same four people at the same meeting, under whatever names and ids they come now.
    f"""t.home_team_id IS NOT DISTINCT FROM w.home_team_id AND t.away_team_id IS NOT DISTINCT FROM w.away_team_id
        AND {" AND ".join(f"t.{name}_id = w.{name}_id" for name in PLAYERS_OF_A_LINE)}""",
    # The same line of the meeting, or the same scores there, under corrected players.
    """t.home_team_id = w.home_team_id AND t.away_team_id = w.away_team_id AND t.line = w.line""",
    """t.home_team_id = w.home_team_id AND t.away_team_id = w.away_team_id AND t.scores = w.scores
        AND t.winner = w.winner""",
    # The only line of the meeting that is new, where one other is missing.
    ELIMINATION,
)


def find_lines() -> None:
    """Match lines whose key is new but which are already known: by id, people, line, scores, elimination.

    Each layer takes pairs unique in both directions; of several that are all alike (the same four twice
    on a day) the first is the first.
    """
    if not db.value(
        """SELECT 1 FROM w_league l WHERE EXISTS (SELECT 1 FROM leagues_matchscore t WHERE t.league_id = l.target_id)
           AND EXISTS (SELECT 1 FROM w_match w WHERE w.target_id IS NULL AND w.league_id = l.target_id)"""
    ):
        return
    for condition in LINE_LAYERS:
        db.create_temporary(
            "lines",
            f"""AS SELECT no, old_id FROM (
                    SELECT w.no, t.id AS old_id, count(*) OVER (PARTITION BY t.id) AS rivals_new,
                           count(*) OVER (PARTITION BY w.no) AS rivals_old,
                           row_number() OVER (PARTITION BY t.id ORDER BY w.no) AS nth_new,
                           row_number() OVER (PARTITION BY w.no ORDER BY t.id) AS nth_old
                    FROM w_match w JOIN leagues_matchscore t ON t.league_id = w.league_id AND t.date = w.date
                     AND {condition}
                    WHERE w.target_id IS NULL
                      AND NOT EXISTS (SELECT 1 FROM w_match x WHERE x.target_id = t.id)) pairs
                WHERE nth_new = nth_old AND rivals_new = rivals_old
                  AND ({condition is not ELIMINATION} OR rivals_new = 1)""",
        )
        db.execute("UPDATE w_match SET target_id = x.old_id FROM lines x WHERE x.no = w_match.no")


def create_history() -> None:
    """Rating history; of entries alike in everything the first, others on one day are counted."""
    db.create_temporary(
        "w_history",
        f"""AS SELECT w.*, t.id AS target_id FROM (
                SELECT m.*, row_number() OVER (PARTITION BY player_id, date ORDER BY no) AS occurrence
                FROM (SELECT {SEQ} AS no, i.file_no, p.id AS player_id, i.date, i.end_pti, i.series_name,
                             row_number() OVER (PARTITION BY p.id, i.date, i.end_pti, i.series_name
                                                ORDER BY {SEQ}) AS nth
                      FROM in_player_history i
                      JOIN w_spelling sp ON sp.no = i.league_no JOIN w_league l ON l.no = sp.league_no
                      JOIN leagues_player p ON p.league_id = l.target_id AND p.external_id = i.external_id) m
                WHERE nth = 1) w
            LEFT JOIN leagues_playerhistory t
              ON t.player_id = w.player_id AND t.date = w.date AND t.occurrence = w.occurrence""",
    )
    db.analyze("w_history")
