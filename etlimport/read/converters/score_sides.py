"""From which side a file writes the scores of its lines, told by their winners."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from etlimport.kinds.values import Memo, Unreadable, set_scores, winner
from etlimport.read.rejected import Rejected
from leagues.scores import OTHER_SIDE, from_away_side, winner_by

ENOUGH = 5
"""Of how many lines of a league the side can be told."""

NEARLY_ALL = 0.9
"""The share of lines whose scores contradict the winner above which the scores are from the visitors' side."""


class ScoreSides:
    """Turns the scores of the leagues of a file that are written from the visitors' side, and counts what contradicts.

    `look_at` is given all rows of the file before the first score is turned.
    """

    def __init__(self) -> None:
        self.winners = Memo(winner_by)
        self.contradicting: Counter[str] = Counter()
        self.decided: Counter[str] = Counter()

    def look_at(self, rows: Iterable[Any]) -> None:
        for row in rows:
            try:
                by_scores, told = self.winners[set_scores(row.scores)], winner(row.winner)
            except (Rejected, Unreadable):
                continue
            if by_scores and told in OTHER_SIDE and isinstance(row.league, str):
                self.decided[row.league] += 1
                self.contradicting[row.league] += by_scores != told

    @cached_property
    def turned(self) -> frozenset[str]:
        """The leagues, as rows spell them, whose scores are written from the visitors' side."""
        return frozenset(
            league
            for league, decided in self.decided.items()
            if decided >= ENOUGH and self.contradicting[league] > NEARLY_ALL * decided
        )

    def from_home_side(self, scores: str, league: str | None) -> str:
        return from_away_side(scores) if league in self.turned else scores

    def remarks(self) -> Iterator[str]:
        """What is to be said of the whole file."""
        for league, count in self.contradicting.items():
            contradicting = f"{count:,} of {self.decided[league]:,} lines of {league}"
            if league in self.turned:
                yield f"the scores of {contradicting} contradict the winner: they are the visitors', and were turned"
            elif count:
                yield f"the scores of {contradicting} contradict the winner"
