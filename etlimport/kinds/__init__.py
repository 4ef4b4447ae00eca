"""The kinds of files of a source: the fields of each, and how their values are read. Nothing here uses a database."""

from etlimport.kinds.field import UNREAD, Field, Kind, StagedRow, Type, normalized
from etlimport.kinds.files import (
    KINDS,
    MATCH_HISTORY,
    PLAYER_HISTORY,
    PLAYERS,
    SCHEDULES,
    SERIES_STATS,
)

__all__ = [
    "KINDS",
    "MATCH_HISTORY",
    "PLAYERS",
    "PLAYER_HISTORY",
    "SCHEDULES",
    "SERIES_STATS",
    "UNREAD",
    "Field",
    "Kind",
    "StagedRow",
    "Type",
    "normalized",
]
