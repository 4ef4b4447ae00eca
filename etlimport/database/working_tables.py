"""Every working table of this app: its columns, and what a row is.

An import reads rows into `in_*`, tells in `w_*` what they are and what becomes of them, and writes the catalogue from
there. Tables of which there is one for each model or for each working table are in `table_families`.

A staged row is known by its place: `no` = file_no × ROWS_OF_A_FILE + idx. Things have numbers of their own, `target_id`
is the existing row a thing is, `layer` and `evidence` say how that was told.
"""

from collections.abc import Iterable

from etlimport.database import dialect
from etlimport.kinds import KINDS, PLAYERS
from leagues.working_tables import WorkingTable

ROWS_OF_A_FILE = 1_000_000_000
"""More than a file can have."""

SEQ = f"(file_no * {ROWS_OF_A_FILE} + idx)"
"""SQL for the place of a staged row among all rows of its kind: the first of two wins."""

ID = "bigint"
ROW = {"no": "bigint NOT NULL"}
PAIR = {"no": "bigint NOT NULL", "old_id": "bigint NOT NULL"}
TEXT = "text NOT NULL"
NUMBER = "integer NOT NULL"
FOUND = {"target_id": ID, "layer": TEXT, "evidence": TEXT}

# Rows as read

STAGED = {
    name: WorkingTable(f"in_{name}", f"a row of a file of {name}", {"file_no": "bigint NOT NULL", **kind.columns()})
    for name, kind in KINDS.items()
}
"""By the name of the kind of file."""


# The things a snapshot speaks of


def things(name: str, row: str, columns: dict[str, str]) -> WorkingTable:
    """A table of some thousand things, numbered."""
    return WorkingTable(name, row, {"no": dialect.small_key(), **columns})


SPELLING = things("w_spelling", "a spelling of a league's code", {"league_no": NUMBER})
PASSED_OVER = WorkingTable("w_passed_over", "a league the source names, but the run was not asked for", {"key": TEXT})
FED = WorkingTable("w_fed", "a league of which the run has a file of some kind", {"league_no": NUMBER, "kind": TEXT})
LEAGUE = things(
    "w_league",
    "a league",
    {"key": TEXT, "code": TEXT, "name": TEXT, "organization_id": ID, "is_active": "boolean NOT NULL", **FOUND},
)
CLUB = things("w_club", "a club", {"key": TEXT, "name": TEXT, **FOUND})
SERIES = things("w_series", "a series", {"league_no": NUMBER, "key": TEXT, "name": TEXT, **FOUND})
TEAM = things(
    "w_team",
    "a team",
    {
        "league_no": NUMBER,
        "series_no": NUMBER,
        "club_no": NUMBER,
        "squad": TEXT,
        "name": TEXT,
        "alias": TEXT,
        **FOUND,
    },
)
LABEL = things("w_label", "a label of the files, and the team it means", {"team_no": NUMBER})


def typed(fields: Iterable) -> dict[str, str]:
    return {field.name: field.type.sql for field in fields}


PLAYER = WorkingTable(
    "w_player",
    "a player: the first of the rows about them",
    {
        **ROW,
        "league_no": NUMBER,
        "external_id": TEXT,
        "first_name": TEXT,
        "last_name": TEXT,
        "name_key": TEXT,
        **typed(PLAYERS.facts("player")),
        **FOUND,
    },
    sqlite_index=("league_no, external_id", "no", "target_id"),
)
ROSTER = WorkingTable(
    "w_roster",
    "a roster spot: the first row about that player and that team",
    {**ROW, "player_no": ID, "team_no": NUMBER, "file_no": ID, **typed(PLAYERS.facts("roster spot"))},
    sqlite_index=("team_no", "player_no"),
)
SPOT = WorkingTable(
    "w_spot",
    "a roster spot, with the ids of its player and team",
    {**ROSTER.columns, "player_id": ID, "team_id": ID, "target_id": ID},
    sqlite_index=("target_id",),
)
STRANGER = WorkingTable("w_stranger", "a row about somebody else than the first row under its player id", ROW)

# Telling who is who: helpers of the layers

CANDIDATE = WorkingTable("w_candidate", "a thing and an existing row it may be", {**PAIR, "evidence": TEXT})
UNIQUE_PAIR = WorkingTable(
    "w_unique_pair", "a candidate without a rival on either side", {**PAIR, "evidence": TEXT}, index=("no",)
)
OTHERWISE_NAMED = WorkingTable(
    "w_otherwise_named",
    "a row that names its player otherwise than the first row under the id",
    {**ROW, "first_name": TEXT, "name": TEXT},
)
RENAMED = WorkingTable(
    "w_renamed",
    "a player id borne under another name than before",
    {**PAIR, "league_id": ID, "old_name": TEXT, "new_name": TEXT},
)
CHANGED_HANDS = WorkingTable("w_changed_hands", "a player id that was given to somebody else", PAIR)
NICKNAME = WorkingTable(
    "w_nickname", "a given name and what else people call its bearers", {"a": TEXT, "b": f"{TEXT}, PRIMARY KEY (a, b)"}
)
NEW_PLAYER = WorkingTable(
    "w_new_player",
    "a player of the snapshot who is no existing row yet",
    {**ROW, "league_id": ID, "external_id": TEXT, "name_key": TEXT, "given": TEXT, "tail": "text"},
    index=("league_id, name_key", "league_id, tail"),
)
OLD_PLAYER = WorkingTable(
    "w_old_player",
    "an existing player who is nobody of the snapshot yet",
    {
        "id": ID,
        "league_id": ID,
        "external_id": TEXT,
        "name_key": TEXT,
        "is_active": "boolean",
        "given": TEXT,
        "tail": "text",
    },
    index=("league_id, name_key", "league_id, tail"),
)
NAME_COLUMNS = {"league_id": ID, "name_key": TEXT, "people": ID}
OLD_NAME = WorkingTable("w_old_name", "a name and its bearers so far", NAME_COLUMNS, index=("league_id, name_key",))
NEW_NAME = WorkingTable("w_new_name", "a name and its bearers now", NAME_COLUMNS, index=("league_id, name_key",))
NEW_PLACE = WorkingTable(
    "w_new_place", "a team or club of an unmatched player now", {**ROW, "place": TEXT}, index=("no, place",)
)
OLD_PLACE = WorkingTable(
    "w_old_place", "a team or club of an unmatched player so far", {"id": ID, "place": TEXT}, index=("id, place",)
)
SAME_PEOPLE = WorkingTable(
    "w_same_people",
    "a team and an existing one with which it shares most players, both ways",
    {"no": NUMBER, "team_id": ID},
    index=("no, team_id",),
)
BEYOND_DOUBT = WorkingTable(
    "w_beyond_doubt", "a team whose label and people agree on what it is", {"no": NUMBER, "target_id": ID}
)
SHARED_ROSTER = WorkingTable(
    "w_shared_roster",
    "a new label's team and one that left, with the players they share and each has",
    {"team_no": "integer", "team_id": ID, "shared": ID, "new_size": ID, "old_size": ID},
)
CLUB_MOVE = WorkingTable(
    "w_club_move",
    "a club's teams in a league, and the club they are of now",
    {"league_id": ID, "old_club": ID, "club_no": NUMBER},
)

# What schedules, tables, match lines and rating histories become

SCHEDULE = WorkingTable(
    "w_schedule",
    "a scheduled match",
    {
        **ROW,
        "file_no": ID,
        "league_id": ID,
        "series_id": ID,
        "date": "date",
        "time": "time",
        "home_team_id": ID,
        "away_team_id": ID,
        **typed(KINDS["schedules"].facts()),
        "nth": ID,
        "occurrence": ID,
        "target_id": ID,
    },
    sqlite_index=("target_id", "league_id, date, home_team_id, away_team_id"),
)
STANDING = WorkingTable(
    "w_standing",
    "a team's standing: the first row about it",
    {**ROW, "file_no": ID, "team_id": ID, **typed(KINDS["series_stats"].facts()), "target_id": ID},
)
MATCH = WorkingTable(
    "w_match",
    "a match line; of rows alike in everything the first",
    {
        **ROW,
        "file_no": ID,
        "league_id": ID,
        "date": "date",
        "line": "smallint",
        "home_team_id": ID,
        "away_team_id": ID,
        "home_label": TEXT,
        "away_label": TEXT,
        **{f"{side}_player_{number}_id": ID for side in ("home", "away") for number in (1, 2)},
        **{f"{side}_player_{number}_name": TEXT for side in ("home", "away") for number in (1, 2)},
        "scores": TEXT,
        "winner": TEXT,
        "source_id": TEXT,
        **typed(KINDS["match_history"].facts()),
        "key": TEXT,
        "target_id": ID,
    },
    sqlite_index=("target_id",),
)
HISTORY = WorkingTable(
    "w_history",
    "an entry of a player's rating history; of entries alike in everything the first",
    {
        **ROW,
        "file_no": ID,
        "player_id": ID,
        "date": "date",
        **typed(KINDS["player_history"].facts()),
        "occurrence": ID,
        "target_id": ID,
    },
    sqlite_index=("target_id", "player_id, date"),
)
SEVERAL = WorkingTable("w_several", "a staged row of a day on which there are several", ROW, index=("no",))
MOVED_MATCH = WorkingTable("w_moved_match", "a scheduled match on a new day, and one that is gone", PAIR)
SAME_LINE = WorkingTable("w_same_line", "a match line under a new key, and the one it is", PAIR)
IN_THE_WAY = WorkingTable(
    "w_in_the_way",
    "a match carried over on a day of which others are made anew, and its new occurrence",
    {"id": ID, "occurrence": ID},
)

# Writing the catalogue

TAKEN_KEY = WorkingTable("w_taken_key", "a row whose key the source gave to another thing", {"id": ID})
LEAVING = WorkingTable("w_leaving", "a row that leaves the source", {"id": ID})

# What users own

PROTECTED = WorkingTable(
    "w_protected",
    "a row of users and what it points at, by the number of its reference",
    {"reference": NUMBER, "row_id": "bigint, or text where a model's key is no number", "target_id": ID},
)
CONTEXT_COLUMNS = (
    ("user_id", ID),
    ("email", TEXT),
    ("league_id", ID),
    ("league_key", "text"),
    ("league_name", "text"),
    ("team_id", ID),
    ("team_name", "text"),
    ("series_name", "text"),
    ("club_name", "text"),
    ("player_id", ID),
    ("external_player_id", "text"),
    ("player_name", "text"),
)
CONTEXT_BEFORE = WorkingTable(
    "w_context_before",
    "what the sessions of a user knew before the catalogue was touched",
    dict(CONTEXT_COLUMNS),
    sqlite_index=("user_id",),
)
CHANGED_CONTEXT = WorkingTable(
    "w_changed_context",
    "a user whose context the run changed",
    {"user_id": ID, "email": TEXT, "old_league_id": ID, "new_league_id": ID, "league_name": TEXT, "reason": TEXT},
)
REASSOCIATION = WorkingTable(
    "w_reassociation",
    "an association with a player who left, and what becomes of it",
    {
        "association_id": ID,
        "user_id": ID,
        "email": TEXT,
        "player": TEXT,
        "league": TEXT,
        "old_player_id": ID,
        "new_player_id": ID,
        "reason": TEXT,
    },
)
CONTEXT_FIX = WorkingTable(
    "w_context_fix",
    "a user whose league context is broken, and the league that fits",
    {
        "user_id": ID,
        "email": TEXT,
        "name": TEXT,
        "old_league_id": ID,
        "old_league": TEXT,
        "new_league_id": ID,
        "new_league": TEXT,
        "reason": TEXT,
        "matches": ID,
    },
)
