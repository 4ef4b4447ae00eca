from typing import Any

from etlimport.kinds import SCHEDULES, StagedRow
from etlimport.kinds.values import Memo, time_within
from etlimport.read.converters.converter import LabelOfRow, LeagueNumbers, RowConverter
from etlimport.read.converters.placeholders import names_a_team
from etlimport.read.file_report import Witness
from etlimport.read.label_book import LabelBook
from etlimport.read.rejected import Rejected


class Schedules(RowConverter):
    """A row without a date says that its two teams have a match, not when."""

    describes = SCHEDULES
    key = ("league", "home_team", "away_team")

    def __init__(self, book: LabelBook, leagues: LeagueNumbers) -> None:
        super().__init__(book, leagues)
        self.time = self.parser("time")
        self.times_within = Memo(time_within)

    def convert(self, idx: int, row: Any) -> StagedRow | None:
        league_no = self.leagues[row.league, row.season]
        if league_no is None:
            return None
        home = (league_no, row.series, row.home_team, "")
        away = (league_no, row.series, row.away_team, "")
        date, time, facts = self.dates[row.date], self.time(row.time), self.facts(row)
        if time is None and date is not None:
            time = self.times_within[row.date]
        home_no, away_no = self.label_no.get(home), self.label_no.get(away)
        if home_no is None or away_no is None:
            home_no, away_no = self.number_teams(home, away)
        return idx, league_no, home_no, away_no, date, time, 0, *facts

    def number_teams(self, home: LabelOfRow, away: LabelOfRow) -> tuple[int, int]:
        """The numbers of both labels. Raises Rejected if one of them names no team."""
        name_teams = [names_a_team(series or "", team or "") for _, series, team, _ in (home, away)]
        if not all(name_teams):
            missing = "neither team" if not any(name_teams) else "only one team"
            labels = ", ".join(
                f"{side}_team is {(label[2] or '')[:60]!r}"
                for side, label, names_team in zip(("home", "away"), (home, away), name_teams, strict=True)
                if not names_team
            )
            raise Rejected(f"names {missing}: {labels}")
        return self.number_label(home), self.number_label(away)

    def witness(self, idx: int, row: Any, league_no: int) -> Witness | None:
        """A match of this team on this day."""
        date = self.readable("date", row)
        home_no, away_no = (self.known_label(row, league_no, name) for name in ("home_team", "away_team"))
        if date is None or home_no is away_no is None:
            return None
        return Witness(idx, self.describes.name, league_no, home_no=home_no, away_no=away_no, date=date)
