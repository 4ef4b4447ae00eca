"""The working tables of this app, each with its columns and what a row of it is.

An import stages the rows of files in the tables `in_*`, matches them with existing rows of the catalogue in the tables
`w_*`, and writes the catalogue from those. `fact_tables` declares the tables of what is told of players and teams,
`table_families` those of which there is one for each model.

A staged row is identified by `no`, which is file_no × ROWS_OF_A_FILE + idx. A thing that a snapshot names (a league, a
club, a series, a team) has a number of its own. `target_id` is the id of the existing row that a thing is, or NULL;
`layer` and `evidence` are how the two were matched.
"""

from collections.abc import Iterable

from etlimport.database import dialect
from etlimport.kinds import KINDS, PLAYERS, Field
from etlimport.kinds.files import KINDS_OF_SEASONS
from leagues.working_tables import WorkingTable

ROWS_OF_A_FILE = 1_000_000_000
"""More rows than a file can have."""

SEQ = f"(file_no * {ROWS_OF_A_FILE} + idx)"
"""SQL for the number `no` of a staged row. Of two rows about the same thing, the one with the lower number counts."""

ID = "bigint"
NO_ID = f"CAST(NULL AS {ID})"
ROW = {"no": "bigint NOT NULL"}
PAIR = {"no": "bigint NOT NULL", "old_id": "bigint NOT NULL"}
TEXT = "text NOT NULL"
WORD = "varchar(20) NOT NULL"
"""For a text that is short by its nature: PostgreSQL makes two more files for a table with one that may be long."""
NUMBER = "integer NOT NULL"
FOUND = {"target_id": ID, "layer": TEXT, "evidence": TEXT}

# Rows as read

STAGED = {
    name: WorkingTable(f"in_{name}", f"a row of a {name} file", {"file_no": "bigint NOT NULL", **kind.columns()})
    for name, kind in KINDS.items()
}
"""By the name of the kind of file."""

WITNESS = WorkingTable(
    "in_witness",
    "what can be read of a row whose key cannot: who or what it may be about, which is NULL where it cannot be read",
    {
        "file_no": "bigint NOT NULL",
        "idx": "bigint NOT NULL",
        "kind": TEXT,
        "league_no": "integer",
        "label_no": "integer",
        "home_no": "integer",
        "away_no": "integer",
        "name_key": "text",
        "date": "date",
    },
)

# The things a snapshot names


def things(name: str, row: str, columns: dict[str, str]) -> WorkingTable:
    """A table of at most a few thousand numbered things."""
    return WorkingTable(name, row, {"no": dialect.small_key(), **columns})


SPELLING = things(
    "w_spelling",
    "a spelling of a league's code, for each season that rows name, and the season of its rows in each kind of file",
    {"league_no": NUMBER, **{f"{kind}_season": "integer" for kind in KINDS_OF_SEASONS}},
)
SEASON = things(
    "w_season",
    "a season: all that the leagues of the snapshot have, and those it opens",
    {
        "league_no": NUMBER,
        "key": TEXT,
        "name": TEXT,
        "starts_on": "date",
        "ends_on": "date",
        "is_current": "boolean NOT NULL",
        **FOUND,
    },
)
SEASON_DATES = WorkingTable(
    "w_season_dates",
    "a spelling and a kind of file whose rows are of several seasons, and the days, from first to before until, of one",
    {"spelling_no": NUMBER, "kind": WORD, "season_no": NUMBER, "first": "date NOT NULL", "until": "date NOT NULL"},
)
LABEL_OF_SEASON = WorkingTable(
    "w_label_of_season",
    "a label that rows of several seasons have, and the number it has instead in one of them",
    {"no": NUMBER, "kind": WORD, "season_no": NUMBER, "new_no": NUMBER},
)
LABEL_BEFORE = WorkingTable(
    "w_label_before",
    "a label of players, and a season in which a team may have had it",
    {"no": NUMBER, "season_id": ID, "series_key": TEXT, "club_key": TEXT, "squad": TEXT},
)
TEAM_BEFORE = WorkingTable(
    "w_team_before",
    "a label of players, and the team that had it in the season with which it is compared, or NULL",
    {"no": NUMBER, "season_id": ID, "team_id": ID},
    sqlite_index=("no",),
)
SKIPPED_LEAGUE = WorkingTable(
    "w_skipped_league", "a league that the source has, but that the run was not asked to import", {"key": TEXT}
)
LEAGUE_FILE = WorkingTable(
    "w_league_file",
    "a league, a kind of file that has rows of it, a season these are of, and whether it is the newest of them",
    {"league_no": NUMBER, "kind": WORD, "season_no": "integer", "is_newest": "boolean NOT NULL"},
)
LEAGUE = things(
    "w_league",
    "a league",
    {
        "key": TEXT,
        "code": TEXT,
        "name": TEXT,
        "organization_id": ID,
        "is_active": "boolean NOT NULL",
        "lower_rating_is_better": "boolean NOT NULL",
        **FOUND,
    },
)
CLUB = things("w_club", "a club", {"key": TEXT, "name": TEXT, **FOUND})
SERIES = things("w_series", "a series", {"league_no": NUMBER, "key": TEXT, "name": TEXT, **FOUND})
TEAM = things(
    "w_team",
    "a team",
    {
        "league_no": NUMBER,
        "season_no": NUMBER,
        "series_no": NUMBER,
        "club_no": NUMBER,
        "squad": TEXT,
        "name": TEXT,
        "alias": TEXT,
        "source_id": TEXT,
        **FOUND,
    },
)
LABEL = things(
    "w_label",
    "a label that a kind of file uses for a team, and that team",
    {"team_no": NUMBER, "kind": WORD},
)
CLUB_LABEL = things("w_club_label", "a label of match lines that only names a club, and that club", {"club_no": NUMBER})


def typed(fields: Iterable[Field]) -> dict[str, str]:
    """Columns for these fields: their SQL types by name."""
    return {field.name: field.type.sql for field in fields}


PLAYER = WorkingTable(
    "w_player",
    "a player, as the first row with this player id describes them",
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
    "a roster spot, as the first row with this player and team describes it",
    {**ROW, "player_no": ID, "team_no": NUMBER, "file_no": ID, **typed(PLAYERS.facts("roster spot"))},
    sqlite_index=("team_no", "player_no"),
)
ABSENT_PLAYER = WorkingTable(
    "w_absent_player",
    "an existing player of a league of the snapshot who is not in it",
    {"id": ID, "league_no": NUMBER, "external_id": TEXT},
    sqlite_index=("league_no, external_id",),
)
OTHER_PERSON = WorkingTable("w_other_person", "a row whose player id is another person's", ROW)

# Matching things with existing rows

CANDIDATE = WorkingTable("w_candidate", "a thing and an existing row it may be", {**PAIR, "evidence": TEXT})
UNIQUE_PAIR = WorkingTable(
    "w_unique_pair",
    "a candidate whose thing and existing row are in no other candidate",
    {**PAIR, "evidence": TEXT},
    index=("no",),
)
OTHER_ID = WorkingTable(
    "w_other_id",
    "a player id that is another one's, as an operator told",
    {"league_no": NUMBER, "other_id": TEXT, "kept_id": TEXT},
)
OTHER_NAME = WorkingTable(
    "w_other_name",
    "a row whose name differs from the one in the first row with this player id",
    {**ROW, "first_name": TEXT, "name": TEXT},
)
RENAMED = WorkingTable(
    "w_renamed",
    "a player id whose name is another one than in the catalogue",
    {**PAIR, "league_id": ID, "old_name": TEXT, "new_name": TEXT},
)
RESPELLED = WorkingTable(
    "w_respelled", "a player whose other name is another spelling, or that of the same record in the same team", ROW
)
REASSIGNED_ID = WorkingTable("w_reassigned_id", "a player id that the source has given to another person", PAIR)
NICKNAME = WorkingTable(
    "w_nickname", "a given name and another form of it", {"a": TEXT, "b": f"{TEXT}, PRIMARY KEY (a, b)"}
)
NEW_PLAYER = WorkingTable(
    "w_new_player",
    "a player of the snapshot who is not matched with an existing row",
    {**ROW, "league_id": ID, "external_id": TEXT, "name_key": TEXT, "given": TEXT, "tail": "text"},
    index=("league_id, name_key", "league_id, tail"),
)
OLD_PLAYER = WorkingTable(
    "w_old_player",
    "an existing player who is not matched with a player of the snapshot",
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
OLD_NAME = WorkingTable(
    "w_old_name",
    "a name and the number of people in the catalogue who have it",
    NAME_COLUMNS,
    index=("league_id, name_key",),
)
NEW_NAME = WorkingTable(
    "w_new_name",
    "a name and the number of people in the snapshot who have it",
    NAME_COLUMNS,
    index=("league_id, name_key",),
)
NEW_PLACE = WorkingTable(
    "w_new_place",
    "a team or club of an unmatched player of the snapshot",
    {**ROW, "place": TEXT},
    index=("no, place",),
)
OLD_PLACE = WorkingTable(
    "w_old_place", "a team or club of an unmatched existing player", {"id": ID, "place": TEXT}, index=("id, place",)
)
TEAM_SOURCE_ID = WorkingTable(
    "w_team_source_id",
    "a team and an id by which the source knows it",
    {"season_no": NUMBER, "team_no": NUMBER, "source_id": TEXT},
)
SAME_PEOPLE = WorkingTable(
    "w_same_people",
    "a team and an existing team, each of which has most of its players in common with the other",
    {"no": NUMBER, "team_id": ID},
    index=("no, team_id",),
)
ONE_TEAM = WorkingTable(
    "w_one_team",
    "a team that some files label otherwise than others, and the team of the known label in the others",
    {"no": NUMBER, "known_no": NUMBER},
)
CONFIRMED_TEAM = WorkingTable(
    "w_confirmed_team",
    "a team whose label and whose players both point to the same existing team",
    {"no": NUMBER, "target_id": ID},
)
SHARED_ROSTER = WorkingTable(
    "w_shared_roster",
    "an unmatched team and an unmatched existing one, with their numbers of players and of players in common",
    {"team_no": "integer", "team_id": ID, "shared": ID, "new_size": ID, "old_size": ID},
)
CLUB_MOVE = WorkingTable(
    "w_club_move",
    "an existing club and a club of the snapshot that has some of its teams in a league",
    {"league_id": ID, "old_club": ID, "club_no": NUMBER},
)

MAY_BE_TOLD_OF = WorkingTable(
    "w_may_be_told_of",
    "an existing row that a row of the snapshot may be about which cannot be read in full",
    {"table_name": TEXT, "id": ID},
    sqlite_index=("table_name, id",),
)

# Writing the catalogue

TAKEN_KEY = WorkingTable("w_taken_key", "an existing row whose key the source now gives to another thing", {"id": ID})
LEAVING = WorkingTable("w_leaving", "an existing row that is no longer in the source", {"id": ID})

PREVIOUS_TEAM = WorkingTable(
    "w_previous_team", "a team and the team of the season before that it was", {"id": ID, "previous_id": ID}
)

# What users own

PROTECTED = WorkingTable(
    "w_protected",
    "a user-owned row and the id of the catalogue row it points at",
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
    ("league_context_id", ID),
    ("team_context_id", ID),
)
CONTEXT_BEFORE = WorkingTable(
    "w_context_before",
    "a user and the context in their sessions before the catalogue was changed",
    dict(CONTEXT_COLUMNS),
    sqlite_index=("user_id",),
)
CONTEXT_NOW = WorkingTable(
    "w_context_now",
    "a user and the context in their sessions from now on",
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
    "an association with an inactive player, and the active player it will point at, if any",
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
    "a user whose league context is not valid, and the league that replaces it",
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
        "old_team_id": ID,
        "new_team_id": ID,
        "selected_at": "timestamp",
    },
)
