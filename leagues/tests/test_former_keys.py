import pytest

from leagues.former_keys import current_key, remember_former_keys
from leagues.models import Player
from leagues.tests.factories import PlayerFactory, RosterSpotFactory, TeamFactory

pytestmark = pytest.mark.django_db


def remember(*changes):
    """Each change: kind, league_key, former_key, current_key."""
    text = "CAST(%s AS varchar(500))"
    row = f"SELECT {text} AS kind, {text} AS league_key, {text} AS former_key, {text} AS current_key"
    return remember_former_keys(" UNION ALL ".join([row] * len(changes)), [value for one in changes for value in one])


def rename(row, key, field="key"):
    former = getattr(row, field)
    type(row).objects.filter(pk=row.pk).update(**{field: key})
    return former


def test_an_old_address_of_a_renamed_series_and_club_leads_to_the_new_one(member, login, team):
    old = [team.series.get_absolute_url(), team.get_absolute_url()]
    remember(
        ("series", team.league.key, rename(team.series, "new-series"), "new-series"),
        ("club", "", rename(team.club, "new-club"), "new-club"),
    )
    client = login(member)
    new = [client.get(address, follow=True) for address in old]
    assert [page.redirect_chain[-1][0] for page in new] == [
        f"/l/{team.league.key}/s/new-series/",
        f"/l/{team.league.key}/t/new-series/new-club/",
    ]
    assert [page.status_code for page in new] == [200, 200]


def test_an_old_address_of_a_player_of_a_renamed_league_leads_on(member, login, team):
    player = Player.objects.get(association__user=member)
    old = player.get_absolute_url()
    remember(
        ("league", "", rename(team.league, "new-league"), "new-league"),
        ("player", "new-league", rename(player, "NEW-1", "external_id"), "NEW-1"),
    )
    page = login(member).get(old, follow=True)
    assert page.status_code == 200
    assert page.context["player"] == player


def test_a_team_that_became_another_squad_is_found_by_its_own_former_key(member, login, team):
    old = team.get_absolute_url()
    rename(team, "II", "squad")
    remember(("team", team.league.key, f"{team.series.key}/{team.club.key}/", f"{team.series.key}/{team.club.key}/II"))
    assert login(member).get(old, follow=True).context["team"] == team


def test_what_is_there_now_wins_over_what_was(member, login, team):
    remember(("series", team.league.key, team.series.key, "elsewhere"))
    assert login(member).get(team.series.get_absolute_url()).status_code == 200


def test_several_changes_are_one_step_and_going_back_is_none():
    remember(("club", "", "a", "b"))
    remember(("club", "", "b", "c"))
    assert current_key("club", "a") == current_key("club", "b") == "c"
    remember(("club", "", "c", "a"))
    assert current_key("club", "b") == "a"


def test_a_former_key_is_its_kinds_and_its_leagues_own():
    remember(("series", "apta", "5", "five"))
    assert current_key("series", "5", "apta") == "five"
    assert current_key("series", "5", "nstf") is None
    assert current_key("player", "5", "apta") is None


def test_a_league_takes_along_what_was_remembered_within_it():
    remember(("series", "old", "5", "five"))
    remember(("league", "", "old", "new"))
    assert current_key("series", "5", "new") == "five"


def test_a_former_address_opens_no_league_that_is_not_open(member, login, other_team):
    RosterSpotFactory(team=other_team, player=PlayerFactory(league=other_team.league))
    remember(("league", "", "old-secret", other_team.league.key))
    answer = login(member).get("/l/old-secret/")
    assert answer.status_code == 404
    assert "Secret" not in answer.content.decode()


def test_nothing_is_remembered_of_what_did_not_change():
    assert remember(("club", "", "same", "same")) == 0
    assert current_key("club", "same") is None


def test_a_redirect_keeps_to_the_same_league(member, login, team):
    elsewhere = TeamFactory(series__key="new-series")
    remember(("series", elsewhere.league.key, "gone", "new-series"))
    assert login(member).get(f"/l/{team.league.key}/s/gone/").status_code == 404


def test_a_key_that_is_given_back_leads_nowhere_else(team):
    remember(("series", team.league.key, "old", "new"))
    remember(("series", team.league.key, "new", "old"))
    assert current_key("series", "old", team.league.key) is None
    assert current_key("series", "new", team.league.key) == "old"
