from threading import Thread

import pytest

from leagues.sql import value
from leagues.working_tables import WorkingTable, made_tables

pytestmark = pytest.mark.django_db

TABLE = WorkingTable("w_of_a_test", "a number", {"n": "integer"})


def in_another_thread(do) -> None:
    thread = Thread(target=do)
    thread.start()
    thread.join()


def test_a_table_goes_whatever_another_thread_does_meanwhile():
    """A web server works on several requests at once, each with its own connection, which it keeps for the next."""
    for number in (1, 2):
        with TABLE.filled(f"SELECT {number} AS n"):
            in_another_thread(made_tables)
            assert value("SELECT n FROM w_of_a_test") == number
        assert "w_of_a_test" not in made_tables()
