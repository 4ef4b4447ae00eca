"""Scores of a line, as sources write them: sets with commas between, from the home side's view, `6-4, 6-7 [5-7]`."""

import re

SET_SCORE = re.compile(r"(\d+)-(\d+)")
OTHER_SIDE = {"home": "away", "away": "home"}


def from_away_side(scores: str) -> str:
    """The same scores from the away side's view: `6-4, 6-7 [5-7]` → `4-6, 7-6 [7-5]`."""
    return SET_SCORE.sub(r"\2-\1", scores)
