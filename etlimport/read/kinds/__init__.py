"""Row objects → tuples for the database: one small class a kind of file, tuned because it runs for every row."""

from etlimport.read.kinds.kind import KindReader, Leagues
from etlimport.read.kinds.match_lines import MatchLines
from etlimport.read.kinds.players import Players
from etlimport.read.kinds.ratings import Ratings
from etlimport.read.kinds.schedules import Schedules
from etlimport.read.kinds.standings import Standings

READERS = {reader.describes.name: reader for reader in (Players, Schedules, Standings, MatchLines, Ratings)}
"""By the name of the kind."""

__all__ = ["READERS", "KindReader", "Leagues"]
