from typing import Any

from etlimport.kinds import SERIES_STATS, StagedRow
from etlimport.read.converters.converter import RowConverter
from etlimport.read.file_report import Witness


class Standings(RowConverter):
    describes = SERIES_STATS
    key = ("league", "team")

    def convert(self, idx: int, row: Any) -> StagedRow | None:
        league_no = self.leagues[row.league, row.season]
        if league_no is None:
            return None
        facts = self.facts(row)
        label = (league_no, row.series, row.team, "")
        number = self.label_no.get(label)
        if number is None:
            number = self.number_label(label)
        return idx, league_no, number, 0, *facts

    def witness(self, idx: int, row: Any, league_no: int) -> Witness | None:
        """The standing of this team."""
        label_no = self.known_label(row, league_no, "team")
        return None if label_no is None else Witness(idx, self.describes.name, league_no, label_no=label_no)
