"""The chart of a player's ratings: better is higher up, whichever way a league counts."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leagues.rating_chart import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, RatingChart

FIRST = date(2024, 9, 1)
WORSE_TO_BETTER = [(FIRST, 40.0), (FIRST + timedelta(days=60), 35.5), (FIRST + timedelta(days=120), 31.2)]
ratings = st.lists(
    st.tuples(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.floats(-100, 4000).map(lambda value: round(value, 2))),
    min_size=2,
    max_size=40,
).map(sorted)


@pytest.mark.parametrize(("lower_is_better", "trend"), [(True, "up 4.3"), (False, "down 4.3")])
def test_up_means_better(lower_is_better, trend):
    chart = RatingChart(WORSE_TO_BETTER, lower_is_better)
    assert chart.trend == trend
    heights = [float(point.split(",")[1]) for point in chart.points.split()]
    assert (heights == sorted(heights, reverse=True)) == lower_is_better


def test_a_rating_that_did_not_change_is_called_so():
    assert RatingChart([(FIRST, 30.0), (FIRST + timedelta(days=1), 30.0)], True).trend == "unchanged"


def test_the_change_is_that_of_a_month():
    days = [(FIRST, 50.0), (FIRST + timedelta(days=100), 40.0), (FIRST + timedelta(days=131), 39.0)]
    assert RatingChart(days, True).trend == "up 1"


def test_the_axis_has_round_values_around_all_ratings():
    assert [mark.label for mark in RatingChart(WORSE_TO_BETTER, True).values] == ["30", "32.5", "35", "37.5", "40"]


def test_seasons_are_marked_where_they_begin_and_named_where_there_is_room():
    seasons = [
        (FIRST - timedelta(days=800), "2022"),
        (FIRST - timedelta(days=9), "2024"),
        (FIRST + timedelta(days=90), "2025"),
    ]
    chart = RatingChart(WORSE_TO_BETTER, True, [*seasons, (FIRST + timedelta(days=500), "2026")])
    assert [mark.label for mark in chart.season_marks] == ["2024", "2025"]
    assert [(mark.at, mark.at_edge) for mark in chart.season_marks] == [(LEFT, False), (272.0, True)]


@given(ratings, st.booleans())
def test_the_line_stays_within_the_axes_and_the_best_rating_is_highest(days, lower_is_better):
    chart = RatingChart(days, lower_is_better)
    places = [tuple(map(float, point.split(","))) for point in chart.points.split()]
    assert all(LEFT <= x <= WIDTH - RIGHT and TOP - 0.1 <= y <= HEIGHT - BOTTOM + 0.1 for x, y in places)
    best = (min if lower_is_better else max)(value for _, value in days)
    assert min(y for _, y in places) == chart.height_of(best)
    assert 2 <= len(chart.values) <= 7
    assert chart.values[0].label != chart.values[-1].label
