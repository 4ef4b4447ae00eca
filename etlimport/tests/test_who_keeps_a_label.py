"""Teams whose labels went to others: what tells a team is its label, unless its people say clearly otherwise."""

import copy
from random import Random

import pytest

from etlimport.models import ImportRun
from etlimport.pipeline import Options, run_import
from etlimport.tests.leaguegame import League, Team, add_person, write_source
from leagues import models

pytestmark = pytest.mark.django_db
UP, DOWN = 1, 2


@pytest.fixture
def league() -> League:
    """Two teams of one club, four people each, one of them on both."""
    league = League(100, "NORTH", "ladder", "Series", " - ", clubs={0: "Elm"})
    league.teams = {UP: Team(UP, 0, 4, 0), DOWN: Team(DOWN, 0, 5, 0)}
    random = Random(1)
    for number in range(8):
        add_person(
            league, random, f"Given{'abcdefgh'[number]}", f"Family{'abcdefgh'[number]}", UP if number < 4 else DOWN
        )
    league.spots[min(league.people), DOWN] = [0, 0]
    return league


@pytest.fixture
def tell(tmp_path):
    """Import what the source says of a league; the ids of the teams by label."""

    def tell(league: League, *, rebuild: bool = False) -> dict[str, int]:
        source = write_source(tmp_path / str(len(list(tmp_path.iterdir()))), [league])
        run = run_import(Options(source, force=True, rebuild=rebuild))
        assert run.status == ImportRun.Status.PUBLISHED, run.error
        return dict(models.Team.objects.filter(is_active=True).values_list("name", "pk"))

    return tell


def test_teams_that_exchange_labels_are_told_by_their_people_though_one_plays_for_both(league, tell):
    before = tell(league)
    league.teams[UP].series, league.teams[DOWN].series = 5, 4
    assert tell(league) == {"Elm - 5": before["Elm - 4"], "Elm - 4": before["Elm - 5"]}


def test_a_team_that_goes_up_leaves_nothing_to_strangers_who_take_its_label(league, tell):
    league.spots.pop((min(league.people), DOWN))
    del league.teams[UP]
    league.spots = {spot: record for spot, record in league.spots.items() if spot[1] == DOWN}
    before = tell(league)
    league.teams[DOWN].series = 4
    league.teams[3] = Team(3, 0, 5, 0)
    for name in ("Quill", "Ravel", "Stone"):
        add_person(league, Random(name), f"{name}a", f"{name}b", 3)
    after = tell(league)
    assert after["Elm - 4"] == before["Elm - 5"] != after["Elm - 5"]


def test_a_team_that_takes_the_place_of_one_long_gone_keeps_its_own_row(league, tell):
    before = tell(league)
    gone = copy.deepcopy(league)
    del gone.teams[UP]
    gone.spots = {spot: record for spot, record in gone.spots.items() if spot[1] == DOWN}
    tell(gone)
    gone.teams[DOWN].series = 4
    assert tell(gone) == {"Elm - 4": before["Elm - 5"]}


def test_a_label_stands_where_its_people_are_new_and_come_from_no_team(league, tell):
    before = tell(league)
    league.spots = {}
    for team in (UP, DOWN):
        for name in ("Quill", "Ravel", "Stone"):
            add_person(league, Random(f"{name}{team}"), f"{name}a{team}", f"{name}b{team}", team)
    assert tell(league) == before


def test_two_teams_of_the_same_people_keep_their_labels(league, tell):
    for person in league.people:
        for team in (UP, DOWN):
            league.spots.setdefault((person, team), [0, 0])
    before = tell(league)
    league.spots.pop((min(league.people), DOWN))
    assert tell(league) == before
