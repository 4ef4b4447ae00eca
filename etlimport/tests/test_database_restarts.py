"""PostgreSQL restarts in the middle of an import: that ends in one clean outcome, and the next one succeeds."""

import json

import pytest

from etlimport.tests.production import NIGHTLY, Site, copied_site, prepared_database
from rally.tests.clusters import own_postgresql
from rally.tests.processes import wait_until
from rally.tests.sites import execute

pytestmark = [pytest.mark.postgresql, pytest.mark.cluster]

in_each_mode = pytest.mark.parametrize("mode", ["fast", "immediate"])


@pytest.fixture(scope="module")
def cluster(postgresql_programs):
    with own_postgresql(postgresql_programs) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def prepared(cluster, tmp_path_factory):
    """(name of a database with the first snapshot imported, folder with the snapshots): made once, then copied."""
    folder = tmp_path_factory.mktemp("snapshots")
    with prepared_database(cluster.url, folder, players=600) as name:
        yield name, folder


@pytest.fixture
def site(cluster, prepared, tmp_path):
    template, snapshots = prepared
    with copied_site(cluster.url, template, snapshots / "next", tmp_path) as site:
        # Copied as it is, PostgreSQL 15 takes numbers of its sequences for logged that only the template's were.
        execute(cluster.url, "CHECKPOINT")
        yield site


def is_held_in(step: str, site: Site) -> bool:
    return site.is_held() and (step,) in site.ask("SELECT step FROM etlimport_runprogress ORDER BY run_id DESC LIMIT 1")


@in_each_mode
def test_a_restart_in_the_merge_leaves_the_old_snapshot_and_the_next_import_publishes(site, cluster, mode):
    before = site.catalogue()
    with site.holding(), site.run_etl() as process:
        wait_until(lambda: is_held_in("merge", site), seconds=60)
        cluster.restart(mode)
        assert process.wait(60) == 1
    assert site.outcomes()[1:] == ["failed"]
    ((reasons,),) = site.ask("SELECT reasons FROM etlimport_importrun ORDER BY id DESC LIMIT 1")
    (reason,) = json.loads(reasons) if isinstance(reasons, str) else reasons
    assert reason.startswith("Rolled back: ")
    assert "in the step “merge”" in reason
    assert site.catalogue() == before

    site.manage("run_etl", "--source", str(site.source))
    assert site.outcomes()[1:] == ["failed", "published"]
    assert site.catalogue() != before


def test_a_crash_at_the_very_start_forgets_neither_the_run_nor_its_number(site, cluster):
    with site.holding("etlimport_sourcefile", from_reading=True), site.run_etl() as process:
        wait_until(site.is_held, seconds=60, pause=0)
        cluster.restart("immediate")
        assert process.wait(60) == 1
    assert site.outcomes()[1:] == ["failed"]
    site.manage("run_etl", "--source", str(site.source))
    assert site.outcomes()[1:] == ["failed", "published"]


@in_each_mode
def test_a_restart_over_the_commit_itself_is_told_as_the_publish_it_was(site, cluster, mode):
    before = site.catalogue()
    with site.run_etl() as process:
        with site.holding("system_settings"):
            wait_until(lambda: is_held_in("publish", site), seconds=60)
            # What commits from now on waits for a replica that never comes: on disk, but not confirmed.
            cluster.set("synchronous_standby_names", "nobody")
            site.ask("SELECT pg_reload_conf()")
        wait_until(lambda: site.ask("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"))
        cluster.set("synchronous_standby_names", None)
        cluster.restart(mode)
        assert process.wait(60) == 0
    assert site.outcomes()[1:] == ["published"]
    published = site.catalogue()
    assert published != before

    site.manage("run_etl", "--source", str(site.source))
    assert site.outcomes()[1:] == ["published", "unchanged"]
    assert site.catalogue() == published


@pytest.mark.redis
def test_a_worker_whose_database_restarts_publishes_once_in_its_next_try(site, cluster):
    with site.worker():
        with site.holding():
            site.shell(NIGHTLY)
            wait_until(lambda: is_held_in("merge", site), seconds=60)
            cluster.restart("fast")
        wait_until(lambda: site.outcomes()[1:] == ["failed", "published"], seconds=60)
        site.shell(NIGHTLY)
        wait_until(lambda: site.outcomes()[1:] == ["failed", "published", "unchanged"], seconds=60)
