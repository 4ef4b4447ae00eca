from typing import Any

from etlimport.kinds import SCHEDULES
from etlimport.read.kinds.kind import KindReader, Leagues
from etlimport.read.label_book import LabelBook
from etlimport.read.rejected import Rejected

SEPARATORS = " -#–—:/\t"


class Schedules(KindReader):
    describes = SCHEDULES
    parsed = ("time",)

    def __init__(self, book: LabelBook, leagues: Leagues):
        super().__init__(book, leagues)
        self.time = self.parser("time")

    def convert(self, idx: int, row: Any) -> tuple | None:
        league_no = self.leagues[row.league]
        if league_no is None:
            return None
        home = (league_no, row.series, row.home_team, "")
        away = (league_no, row.series, row.away_team, "")
        date, time, facts = self.day(row.date), self.time(row.time), self.facts(row)
        home_no, away_no = self.label_no.get(home), self.label_no.get(away)
        if home_no is None or away_no is None:
            home_no, away_no = self.number_teams(home, away)
        return idx, league_no, home_no, away_no, date, time, *facts

    def number_teams(self, home: tuple, away: tuple) -> tuple[int, int]:
        named = [names_a_team(series or "", team or "") for _, series, team, _ in (home, away)]
        if not all(named):
            missing = "neither team" if not any(named) else "only one team"
            spelled = ", ".join(
                f"{side}_team is {(team[2] or '')[:60]!r}"
                for side, team, names in zip(("home", "away"), (home, away), named, strict=True)
                if not names
            )
            raise Rejected(f"names {missing}: {spelled}")
        return self.number_label(home), self.number_label(away)


def names_a_team(series: str, team: str) -> bool:
    """Not an empty label, ` - 9 SW` of the series `Chicago 9 SW`, or `BYE`."""
    said = team.strip(SEPARATORS).casefold()
    if not said or said == "bye":
        return False
    if team.strip()[:1] not in SEPARATORS:
        return True
    words, series_words = said.split(), series.casefold().split()
    return words != series_words[-len(words) :]
