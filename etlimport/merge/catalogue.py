"""How leagues, clubs, series, teams and players are written from their working tables."""

from etlimport.database import working_tables
from etlimport.kinds import PLAYERS
from etlimport.merge.entity import Entity, from_facts
from leagues.models import Club, League, Player, Season, Series, Team

OPERATORS_COLUMNS = ("name", "is_active", "organization_id", "lower_rating_is_better")
"""What a new league is given once, and an operator may change."""

LEAGUE = Entity(
    model=League,
    work=working_tables.LEAGUE,
    columns={"key": "w.key", "code": "w.code"},
    key=("key",),
    on_insert={column: f"w.{column}" for column in OPERATORS_COLUMNS},
    reissues_keys=True,
)
SEASON = Entity(
    model=Season,
    work=working_tables.SEASON,
    joins="JOIN w_league l ON l.no = w.league_no",
    columns={
        "league_id": "l.target_id",
        "key": "w.key",
        "starts_on": "w.starts_on",
        "ends_on": "w.ends_on",
        "is_current": "w.is_current",
    },
    key=("league_id", "key"),
    on_insert={"name": "w.name"},
)
CLUB = Entity(model=Club, work=working_tables.CLUB, columns={"name": "w.name", "key": "w.key"}, key=("key",))
SERIES = Entity(
    model=Series,
    work=working_tables.SERIES,
    joins="JOIN w_league l ON l.no = w.league_no",
    columns={"league_id": "l.target_id", "name": "w.name", "key": "w.key"},
    key=("league_id", "key"),
)
TEAM = Entity(
    model=Team,
    work=working_tables.TEAM,
    joins="""JOIN w_league l ON l.no = w.league_no JOIN w_season n ON n.no = w.season_no
             JOIN w_series s ON s.no = w.series_no JOIN w_club c ON c.no = w.club_no""",
    columns={
        "league_id": "l.target_id",
        "season_id": "n.target_id",
        "series_id": "s.target_id",
        "club_id": "c.target_id",
        "name": "w.name",
        "is_active": "true",
        "source_id": "w.source_id",
        "squad": "w.squad",
    },
    key=("league_id", "season_id", "series_id", "club_id", "squad"),
    on_insert={"alias": "w.alias"},
    reissues_keys=True,
)
PLAYER = Entity(
    model=Player,
    work=working_tables.PLAYER,
    joins="JOIN w_league l ON l.no = w.league_no",
    columns={
        "league_id": "l.target_id",
        "first_name": "w.first_name",
        "last_name": "w.last_name",
        "name_key": "w.name_key",
        **from_facts(PLAYERS.facts("player")),
        "is_active": "true",
        "external_id": "w.external_id",
    },
    key=("league_id", "external_id"),
    reissues_keys=True,
)
