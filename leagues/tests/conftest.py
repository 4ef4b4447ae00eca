import pytest


@pytest.fixture
def rows():
    """The factories; imported late, as pytest reads this file before Django is set up."""
    from leagues.tests import factories

    return factories


@pytest.fixture
def team(rows):
    return rows.TeamFactory(name="Elm 5", series__name="Series 5")


@pytest.fixture
def member(rows, team):
    """A user who plays on `team` and looks at its league."""
    user = rows.UserFactory(league_context=team.league)
    player = rows.PlayerFactory(league=team.league)
    rows.RosterSpotFactory(player=player, team=team)
    rows.PlayerAssociationFactory(user=user, player=player, is_primary=True)
    return user


@pytest.fixture
def other_team(rows):
    """A team of a league that `member` may not see."""
    return rows.TeamFactory(name="Secret 9")


@pytest.fixture
def login(client):
    """Log a user in and return the client."""

    def log_in(user):
        client.force_login(user)
        return client

    return log_in
