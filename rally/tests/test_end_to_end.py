"""Nobody notices an import: real browsers of real people before and after each kind of run, over HTTP."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from etlimport.sample import make_next, make_snapshot
from leagues.models import Player, PlayerAssociation, User
from rally.tests.browsers import Browser, Page
from rally.tests.sites import ALIAS, Site, empty_database, serving

PASSWORD = "rally-end-to-end"


@dataclass(frozen=True)
class Facts:
    """What one snapshot says of a person who plays for one team."""

    league_code: str
    external_id: str
    name: str
    team: str
    series: str


@dataclass
class Person:
    """Somebody in both snapshots, on the same team; the team, or they, go by another name in the second."""

    email: str
    before: Facts
    after: Facts


def facts_of(snapshot: Path) -> dict[str, Facts]:
    """What the snapshot says of everybody on one team only, by external id."""
    # A league may call a series one thing among players and another in its tables; pages say what tables say.
    series = {row["team"]: row["series"] for row in rows_of(snapshot, "series_stats")}
    rows = [row for row in rows_of(snapshot, "players") if row["Player ID"]]
    spots = Counter(row["Player ID"] for row in rows)
    facts = {}
    for row in rows:
        player, team = row["Player ID"], row.get("Team") or row["Series Mapping ID"]
        if spots[player] == 1 and team in series:
            name = f"{row['First Name']} {row['Last Name']}"
            facts[player] = Facts(row["League"], player, name, team, series[team])
    return facts


def rows_of(snapshot: Path, kind: str) -> list[dict]:
    rows = [row for file in snapshot.glob(f"*/{kind}.json") for row in json.loads(file.read_text())]
    return [row for row in rows if isinstance(row, dict)]


def people(first: Path, second: Path) -> dict[str, Person]:
    """One person for each thing a source may change about them: `team`, `id` or `league`."""
    truth = json.loads((second / "truth.json").read_text())
    renamed = {(team["league"], team["old"]["team"]): team["new"] and team["new"]["team"] for team in truth["teams"]}
    old, new = facts_of(first), facts_of(second)
    found = {}
    for player in truth["players"]:
        before, after = old.get(player["old_id"]), new.get(player["new_id"])
        if not before or not after or before.name != after.name:
            continue
        if renamed[before.league_code, before.team] != after.team:
            continue  # moved to another team
        changed = {
            "team": before.team != after.team,
            "id": before.external_id != after.external_id,
            "league": before.league_code != after.league_code,
        }
        if sum(changed.values()) == 1:
            what = next(name for name, is_changed in changed.items() if is_changed)
            found.setdefault(what, Person(f"{what}@example.org", before, after))
    assert set(found) == {"team", "id", "league"}
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


def register(person: Person) -> None:
    """An account linked to the player, as they are in the first snapshot."""
    player = Player.objects.using(ALIAS).select_related("league").get(external_id=person.before.external_id)
    user = User.objects.db_manager(ALIAS).create_user(person.email, PASSWORD, league_context=player.league)
    PlayerAssociation.objects.using(ALIAS).create(user=user, player=player, is_primary=True)


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
    persons = people(first, second)
    for person in persons.values():
        register(person)
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
