"""What becomes of values, rows and texts that cannot be read as they stand."""

import json

import pytest

from etlimport.kinds import KINDS
from etlimport.tests.read.rows import GOOD, HISTORY, LINE, PLAYER, SCHEDULE, STANDING
from leagues.names import name_key


@pytest.mark.parametrize(
    ("field", "column", "value"),
    [
        ("PTI", "pti", "9e999"),
        ("PTI", "pti", "NaN"),
        ("PTI", "pti", "41.7%"),
        ("PTI", "pti", 100_000),
        ("PTI", "pti", [1]),
        ("PTI", "pti", True),
        ("Wins", "wins", "three"),
        ("Wins", "wins", 2**31),
        ("Wins", "wins", 10**30),
        ("Wins", "wins", "2.5"),
        ("Wins", "wins", "1" * 5000),
        ("Wins", "wins", {}),
        ("Captain", "is_captain", "maybe"),
    ],
)
def test_a_row_with_one_unreadable_value_is_imported_without_it(read, field, column, value):
    (_, row), report = read("players", [PLAYER, PLAYER | {field: value}])
    assert not row[column]
    assert row["unread"] & KINDS["players"].bit(column)
    (note,) = report.notes
    assert (note.kind, note.index, report.repaired) == ("repaired", 1, 1)
    assert note.reason.startswith(field.lower())
    assert note.reason.endswith("imported without it")
    assert json.dumps(PLAYER | {field: value})[:10_000] == note.content


def test_a_standing_with_one_unreadable_figure_names_it(read):
    (row,), report = read("series_stats", [STANDING | {"sets": {"won": "many", "lost": 2}}])
    assert (row["sets_won"], row["sets_lost"]) == (None, 2)
    assert report.notes[0].reason == "sets won 'many' is no number: imported without it"


@pytest.mark.parametrize("figures", ["many", [1], 5])
def test_figures_that_are_no_object_are_repaired(read, figures):
    (row,), report = read("series_stats", [STANDING | {"sets": figures}])
    assert (row["sets_lost"], row["games_won"]) == (None, 777)
    assert report.repaired == (figures != 5)


def test_a_first_row_without_any_readable_figure_is_there_all_the_same(read):
    (row,), report = read("series_stats", [STANDING | {"points": [], "matches": []}])
    assert (row["points"], row["matches_won"], row["sets_won"]) == (None, None, 92)
    said = "points '[]' is no number; matches won '[]' is no number: imported without them"
    assert report.notes[0].reason == said


def test_an_unreadable_time_line_winner_or_rating_is_repaired(read):
    (match,), schedules = read("schedules", [SCHEDULE | {"time": "late"}])
    (line,), lines = read("match_history", [LINE | {"Line": "last"}])
    (won,), winners = read("match_history", [LINE | {"Winner": "both"}])
    (entry,), history = read("player_history", [HISTORY | {"matches": [{"date": "2025-04-05", "end_pti": "x"}]}])
    assert (match["time"], line["line"], won["winner"], entry["end_pti"]) == (None, None, "unknown", None)
    assert [report.repaired for report in (schedules, lines, winners, history)] == [1, 1, 1, 1]


def test_a_number_with_a_footnote_mark_is_that_number_and_told(read):
    (row,), report = read("series_stats", [STANDING | {"points": "12*"}])
    assert (row["points"], row["unread"]) == ("12", 0)
    assert report.notes[0].reason == "points '12*' is read as 12"


def test_however_many_values_are_unreadable_the_others_are_imported(read):
    several = {"PTI": "9e999", "Wins": "three", "Club": {"name": "Oak"}, "Captain": "maybe"}
    (row,), report = read("players", [PLAYER | several])
    assert (row["pti"], row["wins"], row["external_id"], row["last_name"]) == (None, None, "p-1", PLAYER["Last Name"])
    assert report.notes[0].reason == (
        "Club holds an object where a text belongs; pti '9e999' is out of range; wins 'three' is no number; "
        "captain 'maybe' is neither C, CC, Yes nor No: imported without them"
    )


@pytest.mark.parametrize(
    ("kind", "change", "reason", "unread"),
    [
        ("players", {"First Name": "", "Last Name": None}, "no name", "last_name"),
        ("players", {"Series Mapping ID": ""}, "no team", "team"),
        ("players", {"Last Name": "x" * 151}, "Last Name is longer than 150", "last_name"),
        ("players", {"Last Name": "x" * 900_000}, "Last Name is longer than 150", "last_name"),
        ("players", {"Last Name": ["Oak"]}, "Last Name holds a list", "last_name"),
        ("players", {"Club": {"name": "Oak"}}, "Club holds an object", "club"),
        ("players", {"Club": "Oak\0"}, "NUL", "club"),
        ("players", {"Club": "Oak\ud800"}, "surrogate", "club"),
        ("schedules", {"date": "yesterday"}, "date 'yesterday' is no date", "date"),
        ("schedules", {"date": "13/45/2025"}, "is no date", "date"),
        ("schedules", {"date": ["2025"]}, "is no date", "date"),
        ("schedules", {"date": 20250105.5}, "is no date", "date"),
        ("schedules", {"location": "x" * 301}, "location is longer than 300", "location"),
        ("match_history", {"Scores": "6" * 201}, "Scores is longer than 200", "scores"),
    ],
)
def test_a_row_whose_key_can_be_read_is_there_without_what_cannot(read, kind, change, reason, unread):
    (row,), report = read(kind, [GOOD[kind] | change])
    assert row["unread"] & KINDS[kind].bit(unread)
    assert reason in report.notes[0].reason
    assert (report.rejected, report.repaired) == (0, 1)


@pytest.mark.parametrize("date", ["TBD", "", None])
def test_a_match_whose_day_is_not_told_is_there_without_one(read, date):
    (row,), report = read("schedules", [SCHEDULE | {"date": date}])
    assert (row["date"], row["unread"], report.notes) == (None, 0, [])


@pytest.mark.parametrize(
    ("kind", "change", "reason"),
    [
        ("players", {"League": " "}, "no League"),
        ("players", {"League": None}, "no League"),
        ("players", {"Player ID": None}, "no Player ID"),
        ("players", {"Player ID": ""}, "no Player ID"),
        ("players", {"Player ID": "N/A"}, "no Player ID"),
        ("players", {"Last Name": "x" * 10_000_000}, "is larger than 1 MB"),
        ("series_stats", {"team": " "}, "no team"),
        ("match_history", {"Date": 1}, "date '1' is no date"),
        ("schedules", {"home_team": None}, "names only one team: home_team is ''"),
        ("schedules", {"home_team": " - 5"}, "names only one team: home_team is ' - 5'"),
        ("schedules", {"away_team": " #5"}, "names only one team: away_team is ' #5'"),
        ("schedules", {"away_team": "BYE"}, "names only one team: away_team is 'BYE'"),
        ("schedules", {"away_team": "", "home_team": " - Division 5"}, "names neither team"),
        ("match_history", {"Date": "yesterday"}, "date 'yesterday' is no date"),
        ("player_history", {"player_id": ""}, "no player_id"),
        ("player_history", {"matches": "none"}, "matches holds a text where a list belongs"),
    ],
)
def test_a_row_is_rejected_for_a_reason(rejection, kind, change, reason):
    assert reason in rejection(kind, GOOD[kind] | change)


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        (b'"not an object"', "is not an object but a text"),
        (b"[]", "is not an object but a list"),
        (b"null", "is not an object but null"),
        (b"7", "is not an object but a number"),
        (b'{"League": 1e999}', "League is no number"),
        (b'{"League": NaN}', "League is no number"),
        (b'{"League": "ELM" "x"}', "is not valid JSON"),
        (b"", "is not valid JSON"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "nested too deeply"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_an_element_that_is_no_row_is_rejected_alone(rejection, kind, element, reason):
    assert reason in rejection(kind, element)


@pytest.mark.parametrize("other", [b"1e999", b'{"a": 1e999}', b'"\\u00e9"'])
@pytest.mark.parametrize("count", [1, 100])
def test_what_is_in_a_field_that_is_not_imported_does_not_matter(read, other, count):
    row = json.dumps(PLAYER | {"Captain": True})[:-1].encode() + b', "Note": ' + other + b"}"
    _, report = read("players", b"[" + b",".join([row] * count) + b"]")
    assert (report.accepted, report.rejected) == (count, 0)


@pytest.mark.parametrize("literal", ["1e999", "NaN", "-Infinity"])
def test_a_number_literal_that_is_none_is_an_unreadable_value(read, literal):
    row = json.dumps(PLAYER).replace('"-21.6"', literal).encode()
    (found,), report = read("players", b"[" + row + b"]")
    assert found["pti"] is None
    assert "is no number: imported without it" in report.notes[0].reason


def test_a_rejected_row_leaves_what_can_be_read_of_it(read):
    _, players = read("players", [PLAYER | {"Player ID": None}, PLAYER])
    _, lines = read("match_history", [LINE | {"Date": "soon"}, LINE])
    _, matches = read("schedules", [SCHEDULE | {"home_team": ""}, SCHEDULE])
    assert [witness.name_key for witness in players.witnesses] == [name_key(PLAYER["First Name"], PLAYER["Last Name"])]
    assert [(witness.home_no, witness.away_no) for witness in lines.witnesses] == [(1, 2)]
    assert [witness.home_no for witness in matches.witnesses] == [None]


def test_a_rejected_row_keeps_its_place_and_content_without_nul(read):
    broken = PLAYER | {"Player ID": "O\0k"}
    _, report = read("players", [PLAYER, broken, PLAYER])
    (note,) = report.notes
    assert (note.index, note.content) == (1, json.dumps(broken))
    assert "\0" not in note.content


def test_the_content_of_a_large_row_is_cut(read):
    _, report = read("players", [PLAYER | {"Last Name": "x" * 3_000_000}])
    assert len(report.notes[0].content) == 10_000


def test_a_backslash_before_u0000_is_no_nul(read, book):
    (row,), report = read("players", [PLAYER | {"Last Name": "\\u0000"}])
    assert (row["last_name"], report.rejected) == ("\\u0000", 0)


def test_a_team_named_as_its_series_is_a_team(read):
    _, report = read("schedules", [SCHEDULE | {"series": "Legends", "home_team": "Legends"}])
    assert report.rejected == 0


def test_a_broken_entry_is_rejected_alone(read):
    entries = [HISTORY["matches"][0], "x", {"date": "never"}, {"DATE": "2025-04-12", "End PTI": 1}]
    rows, report = read("player_history", [HISTORY | {"matches": entries}])
    assert [(row["idx"], row["end_pti"]) for row in rows] == [(0, "-21.6"), (3, "1")]
    assert [(note.index, note.reason) for note in report.notes] == [
        (1, "is not an object but a text"),
        (2, "date 'never' is no date"),
    ]
    assert [json.loads(note.content)["player_id"] for note in report.notes] == ["p-1", "p-1"]
    assert json.loads(report.notes[0].content)["matches"] == ["x"]
    assert json.loads(report.notes[1].content)["matches"][0]["date"] == "never"


def test_rows_of_other_leagues_are_passed_over_and_not_counted(read, book):
    rows = [PLAYER, PLAYER | {"League": "oak"}, PLAYER | {"League": "oak", "Club": ["x"]}, PLAYER | {"League": "Elm"}]
    found, report = read("players", rows, is_selected=lambda code: code.casefold() == "elm")
    assert [row["idx"] for row in found] == [0, 3]
    assert (report.read, report.rejected, book.leagues) == (2, 0, ["ELM", "Elm"])


def test_history_of_other_leagues_is_passed_over(read):
    found, report = read(
        "player_history", [HISTORY | {"league_id": "OAK"}, HISTORY], is_selected=lambda code: code.casefold() == "elm"
    )
    assert ([row["idx"] for row in found], report.read) == ([2, 3], 2)
