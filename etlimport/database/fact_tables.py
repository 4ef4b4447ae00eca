"""The working tables of what is told of players and teams: roster spots, matches, standings and ratings.

A thing and its existing row are as in `working_tables`.
"""

from etlimport.database.working_tables import ID, NUMBER, PAIR, ROSTER, ROW, TEXT, typed
from etlimport.kinds import KINDS
from etlimport.kinds.files import SEATS
from leagues.working_tables import WorkingTable

# Roster spots, matches, standings and ratings

SPOT = WorkingTable(
    "w_spot",
    "a roster spot and the existing one it is",
    {**ROSTER.columns, "target_id": ID},
    sqlite_index=("target_id", "player_no"),
)
SCHEDULE = WorkingTable(
    "w_schedule",
    "a scheduled match",
    {
        **ROW,
        "file_no": ID,
        "home_no": NUMBER,
        "away_no": NUMBER,
        "date": "date",
        "time": "time",
        **typed(KINDS["schedules"].facts("scheduled match")),
        "occurrence": ID,
        "target_id": ID,
    },
    sqlite_index=("target_id", "no", "date"),
)
FIXTURE = {
    **dict.fromkeys(("home_id", "away_id", "lower_id", "higher_id"), ID),
    "date": "date",
    "at": TEXT,
    "source_url": TEXT,
}
"""The two teams, the same with the lower id first, the day, the time, and the address at the source."""

NEW_FIXTURE = WorkingTable(
    "w_new_fixture", "a scheduled match that is not matched with an existing row", {**ROW, **FIXTURE}
)
OLD_FIXTURE = WorkingTable(
    "w_old_fixture",
    "an existing scheduled match that is not matched with one of the snapshot",
    {"id": ID, **FIXTURE, "is_active": "boolean", "is_played": "boolean"},
)
UNDATED_FIXTURE = WorkingTable(
    "w_undated_fixture",
    "a scheduled match without a date that may be any of several existing ones, and its teams",
    {**ROW, "home_id": ID, "away_id": ID},
)
STANDING = WorkingTable(
    "w_standing",
    "a team's standing, as the first row about the team describes it",
    {**ROW, "file_no": ID, "team_no": NUMBER, **typed(KINDS["series_stats"].facts("standing")), "target_id": ID},
)
PLAYERS_OF_LINE = {
    **{f"{seat}_{what}": ID for seat in SEATS for what in ("no", "id")},
    **{f"{seat}_name": TEXT for seat in SEATS},
}
"""Each player's number in w_player, or the id of an existing player who is not in the snapshot, and the name."""

MATCH = WorkingTable(
    "w_match",
    "a match line, as the first row about it describes it",
    {
        **ROW,
        "file_no": ID,
        "league_no": NUMBER,
        "season_no": "integer",
        "date": "date",
        "line": "smallint",
        "home_no": "integer",
        "away_no": "integer",
        "home_label": TEXT,
        "away_label": TEXT,
        **PLAYERS_OF_LINE,
        "scores": TEXT,
        "winner": TEXT,
        "source_id": TEXT,
        **typed(KINDS["match_history"].facts()),
        "people": TEXT,
        "result": TEXT,
        "key": TEXT,
        "target_id": ID,
    },
    sqlite_index=("target_id", "no"),
)
LINE_TEAMS = WorkingTable(
    "w_line_teams",
    "a match line whose labels only name clubs, and the teams of these clubs that are scheduled to meet on its day",
    {**ROW, "home_no": NUMBER, "away_no": NUMBER},
    sqlite_index=("no",),
)
LIKE_LINE = WorkingTable(
    "w_like_line",
    "a row of a match history whose people have several rows of that day",
    {
        **ROW,
        "league_no": NUMBER,
        "date": "date",
        "people": TEXT,
        "nameless": TEXT,
        "sides": TEXT,
        "result": TEXT,
        "source_id": TEXT,
    },
)
REPEATED_LINE = WorkingTable(
    "w_repeated_line",
    "a row about the same line as an earlier one, and that one",
    {**ROW, "first_no": "bigint NOT NULL"},
)
LINE_EVIDENCE = {
    "league_id": ID,
    "date": "date",
    "sides": TEXT,
    "people": TEXT,
    "result": TEXT,
    "line": "smallint",
    "source_id": TEXT,
    "source_url": TEXT,
}
NEW_LINE = WorkingTable("w_new_line", "a match line that is not matched with an existing row", {**ROW, **LINE_EVIDENCE})
OLD_LINE = WorkingTable(
    "w_old_line",
    "an existing match line that is not matched with one of the snapshot",
    {"id": ID, **LINE_EVIDENCE, "is_active": "boolean"},
)
HISTORY = WorkingTable(
    "w_history",
    "an entry of a rating history; only the first of several identical ones",
    {
        **ROW,
        "file_no": ID,
        "player_no": ID,
        "player_id": ID,
        "date": "date",
        **typed(KINDS["player_history"].facts()),
        "occurrence": ID,
        "target_id": ID,
    },
    sqlite_index=("target_id", "no"),
)
RATING = {"player_id": ID, "date": "date", **typed(KINDS["player_history"].facts())}
NEW_RATING = WorkingTable("w_new_rating", "one of several entries of a player and day", {**ROW, **RATING})
OLD_RATING = WorkingTable(
    "w_old_rating",
    "an existing entry of a player and day with several entries",
    {"id": ID, **RATING},
)
RESTYLED_SERIES = WorkingTable(
    "w_restyled_series",
    "the known name of a series in ratings, and the one that the snapshot tells, which differs in its style word alone",
    {"league_no": NUMBER, "known": TEXT, "told": TEXT},
)
MATCHED_ROW = WorkingTable("w_matched_row", "a thing and the existing row it is", PAIR, sqlite_index=("no",))
