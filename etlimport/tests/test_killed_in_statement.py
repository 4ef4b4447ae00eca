"""A run is killed while its backend is inside a long statement: the next run waits until the lock is given up."""

import os

import pytest

from etlimport.tests.production import copied_site, prepared_database
from rally.tests.processes import wait_until

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]

ONE_LONG_STATEMENT = """
CREATE SEQUENCE statements;
CREATE FUNCTION sleep_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('statements') = 1 THEN PERFORM pg_sleep(600); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER slow AFTER INSERT OR UPDATE ON leagues_player EXECUTE FUNCTION sleep_once();
"""
"""Makes the first statement that writes players last ten minutes, which is longer than any test; later ones do not."""

IN_THE_STATEMENT = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"


@pytest.fixture
def site(tmp_path):
    server = os.environ["DATABASE_URL"]
    with (
        prepared_database(server, tmp_path) as name,
        copied_site(server, name, tmp_path / "next", tmp_path) as site,
    ):
        site.environment["IMPORT_LOCK_WAIT"] = "30"
        site.ask(ONE_LONG_STATEMENT)
        yield site


def killed_in_its_statement(site) -> None:
    with site.run_etl() as process:
        wait_until(lambda: bool(site.ask(IN_THE_STATEMENT)), seconds=60)
        process.kill()
        process.wait()
    assert site.ask(IN_THE_STATEMENT), "the backend has not noticed yet and holds the lock"


def test_the_next_run_waits_for_the_lock_of_the_dead_one_and_publishes(site):
    killed_in_its_statement(site)
    site.manage("run_etl", "--source", str(site.source))
    assert site.outcomes()[1:] == ["died", "published"]


def test_a_killed_run_is_marked_as_died_also_without_a_next_one(site):
    before = site.catalogue()
    killed_in_its_statement(site)
    wait_until(lambda: not site.ask(IN_THE_STATEMENT), seconds=60)
    site.manage("check_alerts", codes=(0, 1))
    assert site.outcomes()[1:] == ["died"]
    assert site.catalogue() == before
