"""What the data cannot tell an operator settles by an alias; the next run of the same files heeds it."""

import pytest
from django.core.exceptions import ValidationError

from etlimport.models import Alias, IdentityChange, ImportRun
from etlimport.tests.sources import imported, line, player, roster, standing, two_teams
from leagues.models import Club, League, MatchScore, Player, Series, Team

pytestmark = pytest.mark.django_db
KIND = IdentityChange.Kind


def test_an_alias_tells_the_team_of_a_label_in_files_already_known(snapshot):
    files = {"players": two_teams(), "match_history": [line("The Elms", "Oak 1", people=("", "", "", ""))]}
    imported(snapshot(**files))
    assert MatchScore.objects.get().home_team is None
    Alias.objects.create(kind=KIND.TEAM, league_key="nstf", label="the  elms", means="Elm 1")
    assert imported(snapshot(**files)).status == ImportRun.Status.PUBLISHED
    assert MatchScore.objects.get().home_team.name == "Elm 1"
    assert imported(snapshot(**files)).status == ImportRun.Status.UNCHANGED


def test_a_teams_own_alias_tells_it_under_its_new_label(snapshot):
    imported(snapshot(players=two_teams()))
    elm = Team.objects.get(name="Elm 1")
    Team.objects.filter(pk=elm.pk).update(alias="Willow 1")
    people = roster("New One", "New Two", team="Willow 1", club="Willow", start=20)
    imported(snapshot(players=[*people, *two_teams()[4:]]), force=True)
    assert Team.objects.get(name="Willow 1").pk == elm.pk


def test_an_alias_tells_a_league(snapshot):
    imported(snapshot(players=two_teams()))
    Alias.objects.create(kind=KIND.LEAGUE, label="North Shore", means="NSTF")
    imported(snapshot(players=[row | {"League": "North Shore"} for row in two_teams()]))
    assert League.objects.count() == 1
    assert Player.objects.count() == 8


def test_an_alias_tells_a_club(snapshot):
    Alias.objects.create(kind=KIND.CLUB, label="Elmhurst PTC", means="Elm")
    imported(
        snapshot(players=[*two_teams(), player("p9", "Zoe", team="Elm 2", club="Elmhurst PTC", series="Series 2")])
    )
    assert set(Club.objects.values_list("name", flat=True)) == {"Elm", "Oak"}


def test_an_alias_tells_a_series(snapshot):
    Alias.objects.create(kind=KIND.SERIES, league_key="nstf", label="Premier", means="Series 1")
    imported(snapshot(players=two_teams(), series_stats=[standing(series="Premier")]))
    assert Series.objects.count() == 1
    assert Team.objects.count() == 2


def test_an_alias_tells_a_player_whose_id_and_name_are_new(snapshot):
    imported(snapshot(players=two_teams()))
    ann = Player.objects.get(external_id="p1").pk
    Alias.objects.create(kind=KIND.PLAYER, league_key="nstf", label="p77", means="p1")
    run = imported(snapshot(players=[player("p77", "Anna", "Quist-Moore"), *two_teams()[1:]]))
    assert Player.objects.get(external_id="p77").pk == ann
    assert run.identity_changes.get(kind=KIND.PLAYER).layer == IdentityChange.Layer.ALIAS


def test_an_alias_of_one_league_is_none_in_another(snapshot):
    Alias.objects.create(kind=KIND.TEAM, league_key="cita", label="The Elms", means="Elm 1")
    imported(snapshot(players=two_teams(), match_history=[line("The Elms", "Oak 1", people=("", "", "", ""))]))
    assert MatchScore.objects.get().home_team is None


@pytest.mark.parametrize(("league", "key"), [("nstf", "nstf"), ("NSTF", "nstf"), (" Nstf ", "nstf"), ("", "")])
def test_an_alias_is_of_a_league_by_its_key_or_its_code(snapshot, league, key):
    imported(snapshot(players=two_teams()))
    alias = Alias(kind=KIND.TEAM, league_key=league, label="The Elms", means="Elm 1")
    alias.full_clean()
    assert alias.league_key == key


@pytest.mark.parametrize("wrong", [{"league_key": "nowhere"}, {"kind": "league", "league_key": "", "means": "Nowhere"}])
def test_an_alias_of_a_league_nobody_knows_is_refused(snapshot, wrong):
    imported(snapshot(players=two_teams()))
    alias = Alias(**({"kind": "team", "league_key": "", "label": "The Elms", "means": "Elm 1"} | wrong))
    with pytest.raises(ValidationError, match=r"There is no league .* Known are: NSTF"):
        alias.full_clean()
