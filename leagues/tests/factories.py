"""Rows for tests, with only what the constraints ask for; a test names the fields it is about."""

import datetime
from functools import cache

import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from leagues import models
from leagues.names import name_key

PASSWORD = "tennis-elbow"


@cache
def hashed_password() -> str:
    """Hashed once for all users of a test run: hashing is slow on purpose."""
    return make_password(PASSWORD)


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = models.Organization

    name = factory.Sequence("Organization {}".format)


class LeagueFactory(DjangoModelFactory):
    class Meta:
        model = models.League

    code = factory.Sequence("LEAGUE_{}".format)
    key = factory.LazyAttribute(lambda league: league.code.casefold().replace("_", "-"))
    name = factory.LazyAttribute(lambda league: league.code.replace("_", " ").title())


class ClubFactory(DjangoModelFactory):
    class Meta:
        model = models.Club

    name = factory.Sequence("Club {}".format)
    key = factory.LazyAttribute(lambda club: club.name.casefold().replace(" ", "-"))


class SeasonFactory(DjangoModelFactory):
    """The current season of a league, of which there is one however often it is asked for."""

    class Meta:
        model = models.Season
        django_get_or_create = ("league", "key")

    league = factory.SubFactory(LeagueFactory)
    key = "2025-26"
    name = factory.LazyAttribute(lambda season: season.key.replace("-", "–"))


class SeriesFactory(DjangoModelFactory):
    class Meta:
        model = models.Series

    league = factory.SubFactory(LeagueFactory)
    name = factory.Sequence("Series {}".format)
    key = factory.LazyAttribute(lambda series: series.name.casefold().removeprefix("series "))


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = models.Team

    league = factory.SubFactory(LeagueFactory)
    season = factory.SubFactory(SeasonFactory, league=factory.SelfAttribute("..league"))
    series = factory.SubFactory(SeriesFactory, league=factory.SelfAttribute("..league"))
    club = factory.SubFactory(ClubFactory)
    name = factory.LazyAttribute(lambda team: f"{team.club.name} - {team.series.key}")


class PlayerFactory(DjangoModelFactory):
    class Meta:
        model = models.Player

    league = factory.SubFactory(LeagueFactory)
    external_id = factory.Sequence("P-{}".format)
    first_name = factory.Sequence("Given{}".format)
    last_name = factory.Sequence("Family{}".format)
    name_key = factory.LazyAttribute(lambda player: name_key(player.first_name, player.last_name))


class RosterSpotFactory(DjangoModelFactory):
    class Meta:
        model = models.RosterSpot

    team = factory.SubFactory(TeamFactory)
    player = factory.SubFactory(PlayerFactory, league=factory.SelfAttribute("..team.league"))


class ScheduledMatchFactory(DjangoModelFactory):
    class Meta:
        model = models.ScheduledMatch

    home_team = factory.SubFactory(TeamFactory)
    league = factory.SelfAttribute("home_team.league")
    season = factory.SelfAttribute("home_team.season")
    series = factory.SelfAttribute("home_team.series")
    away_team = factory.SubFactory(
        TeamFactory,
        league=factory.SelfAttribute("..league"),
        season=factory.SelfAttribute("..season"),
        series=factory.SelfAttribute("..series"),
    )
    date = factory.Sequence(lambda n: datetime.date(2025, 10, 1) + datetime.timedelta(days=n))
    time = datetime.time(18, 30)


class MatchScoreFactory(DjangoModelFactory):
    """A line without players: pass `home_player_1=…` and so on."""

    class Meta:
        model = models.MatchScore

    home_team = factory.SubFactory(TeamFactory)
    league = factory.SelfAttribute("home_team.league")
    season = factory.SelfAttribute("home_team.season")
    away_team = factory.SubFactory(
        TeamFactory,
        league=factory.SelfAttribute("..league"),
        season=factory.SelfAttribute("..season"),
        series=factory.SelfAttribute("..home_team.series"),
    )
    home_label = factory.SelfAttribute("home_team.name")
    away_label = factory.SelfAttribute("away_team.name")
    date = datetime.date(2025, 10, 1)
    line = 1
    scores = "6-4, 6-4"
    winner = models.MatchScore.Winner.HOME
    key = factory.Sequence("line-{}".format)


class StandingFactory(DjangoModelFactory):
    class Meta:
        model = models.Standing

    team = factory.SubFactory(TeamFactory)
    points = 10


class PlayerHistoryFactory(DjangoModelFactory):
    class Meta:
        model = models.PlayerHistory

    player = factory.SubFactory(PlayerFactory)
    date = factory.Sequence(lambda n: datetime.date(2025, 1, 1) + datetime.timedelta(days=n))
    end_pti = "30.00"


class UserFactory(DjangoModelFactory):
    """A user who logs in with `PASSWORD`."""

    class Meta:
        model = models.User

    email = factory.Sequence("person{}@example.com".format)
    first_name = factory.Sequence("Given{}".format)
    last_name = factory.Sequence("Family{}".format)
    password = factory.LazyFunction(hashed_password)


class PlayerAssociationFactory(DjangoModelFactory):
    class Meta:
        model = models.PlayerAssociation

    user = factory.SubFactory(UserFactory)
    player = factory.SubFactory(PlayerFactory)


class AssociationSuggestionFactory(DjangoModelFactory):
    class Meta:
        model = models.AssociationSuggestion

    user = factory.SubFactory(UserFactory)
    player = factory.SubFactory(PlayerFactory)


class PracticeTimeFactory(DjangoModelFactory):
    class Meta:
        model = models.PracticeTime

    team = factory.SubFactory(TeamFactory)
    date = datetime.date(2025, 10, 7)
    start_time = datetime.time(19, 0)


class PollFactory(DjangoModelFactory):
    class Meta:
        model = models.Poll

    team = factory.SubFactory(TeamFactory)
    question = "Dinner after the match?"


class PollChoiceFactory(DjangoModelFactory):
    class Meta:
        model = models.PollChoice

    poll = factory.SubFactory(PollFactory)
    text = factory.Sequence("Choice {}".format)


class PollResponseFactory(DjangoModelFactory):
    class Meta:
        model = models.PollResponse

    choice = factory.SubFactory(PollChoiceFactory)
    user = factory.SubFactory(UserFactory)


class CaptainMessageFactory(DjangoModelFactory):
    class Meta:
        model = models.CaptainMessage

    team = factory.SubFactory(TeamFactory)
    author = factory.SubFactory(UserFactory)
    body = "Bring two balls"


class AvailabilityFactory(DjangoModelFactory):
    class Meta:
        model = models.Availability

    user = factory.SubFactory(UserFactory)
    match = factory.SubFactory(ScheduledMatchFactory)
    status = models.Availability.Status.YES
