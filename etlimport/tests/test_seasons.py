"""A league's seasons: which season rows are of, when a new one opens, and that nothing of the last one changes."""

import pytest

from etlimport.models import ImportRun
from etlimport.reports.run_report import exit_code
from etlimport.resolve.season_answers import given
from etlimport.settle.evidence import reasons_against
from etlimport.tests.seasons import first_season, lines, next_season, players, schedule, tables
from etlimport.tests.sources import LEAGUE, dump, imported, match, player, run_of
from etlimport.tests.undoing import undone
from leagues.models import MatchScore, Player, RosterSpot, ScheduledMatch, Season, Standing, Team
from leagues.tests.factories import CaptainMessageFactory, PlayerAssociationFactory

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ("League", "league_id")
"""What files call the league."""

MODES = pytest.mark.parametrize("rebuild", [False, True], ids=["merge", "rebuild"])


def renamed(files: dict[str, list[dict]], league: str) -> dict[str, list[dict]]:
    """The files with another code of the league."""
    return {
        kind: [{**row, **{name: league for name in row if name in NAMES}} for row in rows]
        for kind, rows in files.items()
    }


def seasons() -> dict[str, bool]:
    """The keys of all seasons, and whether each is current."""
    return dict(Season.objects.order_by("key").values_list("key", "is_current"))


def what_is_in(key: str) -> list[list]:
    """All that a season has, without ids."""
    return [
        sorted(map(repr, rows))
        for rows in (
            Team.objects.filter(season__key=key).values_list("name", "is_active", "season__starts_on"),
            RosterSpot.objects.filter(team__season__key=key).values_list(
                "player__external_id", "team__name", "wins", "is_active"
            ),
            Standing.objects.filter(team__season__key=key).values_list("team__name", "points", "is_active"),
            ScheduledMatch.objects.filter(season__key=key).values_list(
                "home_team__name", "away_team__name", "date", "is_active", "home_team__season__key"
            ),
            MatchScore.objects.filter(season__key=key).values_list(
                "home_team__name", "away_team__name", "date", "is_active", "home_team__season__key"
            ),
        )
    ]


@pytest.fixture
def last_season(snapshot) -> list[list]:
    """The first season is imported; what it has."""
    imported(snapshot(**first_season()))
    return what_is_in("2024")


def test_the_first_season_is_named_by_the_dates_of_the_schedule(snapshot):
    imported(snapshot(schedules=[match(date="09/24/2024"), match("Oak 1", "Elm 1", date="03/11/2025")]))
    season = Season.objects.get()
    assert (season.key, season.name, season.is_current) == ("2024-25", "2024–25", True)
    assert (str(season.starts_on), str(season.ends_on)) == ("2024-09-24", "2025-03-11")
    assert {team.season for team in Team.objects.all()} == {season}


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


@pytest.mark.parametrize("named", ["2024_2025", "Season 2024/25", "2024-25"])
def test_rows_are_of_the_season_they_name(snapshot, named):
    imported(snapshot(players=players(season=named), schedules=schedule(season=named)))
    imported(snapshot(players=players(Season="2025-26"), schedules=schedule(1, season="2025-26")))
    assert seasons() == {"2024-25": False, "2025-26": True}
    assert [len(rows) for rows in what_is_in("2024-25")] == [4, 16, 0, 12, 0]


@pytest.mark.parametrize("path", ["2023_2024/players.json", "players_2023-24.json"])
def test_a_file_or_folder_may_name_the_season(snapshot, path):
    folder = snapshot(players=players())
    target = folder / path
    target.parent.mkdir(exist_ok=True)
    (folder / "players.json").rename(target)
    imported(folder)
    assert seasons() == {"2023-24": True}


def test_a_name_that_means_the_season_of_these_dates_opens_none(snapshot, last_season):
    imported(snapshot(**{**first_season(), "schedules": schedule(season="2024-25")}))
    assert seasons() == {"2024": True}


def test_the_first_snapshot_may_name_the_season_in_some_of_its_rows_only(snapshot):
    imported(snapshot(players=players(season="2024-25"), schedules=schedule(), series_stats=tables()))
    assert seasons() == {"2024-25": True}
    assert [len(rows) for rows in what_is_in("2024-25")] == [4, 16, 4, 12, 0]


@pytest.mark.parametrize("day", ["10/01/2035", "10/01/1925"])
def test_a_match_with_a_wrong_year_opens_no_season_and_stretches_none(snapshot, last_season, day):
    imported(snapshot(**{**first_season(), "schedules": [*schedule(), match(date=day)]}))
    season = Season.objects.get()
    assert (season.starts_on.year, season.ends_on.year) == (2024, 2024)
    imported(snapshot(**next_season()))
    assert seasons() == {"2024": False, "2025": True}


@MODES
def test_a_few_rows_of_a_season_that_is_over_do_not_say_that_the_rest_has_left(snapshot, last_season, rebuild):
    """The files are of the new season, but for one late correction each."""
    files = next_season()
    imported(snapshot(**files))
    files["schedules"] = [schedule()[0], *schedule(1)]
    files["match_history"] = [lines()[5], *lines(1)]
    imported(snapshot(**files), rebuild=rebuild)
    assert what_is_in("2024") == last_season
    assert [len(rows) for rows in what_is_in("2025")[3:]] == [12, 12]


@pytest.mark.parametrize("day", ["10/01/1925", "10/01/2035"])
def test_a_match_with_a_wrong_year_is_none_of_last_season(snapshot, last_season, day):
    files = next_season()
    imported(snapshot(**files))
    imported(snapshot(**{**files, "schedules": [*schedule(1), match(date=day)]}))
    assert what_is_in("2024") == last_season


def test_several_matches_with_a_wrong_year_stretch_no_season(snapshot, last_season):
    misdated = [{**row, "date": f"10/0{number + 1}/2035"} for number, row in enumerate(schedule()[:2])]
    imported(snapshot(**{**first_season(), "schedules": [*misdated, *schedule()[2:]]}))
    assert Season.objects.get().ends_on.year == 2024
    imported(snapshot(**first_season()))
    imported(snapshot(**next_season()))
    assert seasons() == {"2024": False, "2025": True}


@MODES
def test_a_file_that_begins_to_name_the_season_it_is_in_opens_none(snapshot, last_season, rebuild):
    imported(snapshot(**{**first_season(), "players": players(season="2024-25")}), rebuild=rebuild)
    assert seasons() == {"2024": True}


def test_what_rows_name_counts_more_than_what_their_figures_say(snapshot):
    named = {"players": players(season="2024-25"), "series_stats": tables(season="2024-25")}
    imported(snapshot(**named, schedules=schedule()))
    reset = {"players": players(season="2024-25", records=False), "series_stats": tables(0, season="2024-25")}
    imported(snapshot(**reset, schedules=schedule()))
    assert seasons() == {"2024-25": True}


def test_dates_count_more_than_the_season_an_operator_asked_for(snapshot, last_season):
    imported(snapshot(**first_season()), seasons=given(asked=[f"{LEAGUE}=2023"]))
    assert what_is_in("2024")[3:] == last_season[3:]
    assert what_is_in("2023")[3:] == [[], []]


def test_a_new_season_that_would_come_before_the_last_one_is_refused(snapshot, last_season):
    run = run_of(snapshot(**first_season()), seasons=given(opens=[f"{LEAGUE}=2020"]))
    assert run.status == ImportRun.Status.REFUSED
    assert "would come before 2024" in run.error


def test_a_season_is_known_however_its_years_are_written(snapshot):
    imported(snapshot(players=players(season="2024-25")))
    imported(snapshot(series_stats=tables()), seasons=given(asked=[f"{LEAGUE}=2024-2025"]))
    assert seasons() == {"2024-25": True}


def test_without_a_schedule_a_season_is_as_long_as_its_last_matches(snapshot):
    imported(snapshot(players=players(), match_history=lines() + lines(1)))
    season = Season.objects.get()
    assert (season.key, str(season.starts_on)) == ("2025", "2025-09-09")
    run = run_of(snapshot(players=players(records=False), match_history=lines() + lines(1)))
    assert run.cause == ImportRun.Cause.SEASON


def test_two_teams_of_different_seasons_are_never_made_one(snapshot, last_season):
    imported(snapshot(**next_season()))
    old, new = (Team.objects.get(name="Oak 1", season__key=key) for key in ("2024", "2025"))
    assert reasons_against(Team, old.pk, new.pk) == ["Oak 1 is of 2024, Oak 1 of 2025: a team is a team of one season."]


def test_an_operator_may_say_which_season_rows_are_of(snapshot, last_season):
    run = imported(snapshot(series_stats=tables(5)), seasons=given(asked=[f"{LEAGUE}=2023"]))
    assert seasons() == {"2023": False, "2024": True}
    assert what_is_in("2024") == last_season
    assert run.answers == [f"season {LEAGUE}=2023"]


@MODES
def test_a_late_correction_changes_only_the_row_of_its_season(snapshot, last_season, rebuild):
    imported(snapshot(**next_season()))
    new = what_is_in("2025")
    corrected = lines()
    corrected[0]["Scores"] = "7-5, 7-5"
    imported(snapshot(**{**next_season(), "match_history": corrected}), rebuild=rebuild)
    assert MatchScore.objects.get(scores="7-5, 7-5").season.key == "2024"
    assert (what_is_in("2024"), what_is_in("2025")) == (last_season, new)


def test_a_schedule_that_alternates_between_two_seasons_settles(snapshot, last_season):
    imported(snapshot(**next_season()))
    settled = what_is_in("2024"), what_is_in("2025")
    for year in (0, 1, 0, 1):
        run = imported(snapshot(**{**next_season(), "schedules": schedule(year)}))
        assert (what_is_in("2024"), what_is_in("2025")) == settled
        assert run.counts["things"].get("scheduled matches", {}).get("inserted", 0) == 0


@MODES
def test_last_seasons_files_may_come_once_more_for_a_night(snapshot, last_season, rebuild):
    imported(snapshot(**next_season()))
    new = what_is_in("2025")
    corrected = lines()
    corrected[0]["Scores"] = "7-5, 7-5"
    imported(snapshot(**{**first_season(), "match_history": corrected}), rebuild=rebuild)
    assert (what_is_in("2024"), what_is_in("2025")) == (last_season, new)
    imported(snapshot(**next_season()), rebuild=rebuild)
    assert (what_is_in("2024"), what_is_in("2025")) == (last_season, new)


@MODES
def test_a_third_season_leaves_both_others_as_they_were(snapshot, last_season, rebuild):
    imported(snapshot(**next_season()), rebuild=rebuild)
    played = {"players": players(gone=3, moved=True), "schedules": schedule(1), "series_stats": tables(6)}
    imported(snapshot(**played, match_history=lines() + lines(1)), rebuild=rebuild)
    second = what_is_in("2025")
    third = {"players": players(records=False, gone=5), "schedules": schedule(2), "series_stats": tables(0)}
    imported(snapshot(**third, match_history=lines() + lines(1)), rebuild=rebuild)
    assert seasons() == {"2024": False, "2025": False, "2026": True}
    assert (what_is_in("2024"), what_is_in("2025")) == (last_season, second)


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


def test_the_sources_own_team_ids_tell_which_team_plays_on(snapshot):
    """Half of the people of Elm are gone, and the label passed on, but the id did not."""
    before, after = first_season(), next_season()
    before["players"] = [{**row, "Team ID": f"id of {row['Club']}"} for row in before["players"]]
    exchanged = {"Elm": "Oak", "Oak": "Elm"}
    after["players"] = [
        {**row, "Team ID": f"id of {exchanged.get(row['Club'], row['Club'])}"} for row in after["players"]
    ]
    imported(snapshot(**before))
    old = what_is_in("2024")
    imported(snapshot(**after))
    assert what_is_in("2024") == old
    links = Team.objects.filter(previous__isnull=False).values_list("name", "previous__name")
    assert set(links) == {("Elm 1", "Oak 1"), ("Oak 1", "Elm 1"), ("Ash 1", "Ash 1"), ("Fir 1", "Fir 1")}


@MODES
def test_a_file_of_two_seasons_gives_each_match_the_teams_of_its_own(snapshot, last_season, rebuild):
    both = {**next_season(), "schedules": schedule() + schedule(1), "match_history": lines() + lines(1)}
    imported(snapshot(**both), rebuild=rebuild)
    assert what_is_in("2024") == last_season
    for rows in what_is_in("2025")[3:]:
        assert len(rows) == 12
        assert all("'2025'" in row for row in rows)
    assert imported(snapshot(**both), force=True).status == ImportRun.Status.UNCHANGED


@MODES
def test_who_is_gone_stays_a_player_with_the_last_team_and_all_others_have_both(snapshot, last_season, rebuild):
    imported(snapshot(**next_season()), rebuild=rebuild)
    gone, here = Player.objects.get(external_id="p0"), Player.objects.get(external_id="p4")
    assert gone.is_active
    assert [spot.team.season.key for spot in gone.roster_spots.filter(is_active=True)] == ["2024"]
    on = here.roster_spots.filter(is_active=True).order_by("team__season__key")
    assert [(spot.team.season.key, spot.team.name) for spot in on] == [("2024", "Oak 1"), ("2025", "Elm 1")]


@MODES
def test_what_was_written_stays_with_the_people_of_that_year(snapshot, last_season, rebuild):
    elm = Team.objects.get(name="Elm 1")
    message, link = (
        CaptainMessageFactory(team=elm),
        PlayerAssociationFactory(player=Player.objects.get(external_id="p4")),
    )
    imported(snapshot(**next_season()), rebuild=rebuild)
    message.refresh_from_db()
    link.refresh_from_db()
    assert (message.team.season.key, message.team.name, message.team.is_active) == ("2024", "Elm 1", True)
    assert link.player.external_id == "p4"


def test_who_leaves_in_the_middle_of_a_season_leaves_that_season_only(snapshot, last_season):
    imported(snapshot(**next_season()))
    without = {**next_season(), "players": next_season()["players"][1:]}
    imported(snapshot(**without))
    spots = RosterSpot.objects.filter(player__external_id="p3").order_by("team__season__key")
    assert [(spot.team.season.key, spot.is_active) for spot in spots] == [("2024", True), ("2025", False)]


def test_too_many_rows_that_are_gone_are_counted_within_the_season(snapshot, last_season):
    imported(snapshot(**next_season()))
    run = run_of(snapshot(**{**next_season(), "schedules": schedule(1)[:2]}))
    assert run.status == ImportRun.Status.REFUSED
    assert "would lose 10 of its 12 active scheduled matches" in run.error


@MODES
def test_undo_takes_the_season_back(snapshot, last_season, rebuild):
    before = dump(but=())
    before = {name: rows for name, rows in before.items() if name.startswith("leagues_")}
    run = imported(snapshot(**next_season()), rebuild=rebuild)
    undone(run)
    after = dump()
    assert {name: after[name] for name in before} == before


def test_a_team_plays_on_as_the_one_with_most_of_its_people(snapshot, last_season):
    imported(snapshot(**next_season()))
    links = Team.objects.filter(previous__isnull=False).values_list("name", "previous__name", "previous__season__key")
    assert set(links) == {
        ("Elm 1", "Oak 1", "2024"),
        ("Ash 1", "Ash 1", "2024"),
        ("Fir 1", "Fir 1", "2024"),
    }


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
