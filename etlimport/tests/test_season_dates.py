"""Which dates belong together, and where a season ends."""

import itertools
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from etlimport.resolve.season_dates import boundaries, boundary, spans_of

DAYS = st.dates(date(2000, 1, 1), date(2040, 1, 1))


def test_a_pause_of_more_than_sixty_days_divides_dates():
    autumn, winter = date(2024, 9, 10), date(2024, 12, 1)
    spans = spans_of({autumn: 5, autumn + timedelta(days=60): 5, winter + timedelta(days=90): 5})
    assert [(span.first, span.last, span.rows) for span in spans] == [
        (autumn, autumn + timedelta(days=60), 10),
        (winter + timedelta(days=90), winter + timedelta(days=90), 5),
    ]


def test_a_few_rows_far_away_are_errors_of_writing():
    season = {date(2024, 9, 10) + timedelta(days=n): 1 for n in range(12)}
    assert len(spans_of({**season, date(2035, 9, 10): 1})) == 1
    assert len(spans_of({**season, date(2025, 6, 10): 5})) == 2


def test_between_two_seasons_a_match_belongs_to_the_nearer_one():
    first_of_next = boundary(date(2025, 3, 1), date(2025, 9, 1))
    assert date(2025, 5, 30) < first_of_next < date(2025, 6, 4)


@given(st.dictionaries(DAYS, st.integers(1, 50), max_size=30))
def test_spans_are_in_order_far_apart_and_hold_no_more_rows_than_there_are(dates):
    spans = spans_of(dates)
    assert all(one.last + timedelta(days=60) < other.first for one, other in itertools.pairwise(spans))
    assert sum(span.rows for span in spans) <= sum(dates.values())


@given(st.lists(st.tuples(DAYS, st.none() | DAYS), min_size=1, max_size=6), DAYS)
def test_each_day_lies_in_one_season_whatever_dates_the_seasons_have(seasons, day):
    found = boundaries(seasons)
    assert found == sorted(found)
    assert len(found) == len(seasons) - 1
    edges = [date.min, *found, date.max]
    assert sum(first <= day < until for first, until in itertools.pairwise(edges)) == 1
