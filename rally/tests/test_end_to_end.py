"""Nobody notices an import: real browsers of real people before and after each kind of run, over HTTP."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from etlimport.sample import make_next, make_snapshot
from leagues.models import PlayerAssociation
from rally.tests.sites import ALIAS, migrated_database, serving
from rally.tests.snapshots import Facts, register
from rally.tests.visitors import PASSWORD, Visitor, each_session_refreshes_once, one_for_each_change

pytestmark = pytest.mark.processes


@pytest.fixture
def snapshots(tmp_path) -> tuple[Path, Path]:
    first, second = tmp_path / "first", tmp_path / "second"
    make_snapshot(first, players=600, seed=3, history=3)
    make_next(first, second, seed=3)
    return first, second


@pytest.fixture
def site(tmp_path, django_db_blocker, template_database):
    with (
        django_db_blocker.unblock(),
        migrated_database(template_database, tmp_path) as database_url,
        serving(database_url, settings.REDIS_URL, tmp_path, CACHE_KEY_PREFIX=tmp_path.name) as site,
    ):
        yield site


def test_sessions_follow_an_import_a_rebuild_renames_and_an_undo(site, snapshots):
    first, second = snapshots
    site.import_source(first)
    persons = one_for_each_change(first, second)
    register(list(persons.values()), PASSWORD)
    # Two browsers of the one whose team is renamed, one of each of the others.
    visitors = [Visitor(site, persons[what]) for what in ("team", "team", "id", "league")]
    before = {person.email: person.before for person in persons.values()}
    after = {person.email: person.after for person in persons.values()}
    bookmarks = {}

    def everybody_is_in_place(facts: dict[str, Facts]) -> None:
        for visitor in visitors:
            own = facts[visitor.person.email]
            visitor.sees(own)
            for remembered in bookmarks.get(visitor.person.email, []):
                visitor.finds(remembered, own)
            bookmarks.setdefault(visitor.person.email, []).append(visitor.bookmarks(own))

    everybody_is_in_place(before)

    # The same facts again, with other points: nobody's place changes, every session checks itself.
    add_points(first)
    site.import_source(first)
    each_session_refreshes_once(visitors)
    everybody_is_in_place(before)

    ids = players()
    site.import_source(first, "--rebuild")
    assert not ids & players()
    each_session_refreshes_once(visitors)
    everybody_is_in_place(before)

    of_before = {email: list(remembered) for email, remembered in bookmarks.items()}
    renames = site.import_source(second)
    each_session_refreshes_once(visitors)
    everybody_is_in_place(after)

    site.manage("undo_run", renames["run"])
    each_session_refreshes_once(visitors)
    # The addresses that the run gave are taken back with it.
    bookmarks.update(of_before)
    everybody_is_in_place(before)


def players() -> set[int]:
    return set(PlayerAssociation.objects.using(ALIAS).values_list("player_id", flat=True))


def add_points(snapshot: Path) -> None:
    """One point more for every team."""
    for file in snapshot.glob("*/series_stats.json"):
        rows = json.loads(file.read_text())
        file.write_text(json.dumps([row | {"points": row["points"] + 1} for row in rows]))
