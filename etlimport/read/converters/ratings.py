from typing import Any

from etlimport.kinds import PLAYER_HISTORY, StagedRow
from etlimport.kinds.values import plain_id
from etlimport.read.converters.converter import EntryConverter
from etlimport.read.rejected import Rejected


class Ratings(EntryConverter):
    describes = PLAYER_HISTORY
    key = ("league", "external_id", "date")

    def player(self, row: Any) -> tuple[int, str] | None:
        league_no = self.leagues[row.league, row.season]
        if league_no is None:
            return None
        external_id = plain_id(row.external_id)
        if not external_id:
            raise Rejected("no player_id")
        return league_no, external_id

    def convert(self, idx: int, entry: Any, league_no: int, external_id: str) -> StagedRow:
        date = self.dates.get(entry.date) or self.checked_day(entry.date)
        return idx, league_no, external_id, date, 0, *self.facts(entry)
