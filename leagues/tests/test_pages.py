from datetime import date, timedelta

import pytest
from django.utils import timezone

from leagues.models import Player, Team
from leagues.season import from_away_side, lines_of, results
from leagues.tests.factories import (
    CaptainMessageFactory,
    MatchScoreFactory,
    PlayerFactory,
    PlayerHistoryFactory,
    PracticeTimeFactory,
    RosterSpotFactory,
    ScheduledMatchFactory,
    StandingFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def fill(team, times):
    """Make so many of everything a page may show, each with rows of its own."""
    soon = timezone.localdate() + timedelta(days=1)
    for n in range(times):
        opponent = TeamFactory(league=team.league, series=team.series)
        StandingFactory(team=opponent, points=n)
        ScheduledMatchFactory(home_team=team, away_team=opponent, date=soon + timedelta(days=n))
        player, partner, rival = PlayerFactory.create_batch(3, league=team.league)
        RosterSpotFactory(player=player, team=team)
        for line in (1, 2):
            MatchScoreFactory(
                home_team=opponent,
                away_team=team,
                date=date(2025, 10, 1) + timedelta(days=n),
                line=line,
                home_player_1=rival,
                away_player_1=player,
                away_player_2=partner,
            )
        PlayerHistoryFactory(player=player, date=date(2025, 1, 1) + timedelta(days=n))
        PracticeTimeFactory(team=team, date=soon)
        CaptainMessageFactory(team=team)


def test_home_shows_standings_schedule_results_and_what_the_captain_says(member, login, team):
    StandingFactory(team=team, points=99)
    fill(team, 2)
    page = login(member).get("/")
    assert page.context["standings"][0].team == team
    assert len(page.context["upcoming"]) == 2
    assert [result.lost for result in page.context["results"]] == [2, 2]
    content = page.content.decode()
    for text in ("Elm 5", "99", "Bring two balls", "Practice"):
        assert text in content


PAGES = ["/", "/switch/", "league", "series", "team", "player", "/settings/"]


def path_of(page, team):
    if page.startswith("/"):
        return page
    player = Player.objects.filter(roster_spots__team=team).first()
    return {"league": team.league, "series": team.series, "team": team, "player": player}[page].get_absolute_url()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_takes_as_many_queries_for_many_rows_as_for_few(
    page, member, login, team, django_assert_num_queries, django_assert_max_num_queries
):
    fill(team, 2)
    client, path = login(member), path_of(page, team)
    client.get(path)
    with django_assert_max_num_queries(17) as few:
        assert client.get(path).status_code == 200
    fill(team, 4)
    with django_assert_num_queries(len(few.captured_queries)):
        client.get(path)


def test_a_user_without_a_player_is_shown_the_way_on(login, team):
    page = login(UserFactory(league_context=team.league)).get("/")
    assert f"/settings/player/{team.league.key}/" in page.content.decode()


def test_a_user_without_a_league_is_shown_the_way_on(login):
    assert "Pick a league" in login(UserFactory()).get("/").content.decode()


def test_pages_live_under_natural_keys_whatever_characters_they_hold(member, login, team):
    Team.objects.filter(pk=team.pk).update(squad="T1.a_b-2")
    team.refresh_from_db()
    player = PlayerFactory(league=team.league, external_id="nndz-a.b_c/d==")
    client = login(member)
    assert team.get_absolute_url() == f"/l/{team.league.key}/t/{team.series.key}/{team.club.key}/T1.a_b-2/"
    for target in (team, player):
        assert client.get(target.get_absolute_url()).status_code == 200


def test_a_bookmark_survives_new_ids(member, login, team):
    client, path = login(member), team.get_absolute_url()
    assert client.get(path).status_code == 200
    kept = {name: getattr(team, name) for name in ("league", "season", "series", "club", "squad")}
    team.delete()
    again = Team.objects.create(**kept, name="Elm 5 anew")
    page = client.get(path)
    assert page.context["team"] == again


def test_what_is_gone_is_a_404_that_helps(member, login, team):
    near = TeamFactory(league=team.league, series=team.series, club=team.club, squad="II", name="Elm 5 II")
    page = login(member).get(f"/l/{team.league.key}/t/99/{team.club.key}/")
    assert page.status_code == 404
    assert {team, near} <= set(page.context["near"])
    content = page.content.decode()
    assert near.get_absolute_url() in content
    assert "does not play" in content


@pytest.mark.parametrize("path", ["/l/nowhere/", "/l/{league}/s/99/", "/l/{league}/p/nobody/", "/nothing/at/all/"])
def test_every_unknown_address_is_a_404_page_of_ours(member, login, team, path):
    page = login(member).get(path.format(league=team.league.key))
    assert page.status_code == 404
    assert "Go home" in page.content.decode()


def test_an_inactive_team_or_player_still_has_its_page(member, login, team):
    gone = TeamFactory(league=team.league, is_active=False)
    player = PlayerFactory(league=team.league, is_active=False)
    client = login(member)
    for target in (gone, player):
        assert "no longer plays" in client.get(target.get_absolute_url()).content.decode()


def test_a_refreshed_session_is_told_once_and_can_be_dismissed(member, login):
    client = login(member)
    client.get("/")
    session = client.session
    session["context"] = {**session["context"], "version": -1}
    session.save()
    first, second = client.get("/"), client.get("/")
    assert first["X-Session-Refreshed"] == "true"
    assert 'id="session-refreshed"' in first.content.decode()
    assert "data-dismiss" in first.content.decode()
    assert "X-Session-Refreshed" not in second
    assert 'id="session-refreshed"' not in second.content.decode()


def test_results_put_lines_together_to_matches_as_the_team_sees_them(team):
    opponent = TeamFactory(league=team.league, series=team.series)
    for line, winner in ((1, "away"), (2, "home"), (3, "away"), (4, "unknown")):
        MatchScoreFactory(home_team=opponent, away_team=team, line=line, winner=winner, scores="6-4, 6-7 [5-7]")
    MatchScoreFactory(home_team=team, away_team=opponent, date=date(2025, 9, 1), winner="home")
    away, home = results(team, limit=5)
    assert (away.won, away.lost, away.at_home, away.opponent.team) == (2, 1, False, opponent)
    assert [line.number for line in away.lines] == [1, 2, 3, 4]
    assert away.lines[0].scores == "4-6, 7-6 [7-5]"
    assert (home.won, home.lost, home.at_home) == (1, 0, True)
    assert [result.date for result in results(team, limit=1)] == [away.date]


def test_a_players_lines_are_found_in_every_seat(team):
    player = PlayerFactory(league=team.league)
    for n, seat in enumerate(("home_player_1", "home_player_2", "away_player_1", "away_player_2")):
        MatchScoreFactory(home_team=team, date=date(2025, 9, 4 - n), winner="home", **{seat: player})
    assert [line.won for line in lines_of(player, limit=9)] == [1, 1, 0, 0]


def test_scores_that_are_no_scores_stay_as_they_are():
    assert from_away_side("Retired") == "Retired"
