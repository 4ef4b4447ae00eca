"""What an operator answered where a run could not tell which season rows are of."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from etlimport.resolve.aliases import Aliases
from leagues.season_keys import YEARS, key_of_text

KEY = re.compile(r"(19|20)\d\d(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Answers:
    """By the key of the league: the key of the season it opens now; whether it is in the same season; and the key of
    the season of all rows of which neither they nor their dates say one.
    """

    opens: dict[str, str] = field(default_factory=dict)
    stays: frozenset[str] = frozenset()
    asked: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.opens or self.stays or self.asked)


@dataclass(frozen=True)
class AnswersAsGiven:
    """The same by the code of the league, as given to a command or a page; `opens` and `asked` as LEAGUE=KEY."""

    opens: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()

    def read(self, aliases: Aliases) -> Answers:
        return Answers(
            {aliases.league(code): key for code, key in map(league_and_key, self.opens)},
            frozenset(map(aliases.league, self.stays)),
            {aliases.league(code): key for code, key in map(league_and_key, self.asked)},
        )

    def check(self) -> None:
        """Raises ValueError, with what to write instead, for an answer that cannot be read."""
        for answer in (*self.opens, *self.asked):
            league_and_key(answer)
        if twice := {code for code, _ in map(league_and_key, self.opens)} & set(self.stays):
            raise ValueError(f"{', '.join(sorted(twice))} can be in a new season or in the same one, not in both.")

    def as_list(self) -> list[str]:
        """For the record of the run, and for tasks: `new NSTF=2025-26`, `same NSTF`, `season NSTF=2024`."""
        named = (("new", self.opens), ("same", self.stays), ("season", self.asked))
        return [f"{name} {answer}" for name, answers in named for answer in answers]


NOTHING_SAID = AnswersAsGiven()


def given(opens: Iterable[str] = (), stays: Iterable[str] = (), asked: Iterable[str] = ()) -> AnswersAsGiven:
    answers = AnswersAsGiven(tuple(opens), tuple(stays), tuple(asked))
    answers.check()
    return answers


def from_list(answers: Iterable[str]) -> AnswersAsGiven:
    """What `as_list` made. Raises ValueError for anything else."""
    by_kind: dict[str, list[str]] = {"new": [], "same": [], "season": []}
    for answer in answers:
        kind, _, rest = answer.strip().partition(" ")
        if kind not in by_kind or not rest.strip():
            raise ValueError(f"{answer!r}: write new LEAGUE=KEY, same LEAGUE or season LEAGUE=KEY.")
        by_kind[kind].append(rest.strip())
    return given(by_kind["new"], by_kind["same"], by_kind["season"])


def league_and_key(answer: str) -> tuple[str, str]:
    """`APTA_CHICAGO=2025-26` → its two parts. Raises ValueError."""
    code, _, key = answer.rpartition("=")
    key = key_of_text(key) or key if YEARS.fullmatch(key.strip()) else key
    if not code.strip() or not KEY.fullmatch(key.strip()):
        raise ValueError(f"{answer!r}: write LEAGUE=KEY, with a key that begins with a year, such as 2025-26.")
    return code.strip(), key.strip()
