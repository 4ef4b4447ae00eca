"""The distinct labels in the files of a run, numbered, so that a row carries one number instead of five texts."""

from typing import TypeVar

Label = tuple[int, str, str, str, str]
"""(number of the league, kind of file, series, team, club) as the file spells them; "" for what it does not have."""

Value = TypeVar("Value")


class LabelBook:
    """Numbers distinct labels from 0 in the order in which they are met. All files of a run share one book.

    `leagues[number]` is the code of a league as the file spells it, and `seasons[number]` the key of the season that
    its rows, or their file, name ("" if they name none), so that a league has a number for each. `labels[number]` is a
    label. `skipped` holds the codes of the leagues that this run was not asked to import.
    """

    def __init__(self) -> None:
        self.leagues: list[str] = []
        self.seasons: list[str] = []
        self.labels: list[Label] = []
        self.skipped: set[str] = set()
        self._league_numbers: dict[tuple[str, str], int] = {}
        self._label_numbers: dict[Label, int] = {}
        self._labels_of_teams: dict[tuple[int, str], int] = {}

    def league(self, code: str, season: str = "") -> int:
        number = self._league_numbers.get((code, season))
        if number is None:
            number = self._league_numbers[code, season] = len(self.leagues)
            self.leagues.append(code)
            self.seasons.append(season)
        return number

    def skip(self, league: str) -> None:
        self.skipped.add(league)

    def label(self, league_no: int, kind: str, series: str, team: str, club: str) -> int:
        number = number_of((league_no, kind, series, team, club), self._label_numbers, self.labels)
        self._labels_of_teams.setdefault((league_no, team), number)
        return number

    def known_label(self, league_no: int, kind: str, series: str, team: str, club: str) -> int | None:
        """The number of a label, or of another one with this team in this league; None for a team that none names."""
        exact = self._label_numbers.get((league_no, kind, series, team, club))
        return self._labels_of_teams.get((league_no, team)) if exact is None else exact


def number_of(value: Value, numbers: dict[Value, int], values: list[Value]) -> int:
    """The number of a value; the next free one for a value not met before, which is added to both collections."""
    number = numbers.get(value)
    if number is None:
        number = numbers[value] = len(values)
        values.append(value)
    return number
