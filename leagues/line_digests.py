"""Digests by which a match line is recognised whatever its id, and whichever side is written first."""

from collections.abc import Sequence
from hashlib import blake2b

from leagues.names import folded, without_marks
from leagues.scores import OTHER_SIDE, from_away_side

DIGEST_LENGTH = 16


def line_digests(names: Sequence[str], scores: str, winner: str) -> tuple[str, str]:
    """(digest of the people of a line, digest of its result) from the four names, those of the home side first.

    Both are the same with the sides exchanged, and with the two players of a side exchanged. The digest of the people
    is empty if nobody is named.
    """
    return digests_of_folded([folded(without_marks(name)) for name in names], scores, winner)


def digests_of_folded(names: Sequence[str], scores: str, winner: str) -> tuple[str, str]:
    """As `line_digests`, of names that are folded already."""
    home, away = sorted(names[:2]), sorted(names[2:])
    if away < home:
        home, away = away, home
        scores, winner = from_away_side(scores), OTHER_SIDE.get(winner, winner)
    people = digest("\n".join((*home, *away))) if any(names) else ""
    return people, digest(f"{scores}\n{winner}")


def digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=DIGEST_LENGTH // 2).hexdigest()
