import pytest

from rally.tests.sites import empty_postgresql


@pytest.fixture
def empty_database():
    """The URL of a PostgreSQL database without a table, dropped afterwards."""
    with empty_postgresql() as url:
        yield url
