"""The keys and names of seasons."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leagues.season_keys import key_of_dates, key_of_text, key_of_value, key_of_years, name_of, next_key, order_of


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2024_2025", "2024-25"),
        ("Season 2024/25", "2024-25"),
        ("2024–25", "2024-25"),
        ("1999-2000", "1999-00"),
        ("2025", "2025"),
        ("Summer 2025", "2025-summer"),
        ("2025-07", None),
        ("2024-2029", None),
        ("Fall", None),
        ("20250", None),
        ("", None),
    ],
)
def test_a_text_names_a_season_by_its_years(text, key):
    assert key_of_text(text) == key


@pytest.mark.parametrize(("value", "key"), [(2025, "2025"), (None, ""), (20.25, ""), (True, ""), ("x", "")])
def test_a_value_that_names_none_says_nothing(value, key):
    assert key_of_value(value) == key


def test_without_dates_it_is_the_season_of_today():
    assert key_of_dates(None, None, date(2026, 6, 30)) == "2025-26"
    assert key_of_dates(None, None, date(2026, 7, 1)) == "2026-27"
    assert key_of_dates(date(2025, 5, 1), date(2025, 8, 1), date(2030, 1, 1)) == "2025"


def test_keys_sort_by_time():
    keys = ["2024-25", "2025", "2025-summer", "2025-next", "2025-26", "2026"]
    assert sorted(sorted(keys), key=order_of) == keys


NAMES = [
    ("2025-26", "2025–26"),
    ("2025", "2025"),
    ("2025-summer", "2025 Summer"),
    ("2025-26-summer", "2025–26 Summer"),
    ("2025-2", "2025, No. 2"),
    ("2025-26-2", "2025–26, No. 2"),
]


@pytest.mark.parametrize(("key", "name"), NAMES)
def test_a_name_reads_like_the_season(key, name):
    assert name_of(key) == name


@given(st.integers(1950, 2098), st.booleans(), st.sampled_from(["", "-summer", "-2"]))
def test_the_next_season_comes_after_and_is_of_the_same_kind(year, over_two_years, part):
    key = key_of_years(year, year + over_two_years) + part
    following = next_key(key)
    assert order_of(following) > order_of(key)
    assert following == key_of_years(year + 1, year + 1 + over_two_years) + part
