"""A match line is recognised by its people and its result, whichever side is written first."""

from hypothesis import given
from hypothesis import strategies as st

from leagues.line_digests import DIGEST_LENGTH, line_digests
from leagues.scores import OTHER_SIDE, from_away_side

FOUR = ("Ann Hale", "Bea Irwin", "Eve Lund", "Flo Marsh")
NAMES = st.tuples(*[st.text(max_size=20)] * 4)
SCORES = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=5).map(
    lambda sets: ", ".join(f"{ours}-{theirs}" for ours, theirs in sets)
)


@given(names=NAMES, scores=SCORES, winner=st.sampled_from(["home", "away", "unknown", "tie"]))
def test_exchanged_sides_with_turned_scores_are_the_same_line(names, scores, winner):
    people, result = line_digests(names, scores, winner)
    turned = line_digests((*names[2:], *names[:2]), from_away_side(scores), OTHER_SIDE.get(winner, winner))
    assert turned[0] == people
    if sorted(names[:2]) != sorted(names[2:]) and people:
        assert len(people) == len(result) == DIGEST_LENGTH


def test_partners_may_stand_in_either_order_and_be_spelled_with_other_capitals():
    assert line_digests(FOUR, "6-1", "home") == line_digests(("BEA IRWIN", "Ann  Hale", *FOUR[2:]), "6-1", "home")


def test_exchanged_sides_turn_the_result():
    turned = (*FOUR[2:], *FOUR[:2])
    assert line_digests(FOUR, "6-1, 3-6", "home") == line_digests(turned, "1-6, 6-3", "away")
    assert line_digests(FOUR, "6-1, 3-6", "home")[1] != line_digests(turned, "6-1, 3-6", "home")[1]


def test_partners_who_become_opponents_are_other_people():
    assert line_digests(FOUR, "6-1", "home")[0] != line_digests((FOUR[0], FOUR[2], FOUR[1], FOUR[3]), "6-1", "home")[0]


def test_a_line_that_names_nobody_has_no_people():
    assert line_digests(("", "", "", ""), "6-1", "home")[0] == ""
