"""The past of a league can be browsed, and what people wrote in it is read by them alone."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from leagues.contexts import build_context
from leagues.models import FormerKey, Player, Season, Team
from leagues.selection import select_team
from leagues.tests.factories import (
    CaptainMessageFactory,
    MatchScoreFactory,
    PlayerAssociationFactory,
    PlayerFactory,
    PlayerHistoryFactory,
    PollFactory,
    PracticeTimeFactory,
    RosterSpotFactory,
    ScheduledMatchFactory,
    SeasonFactory,
    StandingFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def past(team) -> Season:
    """The season before that of `team`."""
    return SeasonFactory(league=team.league, key="2024-25", is_current=False)


@pytest.fixture
def before(team, past) -> Team:
    """The team that had the label of `team` in the season before."""
    return TeamFactory(season=past, league=team.league, series=team.series, club=team.club, name="Elm 5 of old")


@pytest.fixture
def former(before):
    """A user who was on the team before, and is on none now."""
    user = UserFactory(league_context=before.league)
    spot = RosterSpotFactory(team=before, player=PlayerFactory(league=before.league))
    PlayerAssociationFactory(user=user, player=spot.player, is_primary=True)
    return user


def page(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_each_season_has_pages_of_its_own_that_lead_to_each_other(member, login, team, before, past):
    StandingFactory(team=team, points=11)
    StandingFactory(team=before, points=22)
    client = login(member)
    league = page(client, team.league.get_absolute_url())
    assert past.get_absolute_url() in league
    old_league = page(client, past.get_absolute_url())
    assert team.season.get_absolute_url() in old_league
    assert past.address_of(team.series) in old_league
    old_series = page(client, past.address_of(team.series))
    assert "Final standings" in old_series
    assert ">22<" in old_series
    assert ">11<" not in old_series
    assert team.series.get_absolute_url() in old_series


def test_a_season_that_is_over_shows_its_whole_schedule(member, login, before, past):
    played = ScheduledMatchFactory(home_team=before)
    assert played.away_team.name in page(login(member), past.address_of(before.series))


def test_addresses_without_a_season_mean_the_current_one(member, login, team, before):
    assert team.get_absolute_url() == f"/l/{team.league.key}/t/{team.series.key}/{team.club.key}/"
    assert before.get_absolute_url() == f"/l/{team.league.key}/seasons/2024-25/t/{team.series.key}/{team.club.key}/"
    client = login(member)
    assert client.get(team.get_absolute_url()).context["team"] == team
    assert client.get(before.get_absolute_url()).context["team"] == before


def test_the_team_of_now_leads_to_the_one_of_that_label_before(member, login, team, before):
    shown = page(login(member), team.get_absolute_url())
    assert "Looking for 2024–25?" in shown
    assert before.get_absolute_url() in shown


def test_a_bookmark_of_a_team_that_does_not_play_any_more_leads_to_its_last_season(member, login, team, past):
    gone = TeamFactory(season=past, league=team.league, series=team.series)
    bookmark = f"/l/{team.league.key}/t/{gone.series.key}/{gone.club.key}/"
    response = login(member).get(bookmark)
    assert response.status_code == 302
    assert response.url == gone.get_absolute_url()


def test_a_team_leads_to_the_one_it_was_and_to_the_one_it_became(member, login, team, before):
    other = TeamFactory(league=team.league, series=team.series, previous=before, name="Oak 5")
    client = login(member)
    assert "In 2024–25 most of them played as" in page(client, other.get_absolute_url())
    shown = page(client, before.get_absolute_url())
    assert "In 2025–26 most of them play as" in shown
    assert other.get_absolute_url() in shown


def test_so_does_one_whose_club_was_renamed_before_the_team_stopped(member, login, team, past):
    gone = TeamFactory(season=past, league=team.league, series=team.series)
    FormerKey.objects.create(kind="club", former_key="old-club", current_key=gone.club.key)
    response = login(member).get(f"/l/{team.league.key}/t/{team.series.key}/old-club/")
    assert (response.status_code, response.url) == (302, gone.get_absolute_url())


@pytest.mark.parametrize("address", ["seasons/1999/", "seasons/1999/s/5/", "seasons/2024-25/t/99/elm/"])
def test_what_was_in_no_season_is_not_found(member, login, team, past, address):
    response = login(member).get(f"{team.league.get_absolute_url()}{address}")
    assert response.status_code == 404


def test_a_league_that_is_not_open_to_somebody_is_closed_in_every_season(member, login, other_team):
    past = SeasonFactory(league=other_team.league, key="2024-25", is_current=False)
    old = TeamFactory(season=past, league=other_team.league)
    client = login(member)
    for address in (past.get_absolute_url(), past.address_of(old.series), old.get_absolute_url()):
        assert client.get(address).status_code == 403


WRITTEN = ("Bring oranges", "Who drives?", "Court seven")


@pytest.fixture
def written(before) -> Team:
    CaptainMessageFactory(team=before, body=WRITTEN[0])
    PollFactory(team=before, question=WRITTEN[1])
    PracticeTimeFactory(team=before, location=WRITTEN[2])
    return before


def test_who_was_on_a_team_finds_what_was_written_there(former, login, written):
    shown = page(login(former), written.get_absolute_url())
    assert [text for text in WRITTEN if text not in shown] == []


def test_who_left_a_team_in_the_middle_of_the_season_does_not_read_on(member, login, team):
    CaptainMessageFactory(team=team, body=WRITTEN[0])
    client = login(member)
    assert WRITTEN[0] in page(client, team.get_absolute_url())
    team.roster_spots.update(is_active=False)
    assert WRITTEN[0] not in page(client, team.get_absolute_url())
    Season.objects.filter(pk=team.season_id).update(is_current=False)
    team.refresh_from_db()
    assert WRITTEN[0] not in page(client, Team.objects.get(pk=team.pk).get_absolute_url())


def test_who_has_the_label_now_does_not_read_what_was_written_before(member, login, team, written):
    client = login(member)
    for address in ("/", team.get_absolute_url(), written.get_absolute_url()):
        shown = page(client, address)
        assert [text for text in WRITTEN if text in shown] == []


def test_who_plays_on_sees_the_team_of_now_whatever_was_chosen_in_the_season_before(team, before):
    user = UserFactory(league_context=team.league, team_context=before)
    player = PlayerFactory(league=team.league)
    for played in (before, team):
        RosterSpotFactory(team=played, player=player)
    PlayerAssociationFactory(user=user, player=player, is_primary=True)
    assert build_context(user.pk)["team_id"] == team.pk


def test_who_is_on_no_team_yet_stays_with_the_last_one_and_is_told_so(former, login, before):
    client = login(former)
    assert client.get("/").context["team"] == before
    shown = page(client, "/")
    assert "You are on no team of the new season yet" in shown
    assert before.get_absolute_url() in shown


def test_who_only_looks_at_a_team_of_last_season_is_not_told_to_be_on_none(login, before):
    client = login(UserFactory(is_staff=True, league_context=before.league, team_context=before))
    assert client.get("/").context["team"] == before
    assert "You are on no team of the new season yet" not in page(client, "/")


def test_only_teams_of_now_can_be_chosen(member, login, team, before, rf):
    RosterSpotFactory(team=before, player=member.associations.get().player)
    listed = login(member).get("/switch/").context["players"]
    assert [spot.team for player in listed for spot in player.roster_spots.all()] == [team]
    request = rf.post(reverse("switch"))
    request.user = member
    with pytest.raises(PermissionDenied, match="Pick a team of this season"):
        select_team(request, before)


def test_a_player_has_a_line_for_each_season(member, login, team, before):
    player = member.associations.get().player
    RosterSpotFactory(team=before, player=player, wins=7, losses=2)
    shown = page(login(member), player.get_absolute_url())
    assert shown.index("2025–26") < shown.index("2024–25")
    assert "7–2" in shown


def test_a_long_schedule_comes_in_pages(member, login, before, past):
    ScheduledMatchFactory.create_batch(31, home_team=before, away_team=TeamFactory(season=past, league=before.league))
    client, address = login(member), past.address_of(before.series)
    assert len(client.get(address).context["whole_schedule"]) == 30
    assert 'rel="next"' in page(client, address)
    assert len(client.get(f"{address}?page=2").context["whole_schedule"]) == 1


def test_the_current_season_shows_its_whole_schedule_too(member, login, team):
    played = ScheduledMatchFactory(home_team=team, date=date(2020, 10, 1))
    shown = login(member).get(team.series.get_absolute_url())
    assert played in shown.context["whole_schedule"]


def test_every_result_of_a_team_can_be_reached_in_pages(member, login, before, past):
    for day in range(1, 14):
        MatchScoreFactory(home_team=before, date=date(2024, 10, day))
    client, address = login(member), before.get_absolute_url()
    assert len(client.get(address).context["results"]) == 12
    (first,) = client.get(f"{address}?page=2").context["results"]
    assert first.date == date(2024, 10, 1)


def test_a_player_has_a_chart_over_all_seasons(member, login, team, past):
    past.starts_on, team.season.starts_on = date(2024, 9, 1), date(2025, 9, 1)
    for season in (past, team.season):
        season.save()
    player = member.associations.get().player
    Player.objects.filter(pk=player.pk).update(pti=31)
    for day, rating in ((date(2024, 9, 1), 40), (date(2025, 1, 1), 36), (date(2025, 12, 1), 31)):
        PlayerHistoryFactory(player=player, date=day, end_pti=rating)
    response = login(member).get(player.get_absolute_url())
    assert len(response.context["chart"].ratings) == 3
    assert [mark.label for mark in response.context["chart"].season_marks] == ["2024–25", "2025–26"]
    assert "lower is better" in response.content.decode()
    assert "up 5 in the month to Dec 1, 2025" in response.content.decode()


@pytest.mark.parametrize("lower_is_better", [True, False])
def test_a_roster_can_be_read_best_first(member, login, team, lower_is_better):
    team.league.lower_rating_is_better = lower_is_better
    team.league.save()
    for rating in (50, 30, None, 40):
        RosterSpotFactory(team=team, player__league=team.league, player__pti=rating)
    response = login(member).get(f"{team.get_absolute_url()}?by_rating")
    ratings = [spot.player.pti for spot in response.context["roster"] if spot.player.pti is not None]
    assert ratings == sorted(ratings, reverse=not lower_is_better)
    assert response.context["roster"][len(ratings)].player.pti is None


def test_the_roster_of_a_season_that_is_over_does_not_show_ratings_of_today(member, login, before):
    RosterSpotFactory(team=before, player__league=before.league, player__pti="12.34")
    assert "12.34" not in page(login(member), before.get_absolute_url())
