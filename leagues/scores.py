"""Scores of a line, as sources write them: sets with commas between, from the home side's view, `6-4, 6-7 [5-7]`."""

import re

SET_SCORE = re.compile(r"(\d+)-(\d+)")
TIE_BREAK = re.compile(r"[\[(][^\])]*[\])]")
OTHER_SIDE = {"home": "away", "away": "home"}


def from_away_side(scores: str) -> str:
    """The same scores from the away side's view: `6-4, 6-7 [5-7]` → `4-6, 7-6 [7-5]`."""
    return SET_SCORE.sub(r"\2-\1", scores)


def winner_by(scores: str) -> str:
    """The side with more sets, `home` or `away`; empty if neither has, or no set can be read."""
    sets = SET_SCORE.findall(TIE_BREAK.sub("", scores))
    home, away = (sum(int(own) > int(other) for own, other in side) for side in (sets, [(b, a) for a, b in sets]))
    return "" if home == away else "home" if home > away else "away"
