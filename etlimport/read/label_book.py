"""The distinct labels of a run as small numbers, so that rows carry a number instead of five texts."""


class LabelBook:
    """Numbers distinct labels in the order they are met; one book is shared by all files of a run.

    `leagues[no]` is a league's code as spelled, `labels[no]` is (league_no, kind, series, team, club) as
    spelled, "" where the file has none. `passed_over` are the codes of leagues that were not asked for.
    """

    def __init__(self):
        self.leagues: list[str] = []
        self.labels: list[tuple[int, str, str, str, str]] = []
        self.passed_over: set[str] = set()
        self._league_no: dict[str, int] = {}
        self._label_no: dict[tuple[int, str, str, str, str], int] = {}

    def league(self, text: str) -> int:
        return number_of(text, self._league_no, self.leagues)

    def pass_over(self, league: str) -> None:
        self.passed_over.add(league)

    def label(self, league_no: int, kind: str, series: str, team: str, club: str) -> int:
        return number_of((league_no, kind, series, team, club), self._label_no, self.labels)


def number_of(value, numbers: dict, values: list) -> int:
    number = numbers.get(value)
    if number is None:
        number = numbers[value] = len(values)
        values.append(value)
    return number
