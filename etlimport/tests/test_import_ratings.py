"""Ratings keep their rows and the names of their series when a source only writes these otherwise."""

import pytest

from etlimport.tests.sources import history, imported, player, standing
from leagues.models import PlayerHistory

pytestmark = pytest.mark.django_db

DAYS = ("2024-09-24", "2024-10-01", "2024-10-08")


def night(style: str, *numbers: str, ratings: tuple[float, ...] = (30.5, 31.5, 32.5)) -> dict[str, list[dict]]:
    """Two players in two series, of whom one has a rating in each of the series that `numbers` name."""
    series = [f"{style} {number}" for number in ("1", "2")]
    entries = [
        {"date": day, "end_pti": rating, "series": f"{style} {number}"}
        for day, number, rating in zip(DAYS, numbers, ratings, strict=False)
    ]
    return {
        "players": [
            player("p1", team="Elm 1", series=series[0]),
            player("p2", "Bea", team="Oak 2", club="Oak", series=series[1]),
        ],
        "series_stats": [standing("Elm 1", series[0]), standing("Oak 2", series[1])],
        "player_history": [history("p1", *entries)],
    }


def names() -> list[str]:
    return list(PlayerHistory.objects.order_by("date").values_list("series_name", flat=True))


@pytest.mark.parametrize("style", ["Flight", "Division", "Chicago"])
def test_a_restyled_series_changes_no_rating(snapshot, style):
    imported(snapshot(**night("Series", "1", "2", "2")))
    before = list(PlayerHistory.objects.order_by("pk").values())
    run = imported(snapshot(**night(style, "1", "2", "2")))
    assert list(PlayerHistory.objects.order_by("pk").values()) == before
    assert run.counts["files"]["player_history.json"]["unchanged"] == 3


def test_a_rating_that_is_said_to_be_of_another_series_is_corrected(snapshot):
    imported(snapshot(**night("Series", "1", "2", "2")))
    imported(snapshot(**night("Flight", "1", "1", "2")))
    assert names() == ["Series 1", "Flight 1", "Series 2"]


def test_a_corrected_rating_of_a_restyled_series_is_taken_over(snapshot):
    imported(snapshot(**night("Series", "1", "2")))
    imported(snapshot(**night("Flight", "1", "2", ratings=(30.5, 29.0))))
    assert [str(rating.end_pti) for rating in PlayerHistory.objects.order_by("date")] == ["30.50", "29.00"]
    assert names() == ["Series 1", "Series 2"]


def test_series_that_only_their_first_word_tells_apart_are_two(snapshot):
    rows = night("Series", "1")["players"]
    of_both = [
        {"date": DAYS[0], "end_pti": 30, "series": "Boys 12"},
        {"date": DAYS[1], "end_pti": 31, "series": "Girls 12"},
    ]
    imported(snapshot(players=rows, player_history=[history("p1", *of_both)]))
    exchanged = [of_both[0] | {"series": "Girls 12"}, of_both[1] | {"series": "Boys 12"}]
    imported(snapshot(players=rows, player_history=[history("p1", *exchanged)]))
    assert names() == ["Girls 12", "Boys 12"]
