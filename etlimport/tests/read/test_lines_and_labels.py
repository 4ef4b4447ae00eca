"""What is made of match lines as a whole, of the fields and labels nobody knows, and of large files."""

import json

import pytest

from etlimport.kinds import KINDS
from etlimport.read import FileReport, SourcePath, read_file
from etlimport.tests.read.rows import GOOD, HISTORY, LINE, PLAYER, SCHEDULE, STANDING


def test_a_line_without_team_labels_is_imported(read):
    (row,), report = read("match_history", [LINE | {"Home Team": "", "Away Team": None}])
    assert (row["home_label"], row["away_label"], report.rejected) == ("", "", 0)


def keys(read, *rows):
    found, _ = read("match_history", list(rows))
    return [row["key"] for row in found]


def test_the_key_of_a_line_survives_another_spelling_scores_and_the_order_of_partners(read):
    same = LINE | {
        "league_id": "elm",
        "Date": "2025-01-09",
        "Home Team": "OAK  5",
        "Home Player 1": "Bea Oak",
        "Home Player 1 ID": "p-2",
        "Home Player 2": "Ann Oak",
        "Home Player 2 ID": "p-1",
        "Away Player 1": "",
        "Away Player 2": "cat ash",
        "Scores": "6-0",
        "match_id": "m-9",
        "Line": "Line 3",
    }
    key, again = keys(read, LINE, same)
    assert key == again


@pytest.mark.parametrize(
    "change",
    [{"Date": "10-Jan-25"}, {"Away Team": "Ash 6"}, {"Home Player 1 ID": "p-3"}],
)
def test_another_match_has_another_key(read, change):
    key, other = keys(read, LINE, LINE | change)
    assert key != other


def test_a_block_holds_a_thousand_rows_at_most(tmp_path, book):
    path = tmp_path / "player_history.json"
    path.write_text(json.dumps([HISTORY | {"matches": HISTORY["matches"] * 600}] * 2))
    report = FileReport(SourcePath(path, path.name, "player_history", path.stat().st_size))
    sizes = [len(block) for block in read_file(report.file, book, report)]
    assert (max(sizes), sum(sizes)) == (1000, 2400)


def lines(*winners, scores="6-3, 6-1", **more):
    return [
        LINE | {"Winner": winner, "Scores": scores, "match_id": f"m{no}"} | more for no, winner in enumerate(winners)
    ]


def test_scores_that_contradict_nearly_every_winner_are_turned(read):
    rows, report = read("match_history", lines(*["away"] * 19, "home", scores="6–3, 7–6 [7-5]"))
    assert {row["scores"] for row in rows} == {"3-6, 6-7 [5-7]"}
    (warning,) = report.warnings
    assert "19 of 20 lines of ELM contradict the winner: they are the visitors', and were turned" in warning


def test_each_league_of_a_file_is_turned_by_itself(read):
    rows, _ = read("match_history", [*lines(*["away"] * 9), *lines(*["home"] * 9, league_id="OAK")])
    assert [row["scores"] for row in rows] == ["3-6, 1-6"] * 9 + ["6-3, 6-1"] * 9


@pytest.mark.parametrize("winners", [["away"] * 3 + ["home"] * 6, ["away"] * 4])
def test_scores_that_contradict_here_and_there_or_in_few_lines_are_counted(read, winners):
    rows, report = read("match_history", lines(*winners))
    assert {row["scores"] for row in rows} == {"6-3, 6-1"}
    (warning,) = report.warnings
    assert f"the scores of {winners.count('away')} of {len(winners)} lines of ELM contradict the winner" in warning


@pytest.mark.parametrize("scores", ["April 9, 2025", "Sep 5, 2024", "Thursday, May 1, 2025"])
def test_a_heading_between_lines_is_no_line(read, book, scores):
    heading = LINE | {"Scores": scores, "Winner": "unknown", "Home Team": "Elm", "Away Team": "Fir"}
    rows, report = read("match_history", [heading, LINE, heading])
    assert ([row["idx"] for row in rows], report.rejected, report.witnesses) == ([1], 2, [])
    assert "is a heading" in report.notes[0].reason
    assert report.warnings == ["match_history.json: 2 rows are headings, no lines."]
    assert {label[3] for label in book.labels} == {"Oak 5", "Ash 5"}


def test_fields_that_nobody_knows_are_named_once(read):
    _, report = read("players", [PLAYER | {"Shoe Size": 43}, PLAYER | {"Racket": "wood"}])
    assert report.warnings == ["players.json: 2 fields are not known and were not imported: Racket, Shoe Size."]


@pytest.mark.parametrize("kind", KINDS)
def test_fields_that_are_known_to_tell_nothing_are_not_named(read, kind):
    _, report = read(kind, [GOOD[kind]])
    assert report.warnings == []


@pytest.mark.parametrize(
    "label", ["BYE", "BYE - 11", "Bye (2)", "TBD", "Practice", "Oak practice", "Legends – Legends"]
)
def test_a_placeholder_is_no_team_and_has_no_match(read, book, label):
    series = "Series Legends 11" if "11" in label else "Series Legends"
    (player,), players = read("players", [PLAYER | {"Series Mapping ID": label, "Series": series}])
    _, schedules = read("schedules", [SCHEDULE | {"away_team": label, "series": series}])
    _, standings = read("series_stats", [STANDING | {"team": label, "series": series}])
    assert (player["label_no"], players.repaired, schedules.rejected, standings.rejected) == (None, 1, 1, 1)
    assert book.labels == []


@pytest.mark.parametrize("label", ["BYE - 11", "Practice"])
def test_a_line_against_nobody_is_no_line(read, label):
    _, report = read("match_history", [LINE | {"Away Team": label}])
    assert (report.rejected, report.witnesses) == (1, [])


@pytest.mark.parametrize("label", ["Legends", "Byeford 11", "Midtown - Chicago - 6 - 6", "Tbdale", "Oak - Legends"])
def test_a_name_that_only_looks_like_a_placeholder_is_a_team(read, book, label):
    read("series_stats", [STANDING | {"team": label, "series": "Series Legends"}])
    assert [known[3] for known in book.labels] == [label]
