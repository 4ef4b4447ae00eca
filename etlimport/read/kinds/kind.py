"""What reading the rows of any kind of file has in common."""

from collections.abc import Callable
from typing import Any

from etlimport.kinds import Field, Kind
from etlimport.kinds.values import Memo, Unreadable
from etlimport.read.label_book import LabelBook
from etlimport.read.rejected import Rejected


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


class KindReader:
    """Makes tuples of the row objects of one kind of file, in the order of its staged columns.

    A subclass sees to the columns of the kind's identity; the facts are each read by themselves. `parsed`: fields of
    the identity whose values may be unreadable without the row being so.
    """

    describes: Kind
    parsed: tuple[str, ...] = ()

    def __init__(self, book: LabelBook, leagues: Leagues):
        self.book, self.leagues = book, leagues
        self.label_no: dict[tuple, int] = {}
        self.memos: dict[Callable, Memo] = {}
        self.fields = {field.name: field for field in self.describes.fields}
        facts = self.describes.facts()
        self.dates = self.memo(self.fields["date"]) if "date" in self.fields else {}
        self.readable_alone = [*(self.fields[name] for name in self.parsed), *facts]
        self.facts = facts_reader([self.place(field) for field in facts], [self.reading(field) for field in facts])

    def convert(self, idx: int, row: Any) -> tuple | None:
        """The tuple of a row, or None where it is of a league that was not asked for.

        Raises Rejected, or Unreadable, after which `repair` takes the unreadable values out and says which.
        """
        raise NotImplementedError

    def place(self, field: Field) -> tuple[str, str]:
        """(attribute, part) of a row object where a field's value stands; no part where it is the attribute itself."""
        return (field.part, "") if self.describes.entries and field.part else (field.attribute, field.part)

    def parser(self, field: Field | str) -> Callable[[Any], Any]:
        """What reads a field's value. Files hold few distinct values, so what was made of each is remembered."""
        reading = self.reading(self.fields[field] if isinstance(field, str) else field)
        return reading.__getitem__ if isinstance(reading, Memo) else reading

    def reading(self, field: Field) -> Callable[[Any], Any] | Memo:
        return field.type.parse if field.type.length else self.memo(field)

    def memo(self, field: Field) -> Memo:
        parse = field.type.parse
        if parse not in self.memos:
            self.memos[parse] = Memo(parse)
        return self.memos[parse]

    def number_label(self, label: tuple) -> int:
        """Number a (league_no, series, team, club) that is met for the first time. Raises Rejected for no team."""
        league_no, *texts = label
        series, team, club = ((text or "").strip() for text in texts)
        self.check_team(series, team)
        number = self.label_no[label] = self.book.label(league_no, self.describes.name, series, team, club)
        return number

    def check_team(self, series: str, team: str) -> None:
        if not team:
            raise Rejected("no team")

    def repair(self, row: Any) -> list[str]:
        """Take the values that cannot be read out of the row; what is said of each."""
        said = {}
        for field in self.readable_alone:
            attribute, part = self.place(field)
            holder, name = (getattr(row, attribute), part) if part else (row, attribute)
            value = getattr(holder, name, None)
            try:
                self.parser(field)(value)
            except Unreadable as error:
                setattr(holder, name, None)
                said[attribute, part] = f"{self.called(field)} {str(value)[:60]!r} {error}"
        return list(said.values())

    def called(self, field: Field) -> str:
        return field.part if self.describes.entries else (field.read_from or field.name).replace("_", " ")

    def day(self, value: Any) -> str:
        return self.dates.get(value) or self.checked_day(value)

    def checked_day(self, value: Any) -> str:
        """Raises Rejected where there is none."""
        try:
            day = self.dates[value]
        except Unreadable as error:
            raise Rejected(f"date {str(value)[:60]!r} {error}") from None
        if day is None:
            raise Rejected("no date")
        return day


def facts_reader(
    places: list[tuple[str, str]], parsers: list[Callable[[Any], Any] | Memo]
) -> Callable[[Any], tuple[Any, ...]]:
    """A function that gives the facts of a row object, in order.

    It runs for every row, so it is compiled from the description, as a dataclass compiles its `__init__`: looping over
    the fields instead takes reading twice as long.
    """
    values = [f'getattr(row.{name}, "{part}", None)' if part else f"row.{name}" for name, part in places]
    calls = [
        f"read_{number}[{value}]" if isinstance(parser, Memo) else f"read_{number}({value})"
        for number, (parser, value) in enumerate(zip(parsers, values, strict=True))
    ]
    names = {f"read_{number}": parser for number, parser in enumerate(parsers)}
    return eval(f"lambda row: ({''.join(f'{call}, ' for call in calls)})", names)
