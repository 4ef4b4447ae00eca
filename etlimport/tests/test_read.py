"""What becomes of rows: every rule of reading, kind by kind."""

import json

import pytest

from etlimport.kinds import KINDS
from etlimport.read import FileReport, LabelBook, SourcePath, read_file
from leagues.line_digests import line_digests
from leagues.names import name_key

PLAYER = {
    "League": "ELM",
    "Series": "Division 5",
    "Series Mapping ID": "Oak 5",
    "Club": "Oak",
    "Location ID": "OAK",
    "Player ID": "p-1",
    "First Name": "Ann",
    "Last Name": "O'Neil",
    "PTI": "-21.6",
    "Wins": "5",
    "Losses": 7,
    "Win %": "41.7%",
    "Captain": "C",
}
SCHEDULE = {
    "date": "09/24/2024",
    "time": "06:30 pm",
    "home_team": "Oak - 5",
    "away_team": "Ash - 5",
    "location": "Oak Hall",
    "series": "Division 5",
    "League": "ELM",
}
STANDING = {
    "series": "Division 5",
    "team": "Oak 5",
    "league_id": "ELM",
    "points": 147,
    "matches": {"won": 14, "lost": 3, "tied": 1, "percentage": "77.8%"},
    "lines": {"won": 45, "lost": 26, "for": 0, "ret": 0, "percentage": "63.4%"},
    "sets": {"won": "92", "lost": "62", "percentage": "59.7%"},
    "games": {"won": 777, "lost": None, "percentage": ""},
}
LINE = {
    "league_id": "ELM",
    "Date": "09-Jan-25",
    "Home Team": "Oak 5",
    "Away Team": "Ash 5",
    "Home Player 1": "Ann Oak",
    "Home Player 1 ID": "p-1",
    "Home Player 2": "Bea Oak",
    "Home Player 2 ID": "p-2",
    "Away Player 1": "Cat Ash",
    "Away Player 1 ID": None,
    "Away Player 2": "",
    "Away Player 2 ID": None,
    "Scores": "6-3, 6-1",
    "Winner": "home",
}
HISTORY = {
    "league_id": "ELM",
    "player_id": "p-1",
    "name": "Ann Oak",
    "matches": [
        {"date": "04/05/2025", "end_pti": "-21.6", "series": "Division 5"},
        {"date": "04/12/2025", "end_pti": 3, "series": "Division 5"},
    ],
}
GOOD = dict(zip(KINDS, (PLAYER, SCHEDULE, STANDING, LINE, HISTORY), strict=True))


@pytest.fixture
def book():
    return LabelBook()


@pytest.fixture
def read(tmp_path, book):
    """Reads rows, or the bytes of a file, of a kind → (rows by column, report)."""

    def read(kind, rows, **options):
        content = rows if isinstance(rows, bytes) else json.dumps(rows).encode()
        path = tmp_path / f"{kind}.json"
        path.write_bytes(content)
        report = FileReport(SourcePath(path, path.name, kind, len(content)))
        blocks = list(read_file(report.file, book, report, **options))
        found = [dict(zip(KINDS[kind].columns(), row, strict=True)) for block in blocks for row in block]
        assert report.read == report.accepted + report.rejected
        assert report.accepted == len(found)
        return found, report

    return read


@pytest.fixture
def rejection(read):
    """Reads a good row and then the given one, which must be rejected → the reason."""

    def rejection(kind, row):
        element = row if isinstance(row, bytes) else json.dumps(row).encode()
        good = json.dumps(GOOD[kind]).encode()
        found, report = read(kind, b"[" + good + b"," + element + b"]")
        (note,) = report.notes
        assert (note.kind, report.rejected) == ("rejected", 1)
        assert found
        return note.reason

    return rejection


def test_a_players_row(read, book):
    (row,), report = read("players", [PLAYER])
    assert row == {
        "idx": 0,
        "league_no": 0,
        "label_no": 0,
        "external_id": "p-1",
        "first_name": "Ann",
        "last_name": "O'Neil",
        "name_key": "ann oneil",
        "unread": 0,
        "pti": "-21.6",
        "wins": 5,
        "losses": 7,
        "career_wins": None,
        "career_losses": None,
        "is_captain": True,
        "is_co_captain": False,
        "is_substitute": False,
    }
    assert book.leagues == ["ELM"]
    assert book.labels == [(0, "players", "Division 5", "Oak 5", "Oak")]
    assert (report.read, report.rejected, report.repaired, report.notes) == (1, 0, 0, [])


def test_a_schedules_row(read, book):
    (row,), _ = read("schedules", [SCHEDULE])
    assert tuple(row.values()) == (0, 0, 0, 1, "2024-09-24", "18:30:00", 0, "Oak Hall")
    assert book.labels == [
        (0, "schedules", "Division 5", "Oak - 5", ""),
        (0, "schedules", "Division 5", "Ash - 5", ""),
    ]


def test_a_standing(read, book):
    (row,), _ = read("series_stats", [STANDING])
    assert tuple(row.values()) == (0, 0, 0, 0, "147", 14, 3, 1, 45, 26, 92, 62, 777, None)
    assert book.labels == [(0, "series_stats", "Division 5", "Oak 5", "")]


def test_a_match_line(read, book):
    (row,), _ = read("match_history", [LINE | {"Line": "Line 2", "match_id": " m-1 "}])
    key, people, result = row.pop("key"), row.pop("people"), row.pop("result")
    assert tuple(row.values()) == (
        *(0, 0, 0, 1, "2025-01-09", 2, "Oak 5", "Ash 5"),
        *("p-1", "p-2", "", "", "Ann Oak", "Bea Oak", "Cat Ash", "", "6-3, 6-1", "home", "m-1", 0),
    )
    assert len(key) == 24
    assert (people, result) == line_digests(("Ann Oak", "Bea Oak", "Cat Ash", ""), "6-3, 6-1", "home")
    assert book.labels == [(0, "match_history", "", "Oak 5", ""), (0, "match_history", "", "Ash 5", "")]


def test_each_entry_of_a_players_history_is_a_row(read):
    rows, report = read("player_history", [HISTORY, HISTORY | {"player_id": "p-2"}])
    assert [tuple(row.values()) for row in rows] == [
        (0, 0, "p-1", "2025-04-05", 0, "-21.6", "Division 5"),
        (1, 0, "p-1", "2025-04-12", 0, "3", "Division 5"),
        (2, 0, "p-2", "2025-04-05", 0, "-21.6", "Division 5"),
        (3, 0, "p-2", "2025-04-12", 0, "3", "Division 5"),
    ]
    assert report.read == 4


def test_a_player_without_matches_has_no_rows(read):
    rows, report = read("player_history", [HISTORY | {"matches": []}, HISTORY | {"matches": None}])
    assert (rows, report.read) == ([], 0)


@pytest.mark.parametrize("spelling", ["League", "source_league", "league_id", "League_id", "LEAGUE"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_league_is_found_in_any_spelling(read, book, kind, spelling):
    row = {key: value for key, value in GOOD[kind].items() if key not in ("League", "league_id")}
    _, report = read(kind, [row | {spelling: " ELM "}])
    assert (report.rejected, book.leagues) == (0, ["ELM"])


def test_other_spellings_of_a_player_say_the_same(read, book):
    other = {key.lower().replace(" ", "_"): value for key, value in PLAYER.items()}
    del other["series_mapping_id"]
    other |= {"Team": "Oak 5", "Career Wins": 50, "Career Losses": "60", "Captain": "Yes"}
    (row, again), _ = read("players", [PLAYER, other])
    assert again == row | {"idx": 1, "career_wins": 50, "career_losses": 60}
    assert len(book.labels) == 1


def test_a_file_may_change_its_spelling_midway(read, book):
    other = {key.replace("Series Mapping ID", "Team"): value for key, value in PLAYER.items()}
    rows, report = read("players", [PLAYER] * 300 + [other] * 300, block_size=20_000)
    assert (len(rows), report.rejected, len(book.labels)) == (600, 0, 1)


def test_of_two_spellings_in_a_row_the_one_that_holds_something_counts(read, book):
    read("players", [PLAYER | {"Series Mapping ID": "", "Team": "Elm 5"}, PLAYER | {"Team": "Elm 5"}])
    assert [label[3] for label in book.labels] == ["Elm 5", "Oak 5"]


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ("C", (True, False)),
        ("Yes", (True, False)),
        ("cc", (False, True)),
        ("No", (False, False)),
        ("", (False, False)),
        (None, (False, False)),
        (True, (True, False)),
    ],
)
def test_captains(read, mark, expected):
    (row,), report = read("players", [PLAYER | {"Captain": mark}])
    assert ((row["is_captain"], row["is_co_captain"]), report.repaired) == (expected, 0)


@pytest.mark.parametrize("date", ["09/24/2024", "2024-09-24", "24-Sep-24", " 9/24/2024 ", "2024-09-24T18:30:00"])
def test_dates(read, date):
    (row,), _ = read("schedules", [SCHEDULE | {"date": date}])
    assert row["date"] == "2024-09-24"


@pytest.mark.parametrize(
    ("time", "expected"),
    [("06:30 pm", "18:30:00"), ("18:30", "18:30:00"), ("", None), (None, None), ("9:00 AM", "09:00:00")],
)
def test_times(read, time, expected):
    (row,), report = read("schedules", [SCHEDULE | {"time": time}])
    assert (row["time"], report.repaired) == (expected, 0)


@pytest.mark.parametrize("nothing", ["N/A", "", None, " n/a ", "-"])
def test_a_number_that_is_not_there_is_nothing_and_nothing_to_repair(read, nothing):
    (row,), report = read("players", [PLAYER | {"PTI": nothing, "Wins": nothing}])
    assert (row["pti"], row["wins"], report.repaired) == (None, None, 0)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("14.5", "14.5"), (14.5, "14.5"), (14, "14"), ("1e2", "100"), ("14.555", "14.56"), ("99999.99", "99999.99")],
)
def test_ratings(read, value, expected):
    (row,), report = read("players", [PLAYER | {"PTI": value}])
    assert (row["pti"], report.repaired) == (expected, 0)


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


def test_a_row_that_is_not_utf_8_is_read_as_what_it_is(read):
    rows = [PLAYER, PLAYER | {"Player ID": "p-2", "First Name": "Søren"}]
    content = json.dumps(rows, ensure_ascii=False).encode("cp1252")
    (_, row), report = read("players", content)
    assert row["first_name"] == "Søren"
    assert report.warnings in (
        ["players.json: 1 rows are not UTF-8; they were read as Windows-1252."],
        ["players.json: 1 rows are not UTF-8; they were read as ISO-8859-1."],
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_in_another_unicode_encoding_is_read_as_that(read, encoding):
    rows = [PLAYER | {"Player ID": f"p-{number}", "First Name": "Zoë"} for number in range(300)]
    found, report = read("players", json.dumps(rows, ensure_ascii=False).encode(encoding))
    assert {row["first_name"] for row in found} == {"Zoë"}
    assert (len(found), report.rejected, report.repaired) == (300, 0, 0)


@pytest.mark.parametrize("ascii_only", [False, True])
def test_text_that_was_encoded_twice_is_repaired(read, ascii_only):
    rows = [PLAYER, PLAYER | {"Player ID": "p-2", "First Name": "RenÃ©e"}, PLAYER | {"First Name": "Ângela"}]
    found, report = read("players", json.dumps(rows, ensure_ascii=ascii_only).encode())
    assert [row["first_name"] for row in found] == [PLAYER["First Name"], "Renée", "Ângela"]
    (note,) = report.notes
    assert (note.kind, note.index, note.reason) == ("repaired", 1, "'RenÃ©e' is 'Renée', encoded twice")


def test_an_id_that_was_taken_for_a_number_is_the_id(read):
    found, _ = read("players", [PLAYER | {"Player ID": written} for written in (41001, 41001.0, "41001.0", "41001")])
    assert {row["external_id"] for row in found} == {"41001"}


def test_a_moment_with_a_time_zone_is_that_of_the_league(read):
    (row,), _ = read("schedules", [SCHEDULE | {"date": "2026-12-04T00:30:00Z", "time": ""}])
    assert (row["date"], row["time"]) == ("2026-12-03", "18:30:00")


def test_a_date_written_as_midnight_has_no_time(read):
    (row,), _ = read("schedules", [SCHEDULE | {"date": "2026-12-04T00:00:00", "time": None}])
    assert (row["date"], row["time"]) == ("2026-12-04", None)


@pytest.mark.parametrize("written", ["6–4, 6-3", "6:4, 6 - 3", "6 – 4, 6−3"])
def test_scores_have_a_plain_hyphen_however_they_are_written(read, written):
    (row,), _ = read("match_history", [LINE | {"Scores": written}])
    assert row["scores"] == "6-4, 6-3"


@pytest.mark.parametrize("written", ["tie", "Draw", "TIED"])
def test_a_tie_is_a_result(read, written):
    (row,), report = read("match_history", [LINE | {"Winner": written}])
    assert (row["winner"], report.repaired) == ("tie", 0)


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
