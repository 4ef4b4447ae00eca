"""Labels that stand where a team belongs and name none."""

import re

SEPARATORS = " -#–—:/\t"
WORD = re.compile(r"\w+")
NO_OPPONENT = {"bye", "tbd", "tba", "placeholder"}
NO_MATCH = "practice"


def names_a_team(series: str, team: str) -> bool:
    """Whether a label names a team.

    An empty one, `BYE - 11`, and `Elm practice` do not; in the series `Chicago 9 SW`, ` - 9 SW` does not; and in the
    series `Legends`, `Legends - Legends` does not, while `Legends` does.
    """
    team, series = team.strip().casefold(), series.strip().casefold()
    words, series_words = WORD.findall(team), WORD.findall(series)
    if not words or NO_MATCH in words:
        return False
    if words[0] in NO_OPPONENT and all(word.isdecimal() or word in series_words for word in words[1:]):
        return False
    tail = series_words[-len(words) :]
    if team[0] in SEPARATORS:
        return words != tail
    half = words[: len(words) // 2]
    return not (half * 2 == words and "".join(half).isalpha() and half == series_words[-len(half) :])
