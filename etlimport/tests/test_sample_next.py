"""The next snapshot of an invented one, and whether its truth is true."""

import json
from collections import defaultdict
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from etlimport.sample import make_next, make_snapshot
from etlimport.tests.test_sample import SEEDS, contents, leagues_of, team_label
from leagues.names import name_key


class Transition:
    """Two snapshots, and rosters of both as {league: {id: {team label}}}."""

    def __init__(self, folder: Path, seed: int):
        self.old_folder, self.new_folder = folder / "old", folder / "new"
        make_snapshot(self.old_folder, players=900, seed=seed, history=3)
        self.counts = make_next(self.old_folder, self.new_folder, seed=seed)
        self.old, self.new = leagues_of(self.old_folder), leagues_of(self.new_folder)
        self.truth = json.loads((self.new_folder / "truth.json").read_text())
        self.old_rosters, self.new_rosters = rosters(self.old), rosters(self.new)

    def plans(self) -> dict[str, tuple[dict, dict]]:
        old, new = (
            json.loads((folder / "sample.json").read_text())["leagues"] for folder in (self.old_folder, self.new_folder)
        )
        return {was["folder"]: (was, now) for was, now in zip(old, new, strict=True)}


def rosters(leagues) -> dict[str, dict[str, set[str]]]:
    result = {folder: defaultdict(set) for folder in leagues}
    for folder, files in leagues.items():
        for row in files.get("players", []):
            if isinstance(row, dict) and row["Player ID"]:
                result[folder][row["Player ID"]].add(team_label(row))
    return result


@pytest.fixture(scope="module", params=SEEDS)
def transition(request, tmp_path_factory):
    return Transition(tmp_path_factory.mktemp("transition"), request.param)


def test_the_truth_names_every_old_player_once(transition):
    told = [(row["league"], row["old_id"]) for row in transition.truth["players"]]
    assert len(told) == len(set(told))
    assert set(told) == {(code, player) for code, roster in transition.old_rosters.items() for player in roster}


def test_players_are_where_the_truth_says_and_the_rest_are_newcomers(transition):
    for folder, roster in transition.new_rosters.items():
        told = {row["new_id"] for row in transition.truth["players"] if row["league"] == folder}
        assert told - {None} <= set(roster)
        newcomers = set(roster) - told
        assert len(newcomers) <= len(roster) * 0.12
        assert bool(newcomers) == bool(roster)
    gone = [row for row in transition.truth["players"] if row["new_id"] is None]
    assert 0.07 < len(gone) / len(transition.truth["players"]) < 0.2


def test_some_players_move(transition):
    label = {(row["league"], row["old"]["team"]): row["new"] for row in transition.truth["teams"]}
    moved = 0
    for row in transition.truth["players"]:
        if row["new_id"]:
            before = transition.old_rosters[row["league"]][row["old_id"]]
            expected = {label[row["league"], team]["team"] for team in before if label[row["league"], team]}
            moved += transition.new_rosters[row["league"]][row["new_id"]] != expected
    assert 0.02 < moved / len(transition.truth["players"]) < 0.08


def test_teams_bear_the_labels_the_truth_says_and_dissolved_ones_are_gone(transition):
    for folder, roster in transition.new_rosters.items():
        told = [row for row in transition.truth["teams"] if row["league"] == folder]
        labels = {label for teams in roster.values() for label in teams}
        assert {row["new"]["team"] for row in told if row["new"]} == labels
        assert any(row["new"] is None for row in told) == bool(told)
    assert len({(row["league"], row["old"]["team"]) for row in transition.truth["teams"]}) == len(
        transition.truth["teams"]
    )


def test_an_anchor_is_on_its_team_and_no_other(transition):
    for row in transition.truth["teams"]:
        assert transition.old_rosters[row["league"]][row["old_anchor"]] == {row["old"]["team"]}
        if row["new"]:
            assert transition.new_rosters[row["league"]][row["new_anchor"]] == {row["new"]["team"]}


def test_schedules_and_standings_name_the_teams_as_the_rosters_do(transition):
    """A team with players and a standing before has one after, under its new label."""
    for row in transition.truth["teams"]:
        old = {standing["team"] for standing in transition.old[row["league"]]["series_stats"]}
        new = {standing["team"] for standing in transition.new[row["league"]]["series_stats"]}
        if row["new"]:
            assert (row["old"]["team"] in old) == (row["new"]["team"] in new)
        else:
            assert row["old"]["team"] not in new


def test_each_role_is_played_by_one_league(transition):
    plans = transition.plans()
    relabelled = [was["kind"] for was, now in plans.values() if was["separator"] != now["separator"]]
    recoded = [was["kind"] for was, now in plans.values() if was["code"] != now["code"]]
    rekeyed = [was["kind"] for was, now in plans.values() if was["id_prefix"] != now["id_prefix"]]
    assert sorted(relabelled + recoded + rekeyed) == ["divisions", "ladder", "stars"]
    for folder, (was, now) in plans.items():
        assert transition.truth["leagues"][was["code"]] == now["code"]
        if now["match_ids"]:
            ids = [row["match_id"] for row in transition.new[folder]["match_history"]]
            assert len(ids) == len(set(ids))
            assert now["code"].casefold() == was["code"].casefold()


def test_a_league_that_issues_new_ids_issues_them_to_everybody(transition):
    folder = next(folder for folder, (was, now) in transition.plans().items() if was["id_prefix"] != now["id_prefix"])
    assert not set(transition.old_rosters[folder]) & set(transition.new_rosters[folder])


def test_two_clubs_of_the_restyled_league_have_new_names(transition):
    (folder,) = (folder for folder, (was, now) in transition.plans().items() if was["separator"] != now["separator"])

    def clubs(league):
        return {" ".join(row["Club"].split()[:2]) for row in league["players"]}

    assert clubs(transition.new[folder]) - clubs(transition.old[folder])


def test_names_alter_but_mostly_mean_the_same(transition):
    old_names, new_names = (
        {
            (folder, row["Player ID"]): name_key(row["First Name"], row["Last Name"])
            for folder, files in leagues.items()
            for row in files.get("players", [])
            if isinstance(row, dict) and row["Player ID"]
        }
        for leagues in (transition.old, transition.new)
    )
    staying = [row for row in transition.truth["players"] if row["new_id"]]
    same = sum(old_names[row["league"], row["old_id"]] == new_names[row["league"], row["new_id"]] for row in staying)
    assert 0.95 < same / len(staying) < 1


def test_broken_and_double_rows_are_as_many_as_the_truth_says(transition):
    assert {"players": 4, "schedules": 3, "match_history": 1}.items() <= {
        file.split("/")[1]: count for file, count in transition.truth["invalid_rows"].items()
    }.items()
    for file, expected in transition.truth["invalid_rows"].items():
        folder, kind = file.split("/")
        rows = transition.new[folder][kind]
        broken = {
            "players": lambda row: not isinstance(row, dict) or not row["Player ID"],
            "schedules": lambda row: not row["date"] or row["date"][:2] == "13" or row["home_team"] is None,
            "match_history": lambda row: row["Date"] == "yesterday",
        }[kind]
        assert sum(map(broken, rows)) == expected
    for file, expected in transition.truth["duplicate_rows"].items():
        folder, kind = file.split("/")
        texts = [json.dumps(row) for row in transition.new[folder][kind]]
        assert len(texts) - len(set(texts)) == expected


def test_match_lines_are_corrected_and_added_to_but_never_lost(transition):
    for folder, files in transition.old.items():
        if "match_history" in files:
            before, after = files["match_history"], transition.new[folder]["match_history"]
            assert len(after) >= len(before)
            changed = sum(old["Scores"] != new["Scores"] for old, new in zip(before, after, strict=False))
            assert changed == transition.truth["corrected_scores"].get(f"{folder}/match_history", 0)


def test_the_same_seed_writes_the_same_next_snapshot_and_another_seed_does_not(tmp_path):
    make_snapshot(tmp_path / "old", 200, history=2)
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        make_next(tmp_path / "old", tmp_path / name, seed)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert contents(tmp_path / "a") != contents(tmp_path / "c")


def test_a_common_tail_keeps_the_end_of_every_id(tmp_path):
    make_snapshot(tmp_path / "old", 200, history=0)
    make_next(tmp_path / "old", tmp_path / "new", common_tail=True)
    truth = json.loads((tmp_path / "new" / "truth.json").read_text())
    rekeyed = [row for row in truth["players"] if row["new_id"] not in (None, row["old_id"])]
    assert rekeyed
    assert all(row["new_id"][-8:] == row["old_id"][-8:] for row in rekeyed)


def test_a_next_snapshot_has_a_next_one(transition, tmp_path):
    counts = make_next(transition.new_folder, tmp_path, seed=5)
    truth = json.loads((tmp_path / "truth.json").read_text())
    told = {(row["league"].casefold(), row["old_id"]) for row in truth["players"]}
    roster = {(code.casefold(), player) for code, ids in transition.new_rosters.items() for player in ids}
    assert told == roster
    assert sum(truth["duplicate_rows"].values()) == 1
    assert counts.rows["players"] > 0.7 * transition.counts.rows["players"]


def test_only_what_the_command_wrote_has_a_next(tmp_path):
    with pytest.raises(CommandError, match=r"sample\.json"):
        call_command("make_sample_data", out=tmp_path / "new", next_of=tmp_path)
    make_snapshot(tmp_path / "old", 60)
    with pytest.raises(CommandError, match="folder of its own"):
        call_command("make_sample_data", out=tmp_path / "old", next_of=tmp_path / "old")


def test_the_command_writes_the_next_snapshot(tmp_path):
    out = StringIO()
    make_snapshot(tmp_path / "old", 100)
    call_command("make_sample_data", out=tmp_path / "new", next_of=tmp_path / "old", stdout=out)
    assert (tmp_path / "new" / "truth.json").is_file()
    assert "match_history" in out.getvalue()
