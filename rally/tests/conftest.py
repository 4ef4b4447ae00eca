import os

import pytest

from rally.tests.sites import new_database


@pytest.fixture
def empty_database():
    """The URL of a PostgreSQL database without a table, dropped afterwards."""
    with new_database(os.environ["DATABASE_URL"]) as url:
        yield url
