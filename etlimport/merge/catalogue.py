"""Leagues, clubs, series, teams, players and roster spots: staged → written."""

from etlimport import db
from etlimport.merge.entity import Entity
from leagues.models import Club, League, Player, RosterSpot, Series, Team

LEAGUE = Entity(
    model=League,
    work="w_league",
    columns={"key": "w.key", "code": "w.code"},
    key=("key",),
    on_insert={"name": "w.name", "is_active": "w.is_active", "organization_id": "w.organization_id"},
    reissues_keys=True,
)
CLUB = Entity(model=Club, work="w_club", columns={"name": "w.name", "key": "w.key"}, key=("key",))
SERIES = Entity(
    model=Series,
    work="w_series",
    joins="JOIN w_league l ON l.no = w.league_no",
    columns={"league_id": "l.target_id", "name": "w.name", "key": "w.key"},
    key=("league_id", "key"),
)
TEAM = Entity(
    model=Team,
    work="w_team",
    joins="""JOIN w_league l ON l.no = w.league_no JOIN w_series s ON s.no = w.series_no
             JOIN w_club c ON c.no = w.club_no""",
    columns={
        "league_id": "l.target_id",
        "series_id": "s.target_id",
        "club_id": "c.target_id",
        "name": "w.name",
        "is_active": "true",
        "squad": "w.squad",
    },
    key=("league_id", "series_id", "club_id", "squad"),
    on_insert={"alias": "w.alias"},
    reissues_keys=True,
)
PLAYER = Entity(
    model=Player,
    work="w_player",
    joins="JOIN w_league l ON l.no = w.league_no",
    columns={
        "league_id": "l.target_id",
        "first_name": "w.first_name",
        "last_name": "w.last_name",
        "name_key": "w.name_key",
        "pti": "w.pti",
        "career_wins": "w.career_wins",
        "career_losses": "w.career_losses",
        "is_active": "true",
        "external_id": "w.external_id",
    },
    key=("league_id", "external_id"),
    reissues_keys=True,
)
ROSTER_SPOT = Entity(
    model=RosterSpot,
    work="w_spot",
    columns={
        "player_id": "w.player_id",
        "team_id": "w.team_id",
        "is_captain": "w.is_captain",
        "is_co_captain": "w.is_co_captain",
        "wins": "w.wins",
        "losses": "w.losses",
        "is_active": "true",
    },
    key=("player_id", "team_id"),
)


def create_spots() -> None:
    """w_spot: the staged roster spots with the ids of their players and teams, and the rows they are."""
    db.create_temporary(
        "w_spot",
        """AS SELECT w.*, p.target_id AS player_id, t.target_id AS team_id, r.id AS target_id
           FROM w_roster w JOIN w_player p ON p.no = w.player_no JOIN w_team t ON t.no = w.team_no
           LEFT JOIN leagues_rosterspot r ON r.player_id = p.target_id AND r.team_id = t.target_id""",
        sqlite_index=("target_id",),
    )
