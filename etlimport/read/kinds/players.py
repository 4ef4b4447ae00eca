from functools import lru_cache
from typing import Any

from etlimport.kinds import PLAYERS, StagedRow
from etlimport.read.kinds.converter import LeagueNumbers, RowConverter
from etlimport.read.label_book import LabelBook
from etlimport.read.rejected import Rejected
from leagues.names import name_key


class Players(RowConverter):
    describes = PLAYERS

    def __init__(self, book: LabelBook, leagues: LeagueNumbers) -> None:
        super().__init__(book, leagues)
        facts, label_no = self.facts, self.label_no

        def convert(idx: int, row: Any) -> StagedRow | None:
            league_no = leagues[row.league]
            if league_no is None:
                return None
            external_id = (row.external_id or "").strip()
            if not external_id:
                raise Rejected("no Player ID")
            first, last = (row.first_name or "").strip(), (row.last_name or "").strip()
            if not first and not last:
                raise Rejected("no name: First Name and Last Name are empty")
            read = facts(row)
            # The label is numbered last, so that a row that is rejected does not add a team.
            label = (league_no, row.series, row.team, row.club)
            number = label_no.get(label)
            if number is None:
                number = self.number_label(label)
            return idx, league_no, number, external_id, first, last, quick_name_key(first, last), 0, *read

        self.convert = convert  # a closure instead of a method, because that is faster and there are many players


def quick_name_key(first: str, last: str) -> str:
    """The same as `name_key`, but faster for names of unaccented letters only, which most people have."""
    if first.isalpha() and last.isalpha() and first.isascii() and last.isascii():
        return f"{first} {last}".lower()[:300]
    return remembered_name_key(first, last)


remembered_name_key = lru_cache(maxsize=50_000)(name_key)
