"""Leagues, clubs, series and teams are known again in the next snapshot, however they are labelled there."""

import json
from itertools import pairwise

import pytest

from etlimport.tests.sources import imported, match, player, roster, standing, two_teams
from leagues.models import Club, League, Player, RosterSpot, ScheduledMatch, Team

pytestmark = pytest.mark.django_db


def test_a_league_whose_code_changes_its_case_is_the_same(snapshot):
    imported(snapshot(players=roster("Ann Hale", "Bea Irwin")))
    ids = set(League.objects.values_list("pk"))
    imported(snapshot(players=roster("Ann Hale", "Bea Irwin", League="nstf")))
    assert set(League.objects.values_list("pk")) == ids


def test_restyled_series_and_teams_keep_their_rows(snapshot):
    def season(style: str, between: str) -> dict:
        return {
            "players": [
                player(f"{club}{number}", club, f"No {number}", f"{club}{between}{number}", f"{style} {number}", club)
                for club in ("Elm", "Oak")
                for number in (1, 2, 3)
            ]
        }

    imported(snapshot(**season("Chicago", " - ")))
    before = set(Team.objects.values_list("pk", "series_id", "club_id"))
    run = imported(snapshot(**season("Flight", " #")))
    assert set(Team.objects.values_list("pk", "series_id", "club_id")) == before
    assert Team.objects.filter(is_active=True).count() == 6
    assert run.counts["things"]["series"]["inserted"] == 0


def test_a_renamed_club_keeps_its_row_and_its_teams(snapshot):
    names = [("Elm", number) for number in (1, 2)] + [("Oak", number) for number in (1, 2)]

    def season(spelled: dict) -> list:
        return [
            player(f"{club}{n}{who}", f"{who}{club}", "Hale", f"{spelled[club]} {n}", f"Series {n}", club=spelled[club])
            for club, n in names
            for who in "ABCD"
        ]

    imported(snapshot(players=season({"Elm": "Elm", "Oak": "Oak"})))
    elm, teams = Club.objects.get(name="Elm"), set(Team.objects.values_list("pk", flat=True))
    run = imported(snapshot(players=season({"Elm": "Elm Park Racquet", "Oak": "Oak"})))
    elm.refresh_from_db()
    assert elm.name == "Elm Park Racquet"
    assert set(Team.objects.values_list("pk", flat=True)) == teams
    assert run.identity_changes.filter(kind="team", layer="shared roster").count() == 2


def test_squads_that_exchange_their_labels_are_told_by_their_rosters(snapshot):
    one, two = ("Ann Hale", "Bea Irwin"), ("Eve Lund", "Flo Marsh")
    imported(snapshot(players=roster(*one, team="Elm I - 1") + roster(*two, team="Elm II - 1", start=3)))
    spots = set(RosterSpot.objects.values_list("player__external_id", "team_id"))
    imported(snapshot(players=roster(*one, team="Elm II - 1") + roster(*two, team="Elm I - 1", start=3)))
    active = RosterSpot.objects.filter(is_active=True)
    assert set(active.values_list("player__external_id", "team_id")) == spots
    assert active.get(player__external_id="p1").team.name == "Elm II - 1"


def test_a_league_is_not_taken_for_an_absent_one_whose_ids_other_people_bear(snapshot):
    imported(snapshot(players=two_teams()))
    strangers = [player(row["Player ID"], "Zoe", f"Of {row['Last Name']}", League="CITA") for row in two_teams()[:7]]
    imported(snapshot(players=strangers))
    assert set(League.objects.values_list("key", flat=True)) == {"nstf", "cita"}


def test_a_league_that_took_in_all_of_a_small_absent_one_is_another(snapshot):
    imported(snapshot(players=two_teams()[:3]))
    imported(snapshot(players=[row | {"League": "CITA"} for row in two_teams()]))
    assert set(League.objects.values_list("key", flat=True)) == {"nstf", "cita"}


def test_a_league_the_source_still_names_has_not_left_though_it_was_not_asked_for(snapshot):
    imported(snapshot(players=two_teams()))
    both = two_teams() + [row | {"League": "SUMMER"} for row in two_teams()]
    imported(snapshot(players=both), leagues=("SUMMER",))
    assert set(League.objects.values_list("key", flat=True)) == {"nstf", "summer"}


def test_a_renamed_league_is_known_by_its_people(snapshot):
    imported(snapshot(players=two_teams()))
    league = League.objects.get().pk
    imported(snapshot(players=[row | {"League": "NORTH"} for row in two_teams()]))
    assert (League.objects.get().pk, League.objects.get().key) == (league, "north")


@pytest.mark.parametrize("squad", ["1" * 60, "İ" * 60, "ß" * 60])
def test_a_squad_longer_than_its_column_is_a_squad(snapshot, squad):
    long = [row | {"Series Mapping ID": f"Elm ({squad})"} for row in two_teams()[:4]]
    imported(snapshot(players=[*long, *two_teams()]))
    teams = Team.objects.filter(club__name="Elm").values_list("name", flat=True)
    assert set(teams) == {"Elm 1", f"Elm ({squad})"}


def without_rosters(*teams: str) -> dict:
    """A league that has a schedule and a table and no players."""
    fixtures = [match(home, away, date=f"10/{day:02}/2024") for day, (home, away) in enumerate(pairwise(teams), 1)]
    return {"schedules": fixtures, "series_stats": [standing(team) for team in teams]}


@pytest.mark.parametrize("newcomer", ["Elm II", "Elm 2", "Elm A"])
def test_a_label_that_did_not_change_is_the_same_team_when_a_second_squad_joins(snapshot, newcomer):
    first = {"Elm II": "Elm I", "Elm 2": "Elm 1", "Elm A": "Elm B"}[newcomer]
    imported(snapshot(**without_rosters(first, "Oak", "Fir")))
    before = Team.objects.get(name=first)
    imported(snapshot(**without_rosters(first, "Oak", "Fir", newcomer)))
    assert Team.objects.get(name=first, is_active=True).pk == before.pk
    assert Team.objects.filter(is_active=True).count() == 4
    imported(snapshot(**without_rosters(first, "Oak", "Fir")))
    assert Team.objects.get(name=first, is_active=True).pk == before.pk


@pytest.mark.parametrize("remark", ["(Withdrawn)", "[withdrawn]", "(Dropped)"])
def test_a_team_that_has_withdrawn_is_the_team_it_was(snapshot, remark):
    imported(snapshot(**without_rosters("Elm", "Oak", "Fir")))
    before = Team.objects.get(name="Oak")
    imported(snapshot(**without_rosters("Elm", f"Oak {remark}", "Fir")))
    assert Team.objects.get(pk=before.pk).is_active
    assert Team.objects.count() == 3


@pytest.mark.parametrize("code", ["APTACHICAGO", "apta chicago", "APTA-Chicago", "ATPA_CHICAGO"])
def test_a_misspelled_league_code_is_that_league_and_told(snapshot, code):
    rows = [row | {"League": "APTA_CHICAGO"} for row in two_teams()]
    imported(snapshot(players=rows))
    run = imported(snapshot(players=[row | {"League": code} for row in rows]))
    assert League.objects.count() == 1
    assert Player.objects.filter(is_active=True).count() == 8
    is_new_spelling = code in ("APTACHICAGO", "ATPA_CHICAGO")
    assert any("is taken for 'APTA_CHICAGO'" in warning for warning in run.warnings) == is_new_spelling


def test_a_league_of_another_code_is_another_league(snapshot):
    rows = two_teams()
    imported(snapshot(players=rows))
    imported(snapshot(players=[*rows, player("q1", "Uma", "Vale", League="NSTE")]))
    assert League.objects.count() == 2


def a_night() -> dict[str, list[dict]]:
    return {
        "players": two_teams(),
        "schedules": [match(), match("Oak 1", "Elm 1", "10/01/2024")],
        "series_stats": [standing(), standing("Oak 1")],
    }


def active_rows() -> list[set[int]]:
    models = (Team, ScheduledMatch, RosterSpot)
    return [set(model.objects.filter(is_active=True).values_list("pk", flat=True)) for model in models]


def test_a_team_that_one_file_renames_before_the_others_is_one_team(snapshot):
    night = a_night()
    imported(snapshot(**night))
    before = active_rows()
    renamed = json.loads(json.dumps(night).replace("Oak 1", "Maple 1"))
    imported(snapshot(**night | {"players": renamed["players"]}))
    assert active_rows() == before
    assert set(Team.objects.values_list("name", flat=True)) == {"Elm 1", "Oak 1"}
    assert RosterSpot.objects.filter(team__name="Oak 1", is_active=True).count() == 4
    imported(snapshot(**renamed))
    assert active_rows() == before
    assert set(Team.objects.values_list("name", flat=True)) == {"Elm 1", "Maple 1"}


@pytest.mark.parametrize("kind", ["schedules", "series_stats", "players"])
def test_teams_of_a_file_that_tells_their_series_otherwise_for_a_night_are_the_same(snapshot, kind):
    night = a_night()
    imported(snapshot(**night))
    before = active_rows()
    imported(snapshot(**night | {kind: [without_series(row) for row in night[kind]]}))
    assert active_rows() == before
    imported(snapshot(**night))
    assert active_rows() == before


def without_series(row: dict) -> dict:
    return row | {name: "NR" for name in ("series", "Series") if name in row}


@pytest.mark.parametrize("series", ["Elm", "Oak", "Series 9", ""])
def test_a_fixture_whose_row_tells_another_series_is_of_the_same_teams(snapshot, series):
    fixtures = [match(), match("Oak 1", "Elm 1", "10/01/2024"), match(date="10/08/2024")]
    night = {"players": two_teams(), "series_stats": [standing(), standing("Oak 1")]}
    imported(snapshot(**night, schedules=fixtures))
    before = set(ScheduledMatch.objects.values_list("pk", "home_team_id"))
    imported(snapshot(**night, schedules=[fixtures[0], fixtures[1] | {"series": series}, fixtures[2]]))
    assert set(ScheduledMatch.objects.filter(is_active=True).values_list("pk", "home_team_id")) == before
    assert Team.objects.count() == 2
