"""What reading the rows of any kind of file has in common."""

from collections.abc import Callable
from typing import Any

from etlimport.read.labels import LabelBook
from etlimport.read.shape import Rejected
from etlimport.read.values import Memo, Unreadable


class Leagues(dict):
    """A league's code as a row spells it → its number, or None for a league that was not asked for."""

    def __init__(self, book: LabelBook, asks_for: Callable[[str], bool]):
        super().__init__()
        self.book, self.asks_for = book, asks_for

    def __missing__(self, spelled: str | None) -> int | None:
        code = (spelled or "").strip()
        if not code:
            raise Rejected("no League")
        number = self[spelled] = self.book.league(code) if self.asks_for(code) else self.book.pass_over(code)
        return number


class Kind:
    """Makes tuples of the rows of one kind of file. `parsers` names the fields whose values may be unreadable.

    `convert(idx, row)` returns None for a row of a league that was not asked for, and raises Rejected, or
    Unreadable, after which `repair` takes the unreadable values out and says which.
    """

    name: str
    parsers: dict[str, Callable]
    convert: Callable[[int, Any], tuple | None]

    def __init__(self, book: LabelBook, leagues: Leagues):
        self.book, self.leagues = book, leagues
        self.label_no: dict[tuple, int] = {}
        self.memos = {name: Memo(parse) for name, parse in self.parsers.items()}

    def number_label(self, label: tuple) -> int:
        """Number a (league_no, series, team, club) that is met for the first time. Raises Rejected for no team."""
        league_no, *texts = label
        series, team, club = ((text or "").strip() for text in texts)
        self.check_team(series, team)
        number = self.label_no[label] = self.book.label(league_no, self.name, series, team, club)
        return number

    def check_team(self, series: str, team: str) -> None:
        if not team:
            raise Rejected("no team")

    def repair(self, row: Any) -> list[str]:
        """Take the values that cannot be read out of the row; what is said of each."""
        return [said for name in self.parsers for said in self.repaired(row, name, name)]

    def repaired(self, part: Any, attribute: str, name: str, memo: Memo | None = None) -> list[str]:
        value = getattr(part, attribute)
        try:
            (self.memos[attribute] if memo is None else memo)[value]
        except Unreadable as error:
            setattr(part, attribute, None)
            return [f"{name.replace('_', ' ')} {str(value)[:60]!r} {error}"]
        return []

    def day(self, value: Any) -> str:
        try:
            day = self.memos["date"][value]
        except Unreadable as error:
            raise Rejected(f"date {str(value)[:60]!r} {error}") from None
        if day is None:
            raise Rejected("no date")
        return day
