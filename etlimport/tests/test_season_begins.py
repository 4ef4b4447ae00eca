"""When a season begins: what opens it by itself, what asks an operator, and what the answers do."""

import pytest

from etlimport.models import ImportRun
from etlimport.reports.run_report import exit_code
from etlimport.resolve.season_answers import given
from etlimport.tests.seasons import (
    MODES,
    first_season,
    lines,
    next_season,
    players,
    renamed,
    schedule,
    seasons,
    tables,
    what_is_in,
)
from etlimport.tests.sources import LEAGUE, dump, imported, player, run_of
from leagues.models import Player, RosterSpot, Season, Standing, Team

pytestmark = pytest.mark.django_db(transaction=True)


@MODES
def test_dates_that_lie_after_the_last_season_open_a_new_one(snapshot, last_season, rebuild):
    run = imported(snapshot(**next_season()), rebuild=rebuild)
    assert seasons() == {"2024": False, "2025": True}
    assert what_is_in("2024") == last_season
    teams, spots, standings, matches, _ = what_is_in("2025")
    assert [len(rows) for rows in (teams, spots, standings, matches)] == [4, 13, 4, 12]
    assert "its schedule begins on 2025-09-09" in run.counts["seasons"][0]


@MODES
def test_without_a_schedule_two_signs_open_it(snapshot, rebuild):
    before = {kind: first_season()[kind] for kind in ("players", "series_stats")}
    imported(snapshot(**before))
    (first,) = seasons()
    imported(snapshot(players=players(records=False), series_stats=tables(1)), rebuild=rebuild)
    assert list(seasons().values()) == [False, True]
    assert Standing.objects.get(team__season__key=first, team__name="Elm 1").points == 8
    assert Standing.objects.get(team__season__is_current=True, team__name="Elm 1").points == 1


def test_one_sign_alone_is_refused_with_its_figures_and_both_answers(snapshot, last_season):
    before = dump()
    run = run_of(snapshot(**{**first_season(), "players": players(records=False)}))
    assert (run.status, run.cause, exit_code(run)) == (ImportRun.Status.REFUSED, ImportRun.Cause.SEASON, 3)
    for part in ("all 16 records are at zero", f"--new-season {LEAGUE}=2025", f"--same-season {LEAGUE}"):
        assert part in run.error
    assert dump() == before


@MODES
def test_with_the_answer_of_an_operator_only_the_kind_of_file_that_has_a_sign_moves_on(snapshot, last_season, rebuild):
    early = {**first_season(), "players": players(records=False, moved=True)}
    answer = given(opens=[f"{LEAGUE}=2025-26"])
    imported(snapshot(**early), seasons=answer, rebuild=rebuild)
    assert seasons() == {"2024": False, "2025-26": True}
    assert what_is_in("2024") == last_season
    teams, spots, *rest = what_is_in("2025-26")
    assert (len(teams), len(spots), rest) == (4, 16, [[], [], []])


def test_an_answer_holds_and_the_other_files_follow_when_they_come(snapshot, last_season):
    early = {**first_season(), "players": players(records=False, moved=True)}
    imported(snapshot(**early), seasons=given(opens=[f"{LEAGUE}=2025-26"]))
    assert imported(snapshot(**early), force=True).status == ImportRun.Status.UNCHANGED
    imported(snapshot(**{**early, "schedules": schedule(1)}))
    imported(snapshot(**next_season()))
    assert seasons() == {"2024": False, "2025-26": True}
    assert what_is_in("2024") == last_season
    assert [len(rows) for rows in what_is_in("2025-26")] == [4, 16, 4, 12, 0]
    assert str(Season.objects.get(is_current=True).starts_on) == "2025-09-09"


def test_the_answer_that_it_is_the_same_season_is_asked_for_once(snapshot, last_season):
    reset = {**first_season(), "players": players(records=False)}
    imported(snapshot(**reset), seasons=given(stays=[LEAGUE]))
    assert seasons() == {"2024": True}
    assert set(RosterSpot.objects.values_list("wins", flat=True)) == {0}
    imported(snapshot(**{**reset, "players": players()}))
    assert seasons() == {"2024": True}


def test_a_team_that_is_renamed_with_its_people_is_no_sign(snapshot, last_season):
    renamed = [
        {**row, "Series Mapping ID": f"{row['Club']} Racket Club 1", "Club": f"{row['Club']} Racket Club"}
        for row in players()
    ]
    imported(snapshot(**{**first_season(), "players": renamed}))
    assert seasons() == {"2024": True}


def test_a_new_season_that_would_come_before_the_last_one_is_refused(snapshot, last_season):
    run = run_of(snapshot(**first_season()), seasons=given(opens=[f"{LEAGUE}=2020"]))
    assert run.status == ImportRun.Status.REFUSED
    assert "would come before 2024" in run.error


@MODES
def test_of_two_leagues_one_may_begin_a_season(snapshot, rebuild):
    other = renamed(first_season(), "ZED")
    imported(snapshot(**{kind: rows + other[kind] for kind, rows in first_season().items()}))
    imported(snapshot(**{kind: rows + other[kind] for kind, rows in next_season().items()}), rebuild=rebuild)
    found = Season.objects.values_list("league__code", "key", "is_current")
    assert set(found) == {(LEAGUE, "2024", False), (LEAGUE, "2025", True), ("ZED", "2024", True)}


@MODES
@pytest.mark.parametrize("change", [{"League": "NORTH_SHORE"}, {"Player ID": "new-{}"}], ids=["league", "players"])
def test_a_league_may_be_rekeyed_as_its_season_begins(snapshot, last_season, rebuild, change):
    files = next_season()
    if "Player ID" in change:
        files["players"] = [{**row, "Player ID": f"new-{row['Player ID']}"} for row in files["players"]]
        del files["match_history"]
    else:
        files = renamed(files, "NORTH_SHORE")
    imported(snapshot(**files), rebuild=rebuild)
    assert seasons() == {"2024": False, "2025": True}
    assert Player.objects.count() == 16
    assert Team.objects.count() == 8


def test_the_run_tells_the_new_season_in_figures(snapshot, last_season):
    files = next_season()
    files["players"].append(player("new", "Nia", "New"))
    (told,) = imported(snapshot(**files)).counts["seasons"]
    assert told.startswith(
        "New season 2025 of NSTF: 4 → 4 teams; 13 of 16 players carry on, 1 newcomer; 1 team plays on"
    )


@pytest.mark.parametrize("wrong", ["NSTF", "NSTF=", "NSTF=next", "=2025", "NSTF=20-25"])
def test_an_answer_that_names_no_season_is_refused_with_how_to_write_it(wrong):
    with pytest.raises(ValueError, match="write LEAGUE=KEY, with a key that begins with a year"):
        given(opens=[wrong])


def test_one_league_cannot_be_in_a_new_season_and_in_the_same():
    with pytest.raises(ValueError, match="not in both"):
        given(opens=["NSTF=2025"], stays=["NSTF"])


def test_what_rows_name_counts_more_than_what_their_figures_say(snapshot):
    named = {"players": players(season="2024-25"), "series_stats": tables(season="2024-25")}
    imported(snapshot(**named, schedules=schedule()))
    reset = {"players": players(season="2024-25", records=False), "series_stats": tables(0, season="2024-25")}
    imported(snapshot(**reset, schedules=schedule()))
    assert seasons() == {"2024-25": True}


def test_without_a_schedule_a_season_is_as_long_as_its_last_matches(snapshot):
    imported(snapshot(players=players(), match_history=lines() + lines(1)))
    season = Season.objects.get()
    assert (season.key, str(season.starts_on)) == ("2025", "2025-09-09")
    run = run_of(snapshot(players=players(records=False), match_history=lines() + lines(1)))
    assert run.cause == ImportRun.Cause.SEASON
