"""The invented snapshot with which a season begins: what is new in it, what is not, and what its truth tells."""

import json
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from etlimport.sample import make_next_season, make_snapshot
from etlimport.tests.test_sample import leagues_of


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    """(the first snapshot, the next season's, the early one), as rows by league and kind of file; and their folder."""
    folder = tmp_path_factory.mktemp("season")
    make_snapshot(folder / "first", players=200, seed=4, history=1)
    make_next_season(folder / "first", folder / "next", seed=4)
    make_next_season(folder / "first", folder / "early", seed=4, early=True)
    return *(leagues_of(folder / name) for name in ("first", "next", "early")), folder


def test_every_match_is_scheduled_a_year_later(worlds):
    first, following, _, _ = worlds
    for league, files in first.items():
        days = [datetime.strptime(row["date"], "%m/%d/%Y") for row in files["schedules"]]
        later = [datetime.strptime(row["date"], "%m/%d/%Y") for row in following[league]["schedules"]]
        assert {(new - old).days for old, new in zip(days, later, strict=True)} == {364}


def test_records_and_tables_are_at_zero_and_a_fifth_of_the_people_are_gone(worlds):
    first, following, _, _ = worlds
    for league, files in following.items():
        assert {row["points"] for row in files["series_stats"]} == {0}
        if "players" in files:
            assert {int(row["Wins"]) for row in files["players"]} == {0}
            before = {row["Player ID"] for row in first[league]["players"]}
            now = {row["Player ID"] for row in files["players"]}
            assert 0.05 < len(before - now) / len(before) < 0.4
            assert now - before


def test_the_lines_are_still_those_of_last_season(worlds):
    first, following, _, _ = worlds
    assert all(files.get("match_history") == first[league].get("match_history") for league, files in following.items())


def test_early_only_the_players_are_of_the_new_season(worlds):
    first, following, early, _ = worlds
    for league, files in early.items():
        assert files.get("players") == following[league].get("players")
        assert {**files, "players": 0} == {**first[league], "players": 0}


def test_the_truth_tells_who_plays_on_and_under_which_label(worlds):
    _, following, _, folder = worlds
    truth = json.loads((folder / "next" / "truth.json").read_text())
    there = {(league, row["Player ID"]) for league, files in following.items() for row in files.get("players", ())}
    assert {(row["league"], row["old_id"]) in there for row in truth["players"] if row["new_id"]} == {True}
    assert {(row["league"], row["old_id"]) in there for row in truth["players"] if not row["new_id"]} == {False}
    exchanged = {row["old"]: row["new"] for row in truth["teams"] if row["old"] != row["new"]}
    assert exchanged
    assert all(exchanged[new] == old for old, new in exchanged.items())


def test_the_command_writes_the_same(worlds, tmp_path):
    *_, folder = worlds
    out = StringIO()
    options = {"next_of": folder / "first", "new_season": True, "early": True, "seed": 4}
    call_command("make_sample_data", out=tmp_path / "again", stdout=out, **options)
    assert "players" in out.getvalue()
    assert leagues_of(tmp_path / "again") == leagues_of(folder / "early")


@pytest.mark.parametrize(
    ("option", "needed"), [("new_season", "next-of"), ("early", "new-season"), ("common_tail", "next-of")]
)
def test_an_option_without_the_one_it_belongs_to_is_refused(tmp_path, option, needed):
    with pytest.raises(CommandError, match=f"--{option.replace('_', '-')} needs --{needed}"):
        call_command("make_sample_data", out=tmp_path, **{option: True})


def test_ids_do_not_change_with_the_season(worlds, tmp_path):
    *_, folder = worlds
    with pytest.raises(CommandError, match="--common-tail is about new ids"):
        call_command("make_sample_data", out=tmp_path, next_of=folder / "first", new_season=True, common_tail=True)


def test_a_season_does_not_replace_the_sample_it_is_made_of(worlds):
    *_, folder = worlds
    with pytest.raises(ValueError, match="a folder of its own"):
        make_next_season(folder / "first", folder / "first")
