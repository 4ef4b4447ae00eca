"""How roster spots, scheduled matches, standings, match lines and ratings are written from their working tables.

Their teams and players have their ids by then, the new ones too.
"""

from etlimport.database import fact_tables
from etlimport.kinds import MATCH_HISTORY, PLAYER_HISTORY, PLAYERS, SCHEDULES, SERIES_STATS
from etlimport.kinds.files import SEATS
from etlimport.merge.entity import Entity, from_facts
from leagues.models import MatchScore, PlayerHistory, RosterSpot, ScheduledMatch, Standing


def as_staged(*names: str) -> dict[str, str]:
    """`Entity.columns` for columns that have the same names in the working table."""
    return {name: f"w.{name}" for name in names}


ROSTER_SPOT = Entity(
    model=RosterSpot,
    work=fact_tables.SPOT,
    joins="JOIN w_player p ON p.no = w.player_no JOIN w_team m ON m.no = w.team_no",
    columns={
        "player_id": "p.target_id",
        "team_id": "m.target_id",
        **from_facts(PLAYERS.facts("roster spot")),
        "is_active": "true",
    },
    key=("player_id", "team_id"),
)

SCHEDULED_MATCH = Entity(
    model=ScheduledMatch,
    work=fact_tables.SCHEDULE,
    joins="""JOIN w_team h ON h.no = w.home_no JOIN w_team a ON a.no = w.away_no
             JOIN w_league l ON l.no = h.league_no JOIN w_season n ON n.no = h.season_no
             JOIN w_series s ON s.no = h.series_no""",
    columns={
        "league_id": "l.target_id",
        "season_id": "n.target_id",
        "series_id": "s.target_id",
        "home_team_id": "h.target_id",
        "away_team_id": "a.target_id",
        **as_staged("date", "time", "occurrence"),
        **from_facts(SCHEDULES.facts("scheduled match")),
        "is_active": "true",
    },
    key=("league_id", "date", "home_team_id", "away_team_id", "occurrence"),
)

STANDING = Entity(
    model=Standing,
    work=fact_tables.STANDING,
    joins="JOIN w_team m ON m.no = w.team_no",
    columns={"team_id": "m.target_id", **from_facts(SERIES_STATS.facts("standing")), "is_active": "true"},
    key=("team_id",),
)

MATCH_SCORE = Entity(
    model=MatchScore,
    work=fact_tables.MATCH,
    joins="""JOIN w_league l ON l.no = w.league_no JOIN w_season n ON n.no = w.season_no
             LEFT JOIN w_team h ON h.no = w.home_no LEFT JOIN w_team a ON a.no = w.away_no """
    + " ".join(f"LEFT JOIN w_player {seat} ON {seat}.no = w.{seat}_no" for seat in SEATS),
    columns={
        "league_id": "l.target_id",
        "season_id": "n.target_id",
        "home_team_id": "h.target_id",
        "away_team_id": "a.target_id",
        **as_staged("date", "line", "home_label", "away_label"),
        **{f"{seat}_id": f"COALESCE({seat}.target_id, w.{seat}_id)" for seat in SEATS},
        **as_staged(*(f"{seat}_name" for seat in SEATS), "scores", "winner", "source_id", "people", "result"),
        **from_facts(MATCH_HISTORY.facts()),
        "is_active": "true",
        "key": "w.key",
    },
    key=("league_id", "key"),
    reissues_keys=True,
)

RATING = Entity(
    model=PlayerHistory,
    work=fact_tables.HISTORY,
    joins="LEFT JOIN w_player p ON p.no = w.player_no",
    columns={
        "player_id": "COALESCE(p.target_id, w.player_id)",
        **as_staged("date", "occurrence"),
        **from_facts(PLAYER_HISTORY.facts()),
    },
    key=("player_id", "date", "occurrence"),
)
