"""People at their browsers: where they are, what they see, and when their session was brought up to date."""

from pathlib import Path

from rally.tests.browsers import Browser, Page
from rally.tests.sites import Site
from rally.tests.snapshots import Facts, Person, people

PASSWORD = "rally-end-to-end"


def one_for_each_change(first: Path, second: Path) -> dict[str, Person]:
    """One person whose league, one whose team, one whose own id goes by another name in the second snapshot."""
    found = {}
    for person in people(first, second):
        if len(person.changes) == 1:
            found.setdefault(*person.changes, person)
    assert set(found) == {"league", "team", "id"}
    return found


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
