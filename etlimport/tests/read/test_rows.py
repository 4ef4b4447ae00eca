"""What becomes of rows: every rule of reading, kind by kind."""

import json
from datetime import UTC, datetime

import pytest

from etlimport.kinds import KINDS
from etlimport.tests.read.rows import GOOD, HISTORY, LINE, PLAYER, SCHEDULE, STANDING
from leagues.line_digests import line_digests


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
        "team_source_id": "",
    }
    assert book.leagues == ["ELM"]
    assert book.labels == [(0, "players", "Division 5", "Oak 5", "Oak")]
    assert (report.read, report.rejected, report.repaired, report.notes) == (1, 0, 0, [])


def test_a_schedules_row(read, book):
    (row,), _ = read("schedules", [SCHEDULE])
    assert tuple(row.values()) == (0, 0, 0, 1, "2024-09-24", "18:30:00", 0, "Oak Hall", "", "", "", "")
    assert book.labels == [
        (0, "schedules", "Division 5", "Oak - 5", ""),
        (0, "schedules", "Division 5", "Ash - 5", ""),
    ]


def test_a_standing(read, book):
    (row,), _ = read("series_stats", [STANDING])
    assert tuple(row.values()) == (0, 0, 0, 0, "147", 14, 3, 1, 45, 26, 92, 62, 777, None, "")
    assert book.labels == [(0, "series_stats", "Division 5", "Oak 5", "")]


def test_a_match_line(read, book):
    (row,), _ = read("match_history", [LINE | {"Line": "Line 2", "match_id": " m-1 "}])
    key, people, result = row.pop("key"), row.pop("people"), row.pop("result")
    assert tuple(row.values()) == (
        *(0, 0, 0, 1, "2025-01-09", 2, "Oak 5", "Ash 5"),
        *("p-1", "p-2", "", "", "Ann Oak", "Bea Oak", "Cat Ash", "", "6-3, 6-1", "home", "m-1", 0, "", ""),
    )
    assert len(key) == 24
    assert (people, result) == line_digests(("Ann Oak", "Bea Oak", "Cat Ash", ""), "6-3, 6-1", "home")
    assert book.labels == [(0, "match_history", "", "Oak 5", ""), (0, "match_history", "", "Ash 5", "")]


def test_the_page_of_a_match_at_the_source_its_address_and_series_are_read(read):
    (row,), _ = read("schedules", [SCHEDULE | {"Match URL": " https://elm.example/m/7 ", "address": "7 Elm Street"}])
    assert (row["source_url"], row["address"]) == ("https://elm.example/m/7", "7 Elm Street")
    (row,), _ = read("match_history", [LINE | {"Source URL": "https://elm.example/m/7", "Series": "Division 5"}])
    assert (row["source_url"], row["series_label"]) == ("https://elm.example/m/7", "Division 5")


@pytest.mark.parametrize(
    "written", ["javascript:alert(1)", "/m/7", 7, "https://", "https://elm.example/<b>", "x" * 600]
)
def test_only_a_web_address_is_the_page_of_a_match(read, written):
    (row,), report = read("schedules", [SCHEDULE | {"Match URL": written}])
    assert (row["source_url"], report.repaired) == ("", 1)


@pytest.mark.parametrize(
    "told",
    [
        {"Team ID": "nndz-7"},
        {"team_id": " nndz-7 "},
        {"Source URL": "https://elm.example/?mod=x&team=nndz-7"},
        {"source_url": "https://elm.example/team.php?TeamID=nndz-7#top"},
        {"Team ID": "", "Source URL": "https://elm.example/?tid=nndz-7"},
    ],
)
def test_the_id_of_a_team_at_the_source_is_read_also_from_the_address_of_its_page(read, told):
    (row,), report = read("players", [PLAYER | told])
    assert (row["team_source_id"], report.repaired, report.warnings) == ("nndz-7", 0, [])


@pytest.mark.parametrize("told", [{"Team ID": "N/A"}, {"Source URL": "https://elm.example/"}, {"Team ID": None}])
def test_a_team_of_which_no_id_is_told_has_none(read, told):
    (row,), report = read("players", [PLAYER | told])
    assert (row["team_source_id"], report.repaired) == ("", 0)


@pytest.mark.parametrize("told", ["a\0b", "\ud800", "x" * 151, "https://elm.example/?team=%00"])
def test_an_id_of_a_team_that_cannot_be_kept_is_not_known(read, told):
    (row,), report = read("players", [PLAYER | {"Team ID": told}])
    assert (row["team_source_id"], report.repaired) == ("", 1)


def test_a_file_was_scraped_when_the_last_of_its_rows_was(read):
    times = ["2025-01-09T02:00:00+00:00", "2025-01-09T03:30:00Z", "yesterday", None, [], "2025-01-08T23:59:00-05:00"]
    rows, report = read("players", [PLAYER | {"Player ID": f"p{no}", "scraped_at": at} for no, at in enumerate(times)])
    assert report.scraped_at == datetime(2025, 1, 9, 4, 59, tzinfo=UTC)
    assert (len(rows), report.repaired) == (6, 0)


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
