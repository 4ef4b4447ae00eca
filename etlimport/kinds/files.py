"""The five kinds of files of a source, each with its fields.

Reading, staging, merging, accounting and reports all follow these descriptions. A new fact about a player needs a
column of the model `Player`, its migration, and one line in `PLAYERS`.
"""

from etlimport.kinds import values
from etlimport.kinds.field import Field, Kind, Type
from leagues.season_keys import key_of_value as season_key

WHOLE = Type(values.whole_number, "integer", nullable=True)
DECIMAL = Type(values.decimal_number, "numeric(7, 2)", nullable=True)
DATE = Type(values.iso_date, "date")
TIME = Type(values.iso_time, "time", nullable=True)
LINE = Type(values.line_number, "smallint", nullable=True)
WINNER = Type(values.winner, "text")
CAPTAIN = Type(values.is_captain, "boolean")
CO_CAPTAIN = Type(values.is_co_captain, "boolean")
SUBSTITUTE = Type(values.is_substitute, "boolean")
TEAM_ID = Type(values.source_team_id, "text")
WEB_ADDRESS = Type(values.web_address, "text")
SEASON_KEY = Type(season_key, "text")
MOMENT = Type(values.moment, "timestamp with time zone", nullable=True)


def text(length: int) -> Type:
    """The type of a text of at most `length` characters."""
    return Type(values.plain_text, "text", length)


TEXT = "text NOT NULL"
NUMBER = "integer NOT NULL"
DAY = "date NOT NULL"
ROW = {"idx": "bigint NOT NULL", "league_no": NUMBER}
"""The columns of every staged row: its index in the file, and the number of its league in the label book."""

SEATS = ("home_player_1", "home_player_2", "away_player_1", "away_player_2")
"""The four players of a match line, by side and number."""

LEAGUE = Field("league", text(100), ("League", "source league", "league id"))
PLAYER_ID = Field("external_id", text(150), ("Player ID",))
SEASON = Field("season", SEASON_KEY, ("season", "season name"))
"""Only rows of few sources have it. Else the folder or the dates tell, or the other rows."""
SCRAPED_AT = Field("scraped_at", MOMENT, ("scraped at", "scrape time", "scraped", "last updated"))
TEAM_SOURCE_ID = Field("team_source_id", TEAM_ID, ("Team ID", "Source URL"), fact_of="team")

PLAYERS = Kind(
    "players",
    # A row whose team cannot be read has no `label_no`: the player is there, on what team is not known. One whose name
    # cannot be read has empty names and an empty `name_key`.
    {**ROW, "label_no": "integer", "external_id": TEXT, "first_name": TEXT, "last_name": TEXT, "name_key": TEXT},
    (
        LEAGUE,
        Field("series", text(200), ("Series",)),
        Field("team", text(200), ("Series Mapping ID", "Team")),
        Field("club", text(200), ("Club",)),
        PLAYER_ID,
        Field("first_name", text(150), ("First Name",)),
        Field("last_name", text(150), ("Last Name",)),
        Field("pti", DECIMAL, ("PTI",), fact_of="player", change="ratings changed"),
        Field("career_wins", WHOLE, ("Career Wins",), fact_of="player"),
        Field("career_losses", WHOLE, ("Career Losses",), fact_of="player"),
        Field("wins", WHOLE, ("Wins",), fact_of="roster spot"),
        Field("losses", WHOLE, ("Losses",), fact_of="roster spot"),
        Field("is_captain", CAPTAIN, ("Captain",), fact_of="roster spot", read_from="captain"),
        Field("is_co_captain", CO_CAPTAIN, ("Captain",), fact_of="roster spot", read_from="captain"),
        Field("is_substitute", SUBSTITUTE, ("Last Name",), fact_of="roster spot", read_from="last_name"),
        TEAM_SOURCE_ID,
        SEASON,
        SCRAPED_AT,
    ),
    ignored=("Location ID", "Win %"),
)

SCHEDULES = Kind(
    "schedules",
    # A row without a date says only that these two teams have a match.
    {**ROW, "home_no": NUMBER, "away_no": NUMBER, "date": "date", "time": "time"},
    (
        LEAGUE,
        Field("series", text(200), ("series",)),
        Field("home_team", text(200), ("home_team",)),
        Field("away_team", text(200), ("away_team",)),
        Field("date", DATE, ("date",), change="matches moved"),
        Field("time", TIME, ("time",)),
        Field("location", text(300), ("location",), fact_of="scheduled match"),
        Field("address", text(300), ("address", "location address"), fact_of="scheduled match"),
        Field("source_url", WEB_ADDRESS, ("match url", "source url", "url"), fact_of="scheduled match"),
        Field("home_team_source_id", TEAM_ID, ("home team id",), fact_of="team"),
        Field("away_team_source_id", TEAM_ID, ("away team id",), fact_of="team"),
        SEASON,
        SCRAPED_AT,
    ),
)

FIGURES = {
    "matches": ("won", "lost", "tied"),
    "lines": ("won", "lost"),
    "sets": ("won", "lost"),
    "games": ("won", "lost"),
}
"""What a standings table counts, and the results it counts separately."""

SERIES_STATS = Kind(
    "series_stats",
    {**ROW, "label_no": NUMBER},
    (
        LEAGUE,
        Field("series", text(200), ("series",)),
        Field("team", text(200), ("team", "series mapping id")),
        Field("points", DECIMAL, ("points",), fact_of="standing"),
        *(
            Field(f"{what}_{how}", WHOLE, (f"{what}.{how}",), fact_of="standing")
            for what, ways in FIGURES.items()
            for how in ways
        ),
        TEAM_SOURCE_ID,
        SEASON,
        SCRAPED_AT,
    ),
)

MATCH_HISTORY = Kind(
    "match_history",
    {
        **ROW,
        "home_no": NUMBER,
        "away_no": NUMBER,
        "date": DAY,
        "line": "smallint",
        "home_label": TEXT,
        "away_label": TEXT,
        **{f"{seat}_id": TEXT for seat in SEATS},
        **{f"{seat}_name": TEXT for seat in SEATS},
        "scores": TEXT,
        "winner": TEXT,
        "source_id": TEXT,
        "key": TEXT,
        "people": TEXT,
        "result": TEXT,
    },
    (
        LEAGUE,
        Field("date", DATE, ("Date",)),
        Field("home_team", text(200), ("Home Team",)),
        Field("away_team", text(200), ("Away Team",)),
        *(Field(f"{seat}_name", text(200), (seat.replace("_", " ").title(),)) for seat in SEATS),
        *(Field(f"{seat}_id", text(150), (f"{seat.replace('_', ' ').title()} ID",)) for seat in SEATS),
        Field("scores", text(200), ("Scores",), change="matches corrected"),
        Field("winner", WINNER, ("Winner",)),
        Field("line", LINE, ("Line",)),
        Field("source_id", text(150), ("match_id",)),
        Field("series_label", text(200), ("series",), fact_of="match line"),
        Field("source_url", WEB_ADDRESS, ("match url", "source url", "url"), fact_of="match line"),
        SEASON,
        SCRAPED_AT,
    ),
)

PLAYER_HISTORY = Kind(
    "player_history",
    {**ROW, "external_id": TEXT, "date": DAY},
    (
        LEAGUE,
        PLAYER_ID,
        SEASON,
        SCRAPED_AT,
        Field("date", DATE, ("matches.date",)),
        Field("end_pti", DECIMAL, ("matches.end_pti",), fact_of="rating"),
        Field("series_name", text(200), ("matches.series",), fact_of="rating"),
    ),
    entries="matches",
    ignored=("name", "first name", "last name", "series", "club", "rating", "wins", "losses"),
)

KINDS = {kind.name: kind for kind in (PLAYERS, SCHEDULES, SERIES_STATS, MATCH_HISTORY, PLAYER_HISTORY)}
"""By the name of the file."""

KINDS_OF_SEASONS = tuple(name for name in KINDS if name != "player_history")
"""The kinds of files whose rows are of one season each. Ratings go on."""
