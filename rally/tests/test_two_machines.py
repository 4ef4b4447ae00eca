"""Two web servers and two workers against one PostgreSQL and one Redis, as on two machines."""

import os
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from django.contrib.auth.models import Group

from etlimport.models import ImportRun
from etlimport.tests.production import copied_site, prepared_database
from leagues.models import Team, User
from rally.tests.browsers import Browser
from rally.tests.processes import free_port, wait_until
from rally.tests.sites import ALIAS, Site, database
from rally.tests.snapshots import register
from rally.tests.visitors import PASSWORD, Visitor, each_session_refreshes_once, one_for_each_change

pytestmark = [pytest.mark.processes, pytest.mark.postgresql, pytest.mark.redis]

ROOM = "/admin/etlimport/importrun/"


@pytest.fixture
def shared(tmp_path, django_db_blocker):
    """One database with a snapshot imported and the next one offered, and how processes on it are started."""
    server = os.environ["DATABASE_URL"]
    with (
        django_db_blocker.unblock(),
        prepared_database(server, tmp_path) as name,
        copied_site(server, name, tmp_path / "next", tmp_path) as shared,
        database(shared.url),
    ):
        shared.environment |= {"BEHIND_PROXY": "1", "WEB_CONCURRENCY": "1"}
        yield shared


@pytest.fixture
def machines(shared):
    """Two sites that share everything but their processes; each worker does one task at a time."""
    sites = [Site(shared.environment | {"PORT": str(free_port())}) for _ in range(2)]
    with ExitStack() as processes:
        for name, site in zip(("one", "two"), sites, strict=True):
            processes.enter_context(shared.worker(name, "--concurrency", "1"))
            processes.enter_context(site.served(shared.log(f"web-{name}")))
        yield sites


@pytest.fixture
def persons(shared, tmp_path):
    """By what the next snapshot changes for them: `league`, `team`, `id`."""
    persons = one_for_each_change(tmp_path / "first", tmp_path / "next")
    register(list(persons.values()), PASSWORD)
    return persons


class Operator:
    """Somebody who may start imports, in the control room that this machine serves."""

    def __init__(self, site: Site, email: str):
        self.site, self.browser = site, Browser()
        user = User(email=email, is_staff=True)
        user.set_password(PASSWORD)
        user.save(using=ALIAS)
        user.groups.add(Group.objects.using(ALIAS).get(name="operator"))
        login = f"{site.url}/admin/login/"
        assert "Log out" in self.browser.submit(login, login, username=email, password=PASSWORD, next="/admin/").text

    def start(self, source: str) -> None:
        """Press the button; `page` is where that leads."""
        start = f"{self.site.url}{ROOM}start/"
        response = self.browser.submit(start, start, source=source)
        self.page = response.url
        assert response.status == 200
        assert self.page != start

    def watch(self) -> str:
        """The text of their run's page."""
        response = self.browser.open(self.page)
        assert re.fullmatch(rf"{self.site.url}{ROOM}\d+/change/", response.url)
        return response.text


def select(visitor: Visitor, team: Team) -> None:
    """As the team's page does it."""
    names = ("league", "series", "club", "squad")
    switch = f"{visitor.site.url}/switch/"
    visitor.browser.submit(switch, switch, **dict(zip(names, (team.league.key, *team.natural_key()[2:]), strict=True)))


def team_of(visitor: Visitor, *, own: bool) -> Team:
    teams = Team.objects.using(ALIAS).filter(league__name=visitor.league, is_active=True)
    name = visitor.person.before.team
    return (teams.filter(name=name) if own else teams.exclude(name=name)).first()


def a_session_is_one_on_both(visitor: Visitor, machines: list[Site]) -> None:
    """Who logged in at one is known at the other; what is selected on one is seen at the other."""
    for site, other, own in ((*machines, False), (*reversed(machines), True)):
        visitor.site = other
        visitor.look()
        team = team_of(visitor, own=own)
        visitor.site = site
        select(visitor, team)
        visitor.site = other
        assert visitor.look()[1].heading == team.name


def one_publishes_and_the_other_names_it(operators: list[Operator], shared) -> None:
    runs = ImportRun.objects.using(ALIAS)
    first, second = runs.get(status="published", started_by__isnull=False), runs.get(status="refused")
    assert {first.started_by.email, second.started_by.email} == {"one@example.com", "two@example.com"}
    # The other one is named, unless it has just taken the lock, or is about to give it up.
    told = f"Run {first.pk} has been importing {shared.source} since ", "Another import holds the lock"
    assert second.error.startswith(told)
    pages = [operator.watch() for operator in operators]
    assert sum(second.error[:40] in page for page in pages) == 1
    taken = [re.findall(r"import_snapshot\[[-\w]+\] received", shared.log(name).read_text()) for name in ("one", "two")]
    assert list(map(len, taken)) == [1, 1]


def test_sessions_are_one_and_of_two_imports_started_at_once_one_publishes(machines, shared, persons):
    one, two = machines
    visitors = [Visitor(one, persons["team"]), Visitor(one, persons["league"]), Visitor(two, persons["id"])]
    roamer = visitors[0]
    a_session_is_one_on_both(roamer, machines)

    operators = [Operator(one, "one@example.com"), Operator(two, "two@example.com")]
    with shared.holding():  # the first one goes on when the second has tried
        with ThreadPoolExecutor() as at_once:
            list(at_once.map(lambda operator: operator.start(str(shared.source)), operators))
        wait_until(lambda: sorted(shared.outcomes()[1:]) == ["refused", "running"], seconds=60)
        for visitor in visitors:
            visitor.sees(visitor.person.before)
    wait_until(lambda: sorted(shared.outcomes()[1:]) == ["published", "refused"], seconds=60)
    one_publishes_and_the_other_names_it(operators, shared)

    roamer.site = two
    each_session_refreshes_once(visitors)
    for visitor in visitors:
        visitor.sees(visitor.person.after)
    roamer.site = one
    assert "X-Session-Refreshed" not in roamer.look()[0].headers

    roamer.browser.submit(f"{one.url}/", f"{one.url}/logout/")
    assert roamer.browser.open(f"{two.url}/").url.startswith(f"{two.url}/login/")
