"""Nobody notices an import: real browsers of real people before and after each kind of run, over HTTP."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from etlimport.sample import make_next, make_snapshot
from leagues.models import PlayerAssociation
from rally.tests.browsers import Browser, Page
from rally.tests.sites import ALIAS, Site, empty_database, serving
from rally.tests.snapshots import Facts, Person, people, register

PASSWORD = "rally-end-to-end"


def one_for_each_change(first: Path, second: Path) -> dict[str, Person]:
    """One person whose league, one whose team, one whose own id goes by another name in the second snapshot."""
    found = {}
    for person in people(first, second):
        if len(person.changes) == 1:
            found.setdefault(*person.changes, person)
    assert set(found) == {"league", "team", "id"}
    return found


@pytest.fixture
def snapshots(tmp_path) -> tuple[Path, Path]:
    first, second = tmp_path / "first", tmp_path / "second"
    make_snapshot(first, players=600, seed=3, history=3)
    make_next(first, second, seed=3)
    return first, second


@pytest.fixture
def site(tmp_path, django_db_blocker):
    with (
        django_db_blocker.unblock(),
        empty_database(tmp_path) as database_url,
        serving(database_url, settings.REDIS_URL, tmp_path, CACHE_KEY_PREFIX=tmp_path.name) as site,
    ):
        yield site


class Visitor:
    """A person at one of their browsers."""

    def __init__(self, site: Site, person: Person):
        self.site, self.person, self.browser = site, person, Browser()
        login = f"{site.url}/login/"
        page = self.browser.submit(login, login, username=person.email, password=PASSWORD)
        assert page.url == f"{site.url}/"
        self.league = Page(page.text).league
        self.session = self.browser.cookie("sessionid")

    def look(self, path: str = "/"):
        response = self.browser.open(self.site.url + path)
        assert response.status == 200, (path, response.status)
        assert "/login/" not in response.url, path
        return response, Page(response.text)

    def sees(self, facts: Facts) -> None:
        """The home page, and what it leads to, say what the source says."""
        _, home = self.look()
        assert (home.league, home.heading, home.player) == (self.league, facts.team, facts.name)
        assert facts.series in [text for _, text in home.links]
        assert self.browser.cookie("sessionid") == self.session

    def bookmarks(self, facts: Facts) -> dict[str, str]:
        """The addresses of their league, series, team and player, by what each is headed with."""
        _, home = self.look()
        _, settings_page = self.look("/settings/")
        links = home.links[:3] + [link for link in settings_page.links if link[1] == facts.name]
        assert [text for _, text in links] == [self.league, facts.series, facts.team, facts.name]
        return dict(zip(("league", "series", "team", "player"), (address for address, _ in links), strict=True))

    def finds(self, bookmarks: dict[str, str], facts: Facts) -> None:
        headings = {what: self.look(address)[1].heading for what, address in bookmarks.items()}
        assert headings == {"league": self.league, "series": facts.series, "team": facts.team, "player": facts.name}


def each_session_refreshes_once(visitors: list[Visitor]) -> None:
    for visitor in visitors:
        response, page = visitor.look()
        assert response.headers["X-Session-Refreshed"] == "true"
        assert response.headers["X-Session-Refresh-Reason"]
        assert page.shows_the_notice
    for visitor in visitors:
        response, page = visitor.look()
        assert "X-Session-Refreshed" not in response.headers
        assert not page.shows_the_notice


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

    def players() -> set[int]:
        return set(PlayerAssociation.objects.using(ALIAS).values_list("player_id", flat=True))

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

    renames = site.import_source(second)
    each_session_refreshes_once(visitors)
    everybody_is_in_place(after)

    site.manage("undo_run", renames["run"])
    each_session_refreshes_once(visitors)
    everybody_is_in_place(before)


def add_points(snapshot: Path) -> None:
    """One point more for every team."""
    for file in snapshot.glob("*/series_stats.json"):
        rows = json.loads(file.read_text())
        file.write_text(json.dumps([row | {"points": row["points"] + 1} for row in rows]))
