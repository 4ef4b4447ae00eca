"""Converts row objects into tuples for the database: one small class for each kind of file.

Their code is tuned for speed, as it runs for every row.
"""

from etlimport.read.converters.converter import Converter, EntryConverter, LeagueNumbers, RowConverter
from etlimport.read.converters.match_lines import MatchLines
from etlimport.read.converters.players import Players
from etlimport.read.converters.ratings import Ratings
from etlimport.read.converters.schedules import Schedules
from etlimport.read.converters.standings import Standings
from etlimport.read.label_book import LabelBook

CONVERTERS: dict[str, type[RowConverter] | type[EntryConverter]] = {
    converter.describes.name: converter for converter in (Players, Schedules, Standings, MatchLines, Ratings)
}
"""By the name of the kind of file."""


def make_converter(kind: str, book: LabelBook, leagues: LeagueNumbers) -> RowConverter | EntryConverter:
    return CONVERTERS[kind](book, leagues)


__all__ = ["CONVERTERS", "Converter", "EntryConverter", "LeagueNumbers", "RowConverter", "make_converter"]
