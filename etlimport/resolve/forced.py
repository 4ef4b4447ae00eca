"""With what an operator tells a run to go on although a safety check speaks against it."""

from collections.abc import Iterable
from dataclasses import dataclass

from etlimport.kinds.files import KINDS
from etlimport.resolve.aliases import Aliases


@dataclass(frozen=True)
class Forced:
    """`everything`, or `files`: pairs of the key of a league and a kind of file. Other files are checked as ever."""

    everything: bool = False
    files: frozenset[tuple[str, str]] = frozenset()

    def covers(self, league: str, kind: str) -> bool:
        """Whether to go on with this kind of file of the league with this key."""
        return self.everything or (league, kind) in self.files


def forced(everything: bool, files: Iterable[str], aliases: Aliases) -> Forced:
    """`files`: each as LEAGUE:kind. Raises ValueError for any other text."""
    return Forced(everything, frozenset((aliases.league(code), kind) for code, kind in map(league_and_kind, files)))


def files_to_force(files: Iterable[str]) -> tuple[str, ...]:
    """The same texts. Raises ValueError, with what to write instead, for one that is not LEAGUE:kind."""
    return tuple(":".join(league_and_kind(text)) for text in files)


def league_and_kind(text: str) -> tuple[str, str]:
    code, _, kind = (part.strip() for part in text.rpartition(":"))
    if not code or kind not in KINDS:
        raise ValueError(f"{text!r}: write LEAGUE:kind, where kind is one of {', '.join(KINDS)}.")
    return code, kind
