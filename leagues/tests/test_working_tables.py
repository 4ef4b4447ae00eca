from threading import Thread

import pytest
from django.db import transaction

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


def test_one_that_was_left_empty_finds_nothing_and_can_be_filled_anew_whatever_was_taken_back():
    TABLE.leave_empty()
    assert value("SELECT count(n) FROM w_of_a_test") == 0
    with transaction.atomic():
        assert TABLE.fill("SELECT 3 AS n") == 1
        transaction.set_rollback(True)
    assert value("SELECT count(n) FROM w_of_a_test") == 0
    assert TABLE.fill("SELECT 4 AS n") == 1
    TABLE.leave_empty()
    assert value("SELECT count(n) FROM w_of_a_test") == 0
