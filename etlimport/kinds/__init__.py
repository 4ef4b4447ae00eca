"""What the files of a source say: the fields of each kind of file, and how their values are read. No database here."""

from etlimport.kinds.field import Field, Kind, Type, plain
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
    "Field",
    "Kind",
    "Type",
    "plain",
]
