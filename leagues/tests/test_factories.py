import pytest
from factory.django import DjangoModelFactory

from leagues.tests import factories

FACTORIES = [
    each
    for each in vars(factories).values()
    if isinstance(each, type) and issubclass(each, DjangoModelFactory) and each is not DjangoModelFactory
]


@pytest.mark.django_db
@pytest.mark.parametrize("factory", FACTORIES, ids=lambda factory: factory.__name__)
def test_every_factory_makes_valid_rows_of_one_league(factory):
    for row in factory.create_batch(2):
        row.full_clean(exclude=["password"])


@pytest.mark.django_db
def test_a_match_is_between_two_teams_of_one_series():
    match = factories.ScheduledMatchFactory()
    assert match.home_team.series == match.away_team.series == match.series
    assert match.home_team.league == match.league
