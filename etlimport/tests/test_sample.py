"""The invented leagues: reproducible, counted right, and as odd as the real ones."""

import json
from collections import Counter, defaultdict
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from etlimport.sample import make_snapshot
from etlimport.sample.files import KINDS

BUNDLED = Path(__file__).resolve().parents[2] / "sample_data"
SEEDS = (1, 2, 3)


def leagues_of(folder: Path) -> dict[str, dict[str, list]]:
    """Rows by league folder and kind of file."""
    leagues = defaultdict(dict)
    for path in sorted(folder.glob("*/*.json")):
        leagues[path.parent.name][path.stem] = json.loads(path.read_text())
    return leagues


def league_with(leagues: dict, present: set[str], absent: set[str]) -> dict[str, list]:
    (league,) = (files for files in leagues.values() if present <= set(files) and not absent & set(files))
    return league


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.json")}


@pytest.fixture(scope="module", params=SEEDS)
def leagues(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    make_snapshot(folder, players=600, seed=request.param, history=4)
    return leagues_of(folder)


@pytest.fixture
def ladder(leagues):
    return league_with(leagues, {"players"}, {"match_history"})


@pytest.fixture
def divisions(leagues):
    return league_with(leagues, {"player_history", "match_history"}, set())


@pytest.fixture
def stars(leagues):
    return league_with(leagues, {"players", "match_history"}, {"player_history"})


@pytest.fixture
def indoor(leagues):
    return league_with(leagues, {"match_history"}, {"players"})


def team_label(row):
    return row.get("Team") or row["Series Mapping ID"]


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    make_snapshot(tmp_path / "a", 200, seed=7)
    make_snapshot(tmp_path / "b", 200, seed=7)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_other_seeds_are_other_leagues_with_other_habits(tmp_path):
    plans = []
    for seed in range(8):
        make_snapshot(tmp_path / str(seed), 60, seed=seed, history=0)
        plans.append(json.loads((tmp_path / str(seed) / "sample.json").read_text())["leagues"])
    for habit in ("code", "separator", "id_prefix", "doubled_tail", "spaced_squads"):
        assert len({plan[0][habit] for plan in plans}) > 1, habit
    assert len({plan[2]["other_spelling"] for plan in plans}) == 2


def test_counts_are_the_rows_in_the_files(tmp_path):
    counts = make_snapshot(tmp_path, 400, history=5)
    leagues = leagues_of(tmp_path)
    for kind in KINDS:
        rows = [row for files in leagues.values() for row in files.get(kind, [])]
        expected = sum(len(row["matches"]) for row in rows) if kind == "player_history" else len(rows)
        assert counts.rows[kind] == expected, kind
    ids = {row["Player ID"] for files in leagues.values() for row in files.get("players", [])}
    assert counts.players == len(ids)


@pytest.mark.parametrize("players", [60, 500, 4000])
def test_there_are_about_as_many_players_as_asked_for(tmp_path, players):
    counts = make_snapshot(tmp_path, players, history=0)
    assert counts.players == pytest.approx(players, rel=0.15, abs=60)


def test_without_history_there_is_no_such_file(tmp_path):
    make_snapshot(tmp_path, 60, history=0)
    assert not list(tmp_path.glob("*/player_history.json"))


def test_progress_is_told_a_rising_count_that_ends_at_all_rows(tmp_path):
    told = []
    counts = make_snapshot(tmp_path, 100, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == counts.total


def test_every_player_is_on_a_team_once_and_some_are_on_several(leagues):
    spots = [(row["Player ID"], team_label(row)) for files in leagues.values() for row in files.get("players", [])]
    assert len(spots) == len(set(spots))
    assert any(count > 1 for count in Counter(player for player, _ in spots).values())


def test_every_player_in_a_match_line_with_ids_is_on_a_roster(divisions, stars):
    for league in (divisions, stars):
        known = {row["Player ID"] for row in league["players"]}
        played = {row[key] for row in league["match_history"] for key in row if key.endswith(" ID") and row[key]}
        assert played <= known
        assert played


def test_namesakes_split_names_and_missing_ratings_occur(ladder):
    names = defaultdict(set)
    for row in ladder["players"]:
        names[row["First Name"], row["Last Name"]].add(row["Player ID"])
    assert any(len(ids) > 1 for ids in names.values())
    assert any(" " in last for _, last in names)
    assert any(row["PTI"] == "N/A" for row in ladder["players"])
    assert {"C", "CC", ""} == {row["Captain"] for row in ladder["players"]}


def test_the_ladder_has_squads_a_region_twice_a_bye_and_series_99(ladder):
    labels = {team_label(row) for row in ladder["players"]}
    assert any(" I " in label for label in labels)
    assert any(" II " in label for label in labels)
    assert any(len(set(row["Series"].split())) == 1 for row in ladder["players"])
    byes = [row for row in ladder["schedules"] if row["location"] == "BYE"]
    assert [row["home_team"][:1] for row in byes] == [" "]
    assert {row["team"][-4:] for row in ladder["series_stats"] if "99" in row["team"]} == {
        "99 A",
        "99 B",
        "99 C",
    }


def test_divisions_hide_the_squad_from_all_files_but_the_players(divisions):
    squads = [row for row in divisions["players"] if row["Series"].endswith("1a")]
    assert squads
    label = team_label(squads[0])
    assert squads[0]["Club"] == label
    (standing,) = (row for row in divisions["series_stats"] if row["team"] == label)
    assert standing["series"] == "Series 1"
    assert f"{label} - Series 1" in {row["home_team"] for row in divisions["schedules"]}
    assert any("A" in row["series"] for row in divisions["schedules"])
    assert any("(1)" in row["team"] for row in divisions["series_stats"])


def test_the_summer_league_has_two_teams_of_a_club_blanks_and_placeholders(stars):
    labels = {team_label(row) for row in stars["players"]}
    assert any(label.endswith(" S1 T2") for label in labels)
    assert any("  S" in label for label in labels)
    assert not any("  " in row["Home Team"] for row in stars["match_history"])
    assert any(row["First Name"] == "Court" for row in stars["players"])
    fours = Counter(
        (row["Date"], *(row[f"{side} Player {n} ID"] for side in ("Home", "Away") for n in (1, 2)))
        for row in stars["match_history"]
        if row["Away Player 1 ID"] and row["Away Player 2 ID"]
    )
    assert max(fours.values()) == 2


def test_the_indoor_league_contradicts_itself_and_names_nobody(indoor):
    standings = defaultdict(list)
    for row in indoor["series_stats"]:
        standings[row["series"], row["team"]].append(row)
    assert any(len(twins) == 2 and twins[0] != twins[1] for twins in standings.values())
    assert not any(row["Home Player 1 ID"] for row in indoor["match_history"])
    assert any(", 2024" in row["Scores"] for row in indoor["match_history"])


def test_some_people_play_at_their_club_in_another_league_too(ladder, divisions, stars):
    def people(league):
        return {(row["First Name"], row["Last Name"], row["Club"].split()[0]) for row in league["players"]}

    assert people(ladder) & (people(divisions) | people(stars))


def test_the_bundled_sample_is_what_the_command_writes_and_small(tmp_path):
    call_command("make_sample_data", out=tmp_path, history=12, stdout=StringIO())
    assert contents(BUNDLED) == contents(tmp_path)
    assert sum(map(len, contents(BUNDLED).values())) < 700_000


def test_the_command_says_what_it_wrote(tmp_path):
    out = StringIO()
    call_command("make_sample_data", out=tmp_path, players=100, stdout=out)
    rows = len(json.loads(next(tmp_path.glob("*/series_stats.json")).read_text()))
    assert rows
    assert "players," in out.getvalue()
    assert "series_stats" in out.getvalue()


@pytest.mark.parametrize("wrong", [{"players": 0}, {"history": -1}])
def test_impossible_sizes_are_refused(tmp_path, wrong):
    with pytest.raises(CommandError, match="at least"):
        call_command("make_sample_data", out=tmp_path, **wrong)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CommandError, match="file"):
        call_command("make_sample_data", out=tmp_path / "file")


def test_an_earlier_sample_is_replaced_whole(tmp_path):
    make_snapshot(tmp_path / "used", 60, seed=2)
    make_snapshot(tmp_path / "used", 60, seed=5, history=0)
    make_snapshot(tmp_path / "fresh", 60, seed=5, history=0)
    assert contents(tmp_path / "used") == contents(tmp_path / "fresh")


def test_json_of_another_origin_is_not_touched(tmp_path):
    (tmp_path / "players.json").write_text("[]")
    with pytest.raises(CommandError, match="no sample"):
        call_command("make_sample_data", out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["players.json"]


def test_a_damaged_plan_is_named(tmp_path):
    (tmp_path / "sample.json").write_text("{")
    with pytest.raises(CommandError, match=r"sample\.json is damaged"):
        call_command("make_sample_data", out=tmp_path)
