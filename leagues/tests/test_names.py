import pytest
from hypothesis import given
from hypothesis import strategies as st

from leagues.names import given_name_variants, name_key
from leagues.tests.factories import UserFactory


@pytest.mark.parametrize(
    ("first", "last", "key"),
    [
        ("Mary", "Ann Spencer", "mary ann spencer"),
        ("Mary Ann", "Spencer", "mary ann spencer"),
        ("  JOHN ", " doe", "john doe"),
        ("Pat", "O'Brien", "pat obrien"),
        ("Pat", "O’Brien", "pat obrien"),
        ("Zoë", "Müller-Strauß", "zoe muller strauss"),
        ("Ann", "Sullivan - MSC", "ann sullivan"),
        ("Ann", "Sullivan -MOD Midtown", "ann sullivan"),
        ("Tom", "S Hall (Briarwood)", "tom s hall"),
        ("Tom", "(2B) Hall", "tom hall"),
        ("T.J.", "King Jr.", "tj king"),
        ("Lee", "Fox, jr.", "lee fox"),
        ("jakur727", "", "jakur727"),
        ("(Bob)", "", "bob"),
        ("?", "--", ""),
    ],
)
def test_a_name_is_reduced_to_what_it_says(first, last, key):
    assert name_key(first, last) == key


@pytest.mark.parametrize("last", ["Smith - Jones", "SMITH - JONES"])
def test_a_double_surname_is_no_club_tag(last):
    assert name_key("ANN" if last.isupper() else "Ann", last) == "ann smith jones"


@given(st.lists(st.text(min_size=1, max_size=8), min_size=2, max_size=4), st.data())
def test_the_split_into_first_and_last_name_does_not_matter(words, data):
    at = data.draw(st.integers(0, len(words)))
    split = name_key(" ".join(words[:at]), " ".join(words[at:]))
    assert split == name_key(" ".join(words), "")


@given(st.text(max_size=30))
def test_a_key_is_its_own_key(text):
    assert name_key(name_key(text, ""), "") == name_key(text, "")


def test_nicknames_count_in_both_directions():
    assert "robert" in given_name_variants("Bob")
    assert "bob" in given_name_variants("ROBERT")
    assert given_name_variants("Xyzzy") == {"xyzzy"}
    assert given_name_variants("") == frozenset()


def test_a_key_fits_its_column_whatever_the_name_unfolds_to():
    assert len(name_key("ﷺ" * 150, "ﷺ" * 150)) <= 300


@pytest.mark.django_db
def test_a_user_keeps_the_key_of_their_name():
    user = UserFactory(first_name="Zoë", last_name="O'Brien")
    user.last_name = "Cole"
    user.save(update_fields=["last_name"])
    user.refresh_from_db()
    assert user.name_key == "zoe cole"
