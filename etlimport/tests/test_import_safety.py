"""What refuses a run before anything is touched, and what comes of sources that are broken."""

import json
import os

import pytest
from django.core.management import CommandError, call_command

from etlimport.models import ImportRun, RejectedRow
from etlimport.reports.run_report import as_text, exit_code
from etlimport.tests.sources import (
    LEAGUE,
    catalogue,
    dump,
    history,
    imported,
    line,
    match,
    player,
    run_of,
    standing,
    two_teams,
)
from leagues.models import League, Player, Team

pytestmark = pytest.mark.django_db
Status = ImportRun.Status
MB = 1 << 20


def many(count: int, **more) -> list[dict]:
    return [player(f"p{n}", f"Ann{n}", "Hale", team=f"Elm {n % 3 + 1}", **more) for n in range(count)]


def test_a_league_that_would_lose_too_many_players_is_refused_with_numbers(snapshot):
    imported(snapshot(players=many(20) + many(20, League="CITA")))
    before = dump()
    run = run_of(snapshot(players=many(13) + many(20, League="CITA")))
    assert (run.status, exit_code(run)) == (Status.REFUSED, 3)
    assert "NSTF would lose 7 of its 20 active players (35%, 30% is allowed)" in run.error
    assert "CITA" not in run.error
    assert dump() == before


def test_a_loss_at_the_threshold_is_allowed(snapshot):
    imported(snapshot(players=many(20)))
    imported(snapshot(players=many(14)))
    assert Player.objects.filter(is_active=True).count() == 14


def test_the_threshold_is_a_setting(snapshot, settings):
    imported(snapshot(players=many(20)))
    settings.ETL_MAX_DROP = 0.1
    assert run_of(snapshot(players=many(17))).status == Status.REFUSED
    settings.ETL_MAX_DROP = 0.5
    assert imported(snapshot(players=many(10)))


def test_force_goes_on_and_is_recorded(snapshot):
    imported(snapshot(players=many(20)))
    run = imported(snapshot(players=many(2)), force=True)
    assert ImportRun.objects.get(pk=run.pk).forced
    assert Player.objects.filter(is_active=True).count() == 2


@pytest.mark.parametrize("kind", ["schedules", "series_stats"])
def test_each_kind_of_thing_has_its_own_drop(snapshot, kind):
    rows = [
        match(home=f"Elm {n}", away="Oak 0", series=f"Series {n}")
        if kind == "schedules"
        else standing(f"Elm {n}", f"Series {n}")
        for n in range(20)
    ]
    everyone = [player(f"p{n}", f"Ann{n}", team=f"Elm {n}", series=f"Series {n}") for n in range(20)]
    imported(snapshot(players=everyone, **{kind: rows}))
    before = catalogue()
    run = run_of(snapshot(players=everyone, **{kind: rows[:4]}))
    assert run.status == Status.REFUSED
    assert "would lose 16 of its 20 active" in run.error
    assert catalogue() == before


def test_a_list_without_rows_does_not_empty_a_league(snapshot):
    imported(snapshot(players=many(20)))
    before = catalogue()
    run_of(snapshot(players=[]))
    assert catalogue() == before


@pytest.mark.parametrize("content", ["", " \n", "no json", "<html>502 Bad Gateway</html>"])
def test_an_empty_file_or_one_that_is_no_json_is_refused(snapshot, content):
    run = run_of(snapshot(players=content, series_stats=[standing()]))
    assert (run.status, exit_code(run)) == (Status.REFUSED, 3)
    assert "players.json" in run.error


def lines_in(league: str, number: int) -> list[dict]:
    return [match(date=f"10/{day + 1:02d}/2024", League=league) for day in range(number)]


def test_force_for_one_kind_of_file_of_a_league_goes_on_with_that_one(snapshot):
    imported(snapshot(players=many(20) + many(20, League="CITA")))
    run = imported(snapshot(players=many(2) + many(20, League="CITA")), force_for=(f"{LEAGUE}:players",))
    assert ImportRun.objects.get(pk=run.pk).forced_for == [f"{LEAGUE}:players"]
    assert Player.objects.filter(is_active=True, league__code=LEAGUE).count() == 2


def test_what_is_forced_for_one_file_does_not_carry_a_broken_one_through(snapshot):
    imported(snapshot(players=many(20) + many(20, League="CITA")))
    run = run_of(snapshot(players=many(2) + many(2, League="CITA")), force_for=(f"{LEAGUE}:players",))
    assert run.status == Status.REFUSED
    assert "CITA" in run.error
    assert LEAGUE not in run.error


def test_a_refusal_names_what_would_have_to_be_forced(snapshot):
    imported(snapshot(players=many(20), schedules=lines_in(LEAGUE, 20)))
    run = run_of(snapshot(players=many(20), schedules=lines_in(LEAGUE, 2)))
    assert f"--force {LEAGUE}:schedules;" in as_text(run)
    run = imported(snapshot(players=many(20), schedules=lines_in(LEAGUE, 2)), force_for=(f"{LEAGUE}:schedules",))
    assert run.status == Status.PUBLISHED


def test_a_file_that_cannot_be_read_is_left_out_if_it_is_the_one_forced(snapshot, tmp_path):
    for name in (LEAGUE, "CITA"):
        folder = tmp_path / "two" / name
        folder.mkdir(parents=True)
        (folder / "players.json").write_text("no json" if name == LEAGUE else json.dumps(many(3, League="CITA")))
    assert run_of(tmp_path / "two", force_for=("CITA:players",)).status == Status.REFUSED
    run = run_of(tmp_path / "two", force_for=(f"{LEAGUE}:players",))
    assert run.status == Status.PUBLISHED
    assert any("Left out by force" in warning for warning in run.warnings)


@pytest.mark.parametrize("text", ["NSTF", "NSTF:rosters", ":players"])
def test_the_command_says_how_to_write_what_is_forced(text):
    with pytest.raises(CommandError, match="LEAGUE:kind"):
        call_command("run_etl", "--source", "none", "--force", text)


def test_force_leaves_a_file_out_that_is_no_json(snapshot):
    imported(snapshot(players=two_teams()))
    run = imported(snapshot(players="no json", series_stats=[standing(), standing("Oak 1")]), force=True)
    assert any("players.json" in warning for warning in run.warnings)
    assert Player.objects.filter(is_active=True).count() == 8
    assert imported(snapshot(players="no json", series_stats=[standing()]), force=True).forced


def test_a_file_left_out_by_force_is_not_known_the_next_time(snapshot):
    files = {"players": "no json", "series_stats": [standing()]}
    imported(snapshot(**files), force=True)
    assert run_of(snapshot(**files)).status == Status.REFUSED


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(two_teams())[:-40],
        json.dumps(two_teams())[:-1],
        json.dumps(two_teams()) + "]",
        json.dumps({"players": two_teams()}),
        "7",
        "null",
        '[{"League": "NSTF"',
        "[" * 100_000,
        json.dumps(two_teams()).encode()[:-1] + b", \x00]",
    ],
    ids=["truncated", "no end", "more after the end", "object", "number", "null", "half", "brackets", "NUL"],
)
def test_broken_json_is_told_and_nothing_is_lost(snapshot, content):
    imported(snapshot(players=two_teams()))
    before = dump()
    run = run_of(snapshot(players=content))
    assert run.status in (Status.UNREADABLE, Status.REFUSED) or RejectedRow.objects.filter(run=run).exists()
    if run.status == Status.UNREADABLE:
        assert "players.json" in run.error
        assert dump() == before
    assert "Traceback" not in run.error
    assert Player.objects.filter(is_active=True).count() == 8


@pytest.mark.parametrize(
    "row",
    [
        "[1, 2]",
        "null",
        '"text"',
        "1e999",
        json.dumps(player("p\x009")),
        json.dumps(player("p9", "x" * 10 * MB)),
        "[" * 50_000 + "]" * 50_000,
        '{"League": "NSTF", "Player ID": {"a": 1}, "First Name": "Zoe"}',
        '{"League": "NSTF", "Player ID": "\\ud800", "First Name": "Zoe"}',
        json.dumps(player("x" * 500)),
    ],
    ids=["list", "null", "text", "huge", "NUL", "10 MB", "deep", "object", "surrogate", "long id"],
)
def test_a_row_that_cannot_be_is_rejected_and_the_others_come_in(snapshot, row):
    rows = [json.dumps(each) for each in two_teams()]
    run = imported(snapshot(players=f"[{', '.join([*rows[:4], row, *rows[4:]])}]"))
    rejected = RejectedRow.objects.get(run=run)
    assert (rejected.file, rejected.index) == ("players.json", 4)
    assert rejected.reason
    assert len(rejected.content) < MB
    assert Player.objects.count() == 8


@pytest.mark.parametrize("pti", ["1" * 400, '"NaN"', '"Infinity"', "[]", "true", '"12,5,5"'])
def test_a_number_that_cannot_be_is_left_out_and_told(snapshot, pti):
    row = json.dumps(player("p9", "Zoe"))[:-1] + f', "PTI": {pti}}}'
    run = imported(snapshot(players=f"[{row}]"))
    assert Player.objects.get().pti is None
    assert RejectedRow.objects.get(run=run).kind == RejectedRow.Kind.REPAIRED


@pytest.mark.parametrize("wins", ["99999999999999999999", "2147483648", "-5", "1e9", '"1.5"'])
def test_a_count_beyond_any_column_never_breaks_the_run(snapshot, wins):
    row = json.dumps(player("p9", "Zoe"))[:-1] + f', "Wins": {wins}}}'
    imported(snapshot(players=f"[{row}]"))
    assert Player.objects.count() == 1


def test_a_number_too_large_for_json_itself_is_left_out_and_told(snapshot):
    row = json.dumps(player("p9", "Zoe"))[:-1] + ', "PTI": 1e999}'
    run = imported(snapshot(players=f"[{json.dumps(player())}, {row}]"))
    assert "is no number: imported without it" in RejectedRow.objects.get(run=run).reason
    assert Player.objects.get(external_id="p9").pti is None


def test_a_rejected_row_brings_no_team_and_no_league_into_being(snapshot):
    run = imported(
        snapshot(
            players=[player(), player("", team="Ash 9", club="Ash", League="NEW")],
            schedules=[match("Elm 1", "BYE"), match("", "Fir 1")],
            match_history=[line("Yew 3", "Elm 1", date="no day")],
        )
    )
    assert RejectedRow.objects.filter(run=run).count() == 4
    assert list(Team.objects.values_list("name", flat=True)) == ["Elm 1"]
    assert list(League.objects.values_list("code", flat=True)) == ["NSTF"]


@pytest.mark.parametrize(
    "files",
    [
        {"match_history": [line("Elm 1", "Elm 2")]},
        {"player_history": [history("p1", {"date": "2024-01-01", "end_pti": 3})]},
        {"players": [{"League": "NSTF"}], "series_stats": [standing("Elm 1")]},
        {"series_stats": [standing("Elm 1")]},
        {"schedules": [match("Elm 1", "Elm 2")]},
    ],
    ids=["lines", "history", "rejected rows", "standings", "schedules"],
)
def test_a_file_that_speaks_of_few_teams_lets_go_of_none_that_others_feed(snapshot, files):
    imported(snapshot(players=[player(f"p{n}", f"A{n}", team=f"Elm {n}", series=f"Series {n}") for n in range(20)]))
    imported(snapshot(**files))
    assert not Team.objects.filter(is_active=False).exists()
    assert Player.objects.filter(is_active=True).count() == 20


def test_a_league_that_would_lose_too_many_teams_is_refused(snapshot):
    def everyone(teams: int) -> list[dict]:
        return [player(f"p{n}", f"A{n}", team=f"Elm {n % teams}", series=f"Series {n % teams}") for n in range(40)]

    imported(snapshot(players=everyone(20)))
    run = run_of(snapshot(players=everyone(10)))
    assert "NSTF would lose 10 of its 20 active teams" in run.error


@pytest.mark.parametrize(
    "text", ["🎾 Zoé", "O'Brien; DROP TABLE leagues_player; --", "a\nb", 'q"q', "%s %(x)s", "\\N", "\\."]
)
def test_odd_names_come_in_as_they_are(snapshot, text):
    imported(snapshot(players=[player("p9", text)]))
    assert Player.objects.get().first_name == text


def test_a_source_that_is_a_file_is_told(snapshot):
    run = run_of(snapshot(players=two_teams()) / "players.json")
    assert (run.status, exit_code(run)) == (Status.UNREADABLE, 2)
    assert "is not a folder" in run.error


def test_a_folder_without_known_files_is_told(tmp_path):
    run = run_of(tmp_path)
    assert run.status == Status.UNREADABLE
    assert "holds none of players.json" in run.error


def test_a_source_whose_name_is_not_in_utf8_is_told(tmp_path):
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    run = run_of(folder)
    assert (run.status, exit_code(run)) == (Status.UNREADABLE, 2)
    assert "its name is not in UTF-8" in run.error
    assert run.source.endswith("caf\\udce9")


def test_a_link_to_a_file_of_somebody_else_is_refused_and_nothing_of_it_is_told(snapshot, tmp_path, settings):
    secret = tmp_path / "secret.txt"
    secret.write_text("password=hunter2")
    folder = snapshot(schedules=[match()])
    (folder / "players.json").symlink_to(secret)
    run = run_of(folder, force=True)
    assert (run.status, exit_code(run)) == (Status.UNREADABLE, 2)
    assert "players.json is a link out of the source" in run.error
    assert "hunter2" not in as_text(run, diff=True)


def test_a_file_that_may_not_be_read_is_told(snapshot, monkeypatch):
    folder = snapshot(players=two_teams())
    if os.geteuid():
        (folder / "players.json").chmod(0)
    else:  # root may read anything

        def forbidden(path, *_, **__):
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr("pathlib.Path.iterdir", forbidden)
    run = run_of(folder)
    assert (run.status, exit_code(run)) == (Status.UNREADABLE, 2)
    assert "no permission to read it" in run.error


def test_a_source_with_no_row_that_fits_changes_nothing(snapshot):
    run = run_of(snapshot(players=["a", "b"], series_stats=[standing(team="")]))
    assert run.status == Status.UNREADABLE
    assert "none of its 2 rows can be read" in run.error
    assert not Player.objects.exists()
