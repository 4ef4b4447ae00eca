"""Nothing of a season that is over changes, but by rows of its own, and its people keep what they have there."""

import pytest

from etlimport.models import ImportRun
from etlimport.settle.evidence import reasons_against
from etlimport.tests.seasons import (
    MODES,
    first_season,
    lines,
    next_season,
    players,
    schedule,
    seasons,
    tables,
    what_is_in,
)
from etlimport.tests.sources import dump, imported, run_of
from etlimport.tests.undoing import undone
from leagues.models import MatchScore, Player, RosterSpot, Team
from leagues.tests.factories import CaptainMessageFactory, PlayerAssociationFactory

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_last_seasons_tables_sent_once_more_are_of_last_season_also_with_rows_that_are_repeated(snapshot):
    """The repeated rows contradict the first ones, which count."""
    old = [*tables(), *(row | {"points": 99} for row in tables()[:2])]
    imported(snapshot(**{**first_season(), "series_stats": old}))
    before = what_is_in("2024")
    imported(snapshot(**next_season()))
    new = what_is_in("2025")
    imported(snapshot(**{**next_season(), "series_stats": old}))
    assert (what_is_in("2024"), what_is_in("2025")) == (before, new)


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


def test_two_teams_of_different_seasons_are_never_made_one(snapshot, last_season):
    imported(snapshot(**next_season()))
    old, new = (Team.objects.get(name="Oak 1", season__key=key) for key in ("2024", "2025"))
    assert reasons_against(Team, old.pk, new.pk) == ["Oak 1 is of 2024, Oak 1 of 2025: a team is a team of one season."]
