"""Of which season rows are: what they name, their dates, what an operator asked for."""

import pytest

from etlimport.models import ImportRun
from etlimport.resolve.season_answers import given
from etlimport.tests.seasons import (
    MODES,
    first_season,
    lines,
    next_season,
    players,
    schedule,
    seasons,
    tables,
    what_is_in,
)
from etlimport.tests.sources import LEAGUE, imported, match
from leagues.models import Season, Team

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_first_season_is_named_by_the_dates_of_the_schedule(snapshot):
    imported(snapshot(schedules=[match(date="09/24/2024"), match("Oak 1", "Elm 1", date="03/11/2025")]))
    season = Season.objects.get()
    assert (season.key, season.name, season.is_current) == ("2024-25", "2024–25", True)
    assert (str(season.starts_on), str(season.ends_on)) == ("2024-09-24", "2025-03-11")
    assert {team.season for team in Team.objects.all()} == {season}


@pytest.mark.parametrize("named", ["2024_2025", "Season 2024/25", "2024-25"])
def test_rows_are_of_the_season_they_name(snapshot, named):
    imported(snapshot(players=players(season=named), schedules=schedule(season=named)))
    imported(snapshot(players=players(Season="2025-26"), schedules=schedule(1, season="2025-26")))
    assert seasons() == {"2024-25": False, "2025-26": True}
    assert [len(rows) for rows in what_is_in("2024-25")] == [4, 16, 0, 12, 0]


@pytest.mark.parametrize("path", ["2023_2024/players.json", "players_2023-24.json"])
def test_a_file_or_folder_may_name_the_season(snapshot, path):
    folder = snapshot(players=players())
    target = folder / path
    target.parent.mkdir(exist_ok=True)
    (folder / "players.json").rename(target)
    imported(folder)
    assert seasons() == {"2023-24": True}


def test_a_name_that_means_the_season_of_these_dates_opens_none(snapshot, last_season):
    imported(snapshot(**{**first_season(), "schedules": schedule(season="2024-25")}))
    assert seasons() == {"2024": True}


def test_the_first_snapshot_may_name_the_season_in_some_of_its_rows_only(snapshot):
    imported(snapshot(players=players(season="2024-25"), schedules=schedule(), series_stats=tables()))
    assert seasons() == {"2024-25": True}
    assert [len(rows) for rows in what_is_in("2024-25")] == [4, 16, 4, 12, 0]


@pytest.mark.parametrize("day", ["10/01/2035", "10/01/1925"])
def test_a_match_with_a_wrong_year_opens_no_season_and_stretches_none(snapshot, last_season, day):
    imported(snapshot(**{**first_season(), "schedules": [*schedule(), match(date=day)]}))
    season = Season.objects.get()
    assert (season.starts_on.year, season.ends_on.year) == (2024, 2024)
    imported(snapshot(**next_season()))
    assert seasons() == {"2024": False, "2025": True}


@pytest.mark.parametrize("day", ["10/01/1925", "10/01/2035"])
def test_a_match_with_a_wrong_year_is_none_of_last_season(snapshot, last_season, day):
    files = next_season()
    imported(snapshot(**files))
    imported(snapshot(**{**files, "schedules": [*schedule(1), match(date=day)]}))
    assert what_is_in("2024") == last_season


def test_several_matches_with_a_wrong_year_stretch_no_season(snapshot, last_season):
    misdated = [{**row, "date": f"10/0{number + 1}/2035"} for number, row in enumerate(schedule()[:2])]
    imported(snapshot(**{**first_season(), "schedules": [*misdated, *schedule()[2:]]}))
    assert Season.objects.get().ends_on.year == 2024
    imported(snapshot(**first_season()))
    imported(snapshot(**next_season()))
    assert seasons() == {"2024": False, "2025": True}


@MODES
def test_a_file_that_begins_to_name_the_season_it_is_in_opens_none(snapshot, last_season, rebuild):
    imported(snapshot(**{**first_season(), "players": players(season="2024-25")}), rebuild=rebuild)
    assert seasons() == {"2024": True}


def test_dates_count_more_than_the_season_an_operator_asked_for(snapshot, last_season):
    imported(snapshot(**first_season()), seasons=given(asked=[f"{LEAGUE}=2023"]))
    assert what_is_in("2024")[3:] == last_season[3:]
    assert what_is_in("2023")[3:] == [[], []]


def test_a_season_is_known_however_its_years_are_written(snapshot):
    imported(snapshot(players=players(season="2024-25")))
    imported(snapshot(series_stats=tables()), seasons=given(asked=[f"{LEAGUE}=2024-2025"]))
    assert seasons() == {"2024-25": True}


def test_an_operator_may_say_which_season_rows_are_of(snapshot, last_season):
    run = imported(snapshot(series_stats=tables(5)), seasons=given(asked=[f"{LEAGUE}=2023"]))
    assert seasons() == {"2023": False, "2024": True}
    assert what_is_in("2024") == last_season
    assert run.answers == [f"season {LEAGUE}=2023"]


@MODES
def test_a_file_of_two_seasons_gives_each_match_the_teams_of_its_own(snapshot, last_season, rebuild):
    both = {**next_season(), "schedules": schedule() + schedule(1), "match_history": lines() + lines(1)}
    imported(snapshot(**both), rebuild=rebuild)
    assert what_is_in("2024") == last_season
    for rows in what_is_in("2025")[3:]:
        assert len(rows) == 12
        assert all("'2025'" in row for row in rows)
    assert imported(snapshot(**both), force=True).status == ImportRun.Status.UNCHANGED
