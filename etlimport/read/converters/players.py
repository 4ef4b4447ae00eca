from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from etlimport.kinds import PLAYERS, StagedRow
from etlimport.kinds.values import Unreadable, plain_id
from etlimport.read.converters.converter import LeagueNumbers, RowConverter
from etlimport.read.converters.placeholders import names_a_team
from etlimport.read.file_report import Witness
from etlimport.read.label_book import LabelBook
from etlimport.read.rejected import Rejected
from leagues.names import name_key, without_marks

MARKED = {")", "*"}
"""How the names end that may have a mark behind them."""

NO_NAME, NO_TEAM = "no name: First Name and Last Name are empty", "no team"


class Players(RowConverter):
    """A row without a name or a team says that the player is there; what it lacks is not known."""

    describes = PLAYERS
    key = ("league", "external_id")

    def __init__(self, book: LabelBook, leagues: LeagueNumbers) -> None:
        super().__init__(book, leagues)
        facts, label_no = self.facts, self.label_no

        def convert(idx: int, row: Any) -> StagedRow | None:
            league_no = leagues[row.league, row.season]
            if league_no is None:
                return None
            external_id = plain_id(row.external_id)
            if not external_id:
                raise Rejected("no Player ID")
            first, last = (row.first_name or "").strip(), (row.last_name or "").strip()
            if not first and not last:
                raise Unreadable(NO_NAME)
            if first[-1:] in MARKED or last[-1:] in MARKED:
                first, last = without_marks(first), without_marks(last)
            read = facts(row)
            # The label is numbered last, so that a row that is rejected does not add a team.
            label = (league_no, row.series, row.team, row.club)
            number = label_no.get(label)
            if number is None:
                number = self.number_label(label)
            return idx, league_no, number, external_id, first, last, quick_name_key(first, last), 0, *read

        self.convert = convert  # a closure instead of a method, because that is faster and there are many players

    def check_team(self, series: str, team: str) -> None:
        if not names_a_team(series, team):
            raise Unreadable(NO_TEAM)

    def convert_incomplete(self, idx: int, row: Any) -> StagedRow | None:
        league_no = self.leagues[row.league, row.season]
        if league_no is None:
            return None
        external_id = plain_id(row.external_id)
        if not external_id:
            raise Rejected("no Player ID")
        first, last = without_marks((row.first_name or "").strip()), without_marks((row.last_name or "").strip())
        known_as = quick_name_key(first, last) if first or last else ""
        has_team = names_a_team(row.series or "", row.team or "")
        number = self.number_label((league_no, row.series, row.team, row.club)) if has_team else None
        return idx, league_no, number, external_id, first, last, known_as, 0, *self.facts(row)

    def marked(self, found: StagedRow, unread: int) -> StagedRow:
        """Half a name is no name to be known by."""
        marked = super().marked(found, unread)
        if not unread & (PLAYERS.bit("first_name") | PLAYERS.bit("last_name")):
            return marked
        place = list(PLAYERS.identity).index("name_key")
        return *marked[:place], "", *marked[place + 1 :]

    def lacks(self, row: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
        if not (row.first_name or "").strip() and not (row.last_name or "").strip():
            yield NO_NAME, ("first_name", "last_name")
        if not names_a_team(row.series or "", row.team or ""):
            yield NO_TEAM, ("team",)

    def witness(self, idx: int, row: Any, league_no: int) -> Witness | None:
        """This name in this league."""
        first, last = self.readable("first_name", row) or "", self.readable("last_name", row) or ""
        known_as = quick_name_key(first, last) if first or last else ""
        return Witness(idx, self.describes.name, league_no, name_key=known_as) if known_as else None


def quick_name_key(first: str, last: str) -> str:
    """The same as `name_key`, but faster for names of unaccented letters only, which most people have."""
    if first.isalpha() and last.isalpha() and first.isascii() and last.isascii():
        return f"{first} {last}".lower()[:300]
    return remembered_name_key(first, last)


remembered_name_key = lru_cache(maxsize=50_000)(name_key)
