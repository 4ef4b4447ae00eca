"""What the converters of all kinds of files share."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from etlimport.kinds import Field, Kind, StagedRow
from etlimport.kinds.values import Memo, NotText, Unreadable
from etlimport.read.converters.placeholders import names_a_team
from etlimport.read.file_report import Witness
from etlimport.read.label_book import LabelBook
from etlimport.read.rejected import Rejected
from leagues.season_keys import key_of_value

LabelOfRow = tuple[int, str | None, str | None, str | None]
"""(number of the league, series, team, club) as a row spells them."""


class LeagueNumbers(dict[tuple[str | None, Any], int | None]):
    """The number of a league by its code and season as a row spells them; None for a league that is not selected.

    `season`: the key of the season of rows that name none, if the name of their file or folder does.
    """

    def __init__(self, book: LabelBook, is_selected: Callable[[str], bool], season: str = "") -> None:
        super().__init__()
        self.book, self.is_selected, self.season = book, is_selected, season

    def __missing__(self, spelled: tuple[str | None, Any]) -> int | None:
        code = (spelled[0] or "").strip()
        if not code:
            raise Rejected("no League")
        number = None
        if self.is_selected(code):
            number = self.book.league(code, key_of_value(spelled[1]) or self.season)
        else:
            self.book.skip(code)
        self[spelled] = number
        return number


class Converter:
    """Converts the row objects of one kind of file into tuples in the order of the kind's staged columns.

    Subclasses fill the columns that identify the thing a row is about. `facts` reads the columns of the facts.
    `key` names the fields without which it cannot be told what a row is about. A row is imported without any other of
    its values that is unreadable.
    """

    describes: Kind
    key: tuple[str, ...] = ("league",)
    look_at: Callable[[Iterable[Any]], None] | None = None
    """Is given all rows of the file, block by block, before any is converted; for what a row says by others alone."""

    def __init__(self, book: LabelBook, leagues: LeagueNumbers) -> None:
        self.book, self.leagues = book, leagues
        self.label_no: dict[LabelOfRow, int] = {}
        self.memos: dict[Callable[[Any], Any], Memo] = {}
        self.fields = {field.name: field for field in self.describes.fields}
        facts = self.describes.facts()
        self.dates = self.memo(self.fields["date"]) if "date" in self.fields else {}
        self.optional_fields = [field for field in self.describes.fields if field.name not in self.key]
        self.facts = facts_reader([self.place(field) for field in facts], [self.reading(field) for field in facts])

    def place(self, field: Field) -> tuple[str, str]:
        """(attribute of the row object, part of that attribute) in which a field's value stands.

        The part is empty if the attribute itself is the value.
        """
        return (field.part, "") if self.describes.entries and field.part else (field.attribute, field.part)

    def parser(self, name: str) -> Callable[[Any], Any]:
        """The function that reads the values of a field. It remembers what it made of each value, if that pays."""
        reading = self.reading(self.fields[name])
        return reading.__getitem__ if isinstance(reading, Memo) else reading

    def reading(self, field: Field) -> Callable[[Any], Any] | Memo:
        return field.type.parse if field.type.length else self.memo(field)

    def memo(self, field: Field) -> Memo:
        parse = field.type.parse
        if parse not in self.memos:
            self.memos[parse] = Memo(parse)
        return self.memos[parse]

    def number_label(self, label: LabelOfRow) -> int:
        """Add a label to the book when it is met for the first time. Raises Rejected if it names no team."""
        league_no, *texts = label
        series, team, club = ((text or "").strip() for text in texts)
        self.check_team(series, team)
        number = self.label_no[label] = self.book.label(league_no, self.describes.name, series, team, club)
        return number

    def check_team(self, series: str, team: str) -> None:
        if not team:
            raise Rejected("no team")
        if not names_a_team(series, team):
            raise Rejected(f"names no team: {team[:60]!r}")

    def repair(self, row: Any) -> tuple[str, int]:
        """Set the unreadable values of the row's optional fields to None, or to what they are read as.

        Returns what is to be said of them and of what the row lacks, and the bits of what is not known.
        """
        complaints: dict[tuple[str, str], str] = {}
        read_as: dict[tuple[str, str], str] = {}
        unread = 0
        for field in self.optional_fields:
            attribute, part = self.place(field)
            holder, name = (getattr(row, attribute), part) if part else (row, attribute)
            value = getattr(holder, name, None)
            try:
                self.parser(field.name)(value)
            except Unreadable as error:
                setattr(holder, name, error.instead)
                shown = "" if isinstance(value, NotText) else f"{self.display_name(field)} {str(value)[:60]!r} "
                if error.instead is None:
                    unread |= self.describes.bit(field.name)
                    complaints[attribute, part] = f"{shown}{error}"
                else:
                    read_as[attribute, part] = f"{shown}{error}"
        for sentence, fields in self.lacks(row):
            complaints[fields[0], ""] = sentence
            unread |= sum(self.describes.bit(name) for name in fields)
        return reason_of(list(read_as.values()), list(complaints.values())), unread

    def marked(self, found: StagedRow, unread: int) -> StagedRow:
        """The tuple of a row with the bits of the fields that could not be read."""
        place = len(self.describes.identity)
        return *found[:place], unread, *found[place + 1 :]

    def lacks(self, row: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What a row does not have although every row of its kind has it: a sentence, and the names of the fields."""
        yield from ()

    def remarks(self) -> list[str]:
        """What is to be said of the whole file, once it is read."""
        return []

    def witnesses(self, idx: int, row: Any) -> list[Witness]:
        """What can be read of a row that is rejected, if that may tell what it is about."""
        try:
            found = [self.witness(idx, row, league_no) for league_no in self.leagues_of(row)]
        except (Rejected, Unreadable):
            return []
        return [witness for witness in found if witness]

    def leagues_of(self, row: Any) -> list[int]:
        """The number of the row's league; those of all leagues that use its labels if its own cannot be read."""
        if self.readable("league", row):
            league_no = self.leagues.get((row.league, row.season))
            return [] if league_no is None else [league_no]
        return [league_no for league_no in range(len(self.book.leagues)) if self.knows_labels(row, league_no)]

    def knows_labels(self, row: Any, league_no: int) -> bool:
        """Whether another row of this league names the team or the two teams of this one."""
        fields = [name for name in ("team", "home_team", "away_team") if name in self.fields]
        return all(self.known_label(row, league_no, name) is not None for name in fields)

    def known_label(self, row: Any, league_no: int, field: str) -> int | None:
        """The number of a label for the team in a field of the row, if another row of this league names it."""
        texts = (self.readable(name, row) if name in self.fields else "" for name in ("series", field, "club"))
        series, team, club = (text or "" for text in texts)
        return self.book.known_label(league_no, self.describes.name, series, team, club) if team else None

    def witness(self, idx: int, row: Any, league_no: int) -> Witness | None:
        """The same for one kind of file. Leagues and labels that no other row names say nothing, and get no number."""
        return None

    def readable(self, name: str, row: Any) -> Any:
        """The value of a field; None if it is missing or cannot be read."""
        try:
            return self.parser(name)(getattr(row, self.fields[name].attribute)) or None
        except Unreadable:
            return None

    def display_name(self, field: Field) -> str:
        return field.part if self.describes.entries else (field.read_from or field.name).replace("_", " ")

    def day(self, value: Any) -> str:
        return self.dates.get(value) or self.checked_day(value)

    def checked_day(self, value: Any) -> str:
        """Raises Rejected if there is no date."""
        try:
            day: str | None = self.dates[value]
        except Unreadable as error:
            raise Rejected(f"date {str(value)[:60]!r} {error}") from None
        if day is None:
            raise Rejected("no date")
        return day


class RowConverter(Converter):
    """Converts the elements of files in which each element is a row."""

    convert: Callable[[int, Any], StagedRow | None]
    """The tuple of a row, given its index in the file; None for a row of a league that is not selected.

    Raises Rejected, or Unreadable if `repair` can remove the reason.
    """

    def convert_incomplete(self, idx: int, row: Any) -> StagedRow | None:
        """The same of a row whose unreadable values `repair` has set to None. Raises Rejected."""
        return self.convert(idx, row)


class EntryConverter(Converter, ABC):
    """Converts the entries of a list in files in which each element is a player with such a list."""

    @abstractmethod
    def player(self, row: Any) -> tuple[int, str] | None:
        """(number of the league, player id) of an element; None for a league that is not selected. Raises Rejected."""

    def witnesses(self, idx: int, row: Any) -> list[Witness]:
        """None: no entry ever leaves."""
        return []

    @abstractmethod
    def convert(self, idx: int, entry: Any, league_no: int, external_id: str) -> StagedRow:
        """The tuple of an entry. Raises Rejected, or Unreadable if `repair` can remove the reason."""


def reason_of(read_as: list[str], unreadable: list[str]) -> str:
    """What is said of a row that was repaired."""
    if not unreadable:
        return "; ".join(read_as)
    return f"{'; '.join([*read_as, *unreadable])}: imported without {'it' if len(unreadable) == 1 else 'them'}"


FactsReader = Callable[[Any], tuple[Any, ...]]


def facts_reader(places: list[tuple[str, str]], parsers: list[Callable[[Any], Any] | Memo]) -> FactsReader:
    """A function that reads the facts of a row object, in the order of `places`.

    It is compiled from the description, as a dataclass compiles its `__init__`, because it runs for every row: reading
    takes twice as long with a loop over the fields.
    """
    values = [f'getattr(row.{name}, "{part}", None)' if part else f"row.{name}" for name, part in places]
    calls = [
        f"read_{number}[{value}]" if isinstance(parser, Memo) else f"read_{number}({value})"
        for number, (parser, value) in enumerate(zip(parsers, values, strict=True))
    ]
    names = {f"read_{number}": parser for number, parser in enumerate(parsers)}
    return cast(FactsReader, eval(f"lambda row: ({''.join(f'{call}, ' for call in calls)})", names))
