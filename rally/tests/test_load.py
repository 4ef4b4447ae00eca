"""Nobody notices an import that is under way, however many are looking."""

import asyncio
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from etlimport.sample import make_next, make_snapshot
from rally.tests.crowds import REDIRECTS, Client, Crowd
from rally.tests.processes import ROOT, free_port
from rally.tests.sites import ALIAS, Site, migrated_database, own_redis, serving
from rally.tests.snapshots import labels_of_one_only, people, register
from sessionsync.models import SystemSetting
from sessionsync.versions import CACHED_SECONDS, VERSION

pytestmark = pytest.mark.processes


@dataclass(frozen=True)
class Size:
    """`pause`: seconds between two requests of a client, what two cores can just about serve beside the import."""

    clients: int
    players: int
    rows: int
    pause: float


SMALL = Size(clients=20, players=1300, rows=10_000, pause=0.5)
LARGE = Size(clients=200, players=13_000, rows=100_000, pause=5)


class RestartableRedis:
    """A Redis of our own, where the tests run with Redis; none otherwise."""

    def __init__(self, folder: Path):
        self.folder, self.port, self.up = folder, free_port(), ExitStack()
        self.url = f"redis://127.0.0.1:{self.port}/0" if settings.REDIS_URL else ""

    def start(self) -> None:
        if self.url:
            self.up.enter_context(own_redis(self.port, self.folder))

    def stop(self) -> None:
        self.up.close()


class Scene:
    """A site with the first snapshot, people who look at it, and the snapshot that comes next."""

    def __init__(self, site: Site, redis: RestartableRedis, folder: Path, size: Size):
        self.site, self.redis, self.size = site, redis, size
        self.first, self.second = folder / "first", folder / "second"
        self.rows = make_snapshot(self.first, players=size.players, seed=3, history=6).total
        make_next(self.first, self.second, seed=3)
        site.import_source(self.first)
        self.shown, self.coming = self.first, self.second
        everybody = sorted(people(self.first, self.second), key=lambda person: "team" not in person.changes)
        # Every second one sees their team renamed.
        persons = everybody[: size.clients // 2] + everybody[-size.clients // 2 :]
        self.crowd = Crowd(site, persons, register(persons), size.pause)

    def team(self, client: Client, snapshot: Path) -> str:
        """What the snapshot calls the client's team."""
        return (client.person.before if snapshot == self.first else client.person.after).team

    def turn(self) -> None:
        """What was coming is what the site shows now."""
        self.shown, self.coming = self.coming, self.shown


@pytest.fixture(
    scope="module",
    params=[SMALL, pytest.param(LARGE, marks=[pytest.mark.thorough, pytest.mark.postgresql])],
    ids=["small", "large"],
)
def scene(request, tmp_path_factory, django_db_blocker, template_database):
    folder = tmp_path_factory.mktemp("load")
    redis = RestartableRedis(folder)
    with (
        django_db_blocker.unblock(),
        migrated_database(template_database, folder) as database_url,
        stopped_at_the_end(redis),
        serving(database_url, redis.url, folder) as site,
    ):
        yield Scene(site, redis, folder, request.param)


@contextmanager
def stopped_at_the_end(redis: RestartableRedis):
    redis.start()
    try:
        yield
    finally:
        redis.stop()


class Publish:
    """An import as a process of its own, and the moments by which its publish can be told."""

    began = committed = ended = 0.0

    async def run(self, site: Site, source: Path, *flags: str) -> None:
        before = await asyncio.to_thread(session_version)
        self.began = time.monotonic()
        command = ["python", "manage.py", "run_etl", "--source", str(source), "--force", "--json", *flags]
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=site.environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        watch = asyncio.create_task(asyncio.to_thread(self.watch, before))
        output, _ = await process.communicate()
        self.ended = time.monotonic()
        assert process.returncode == 0, output.decode()[-3000:]
        await watch

    def watch(self, before: int) -> None:
        """Note when others first see the next version: from then on nobody may see anything old."""
        deadline = time.monotonic() + 120
        while session_version(close=False) == before:
            assert time.monotonic() < deadline, "The import published nothing"
            time.sleep(0.005)
        self.committed = time.monotonic()
        connections[ALIAS].close()


def session_version(close: bool = True) -> int:
    setting = SystemSetting.objects.using(ALIAS).get(key=VERSION)
    if close:
        connections[ALIAS].close()
    return int(setting.value)


def test_nobody_notices_an_import_while_it_runs(scene):
    crowd, publish = scene.crowd, Publish()

    async def work():
        await crowd.everybody_saw_home()
        await publish.run(scene.site, scene.coming)
        await crowd.everybody_saw_home(since=publish.committed)

    asyncio.run(crowd.asking(work()))

    assert scene.rows > scene.size.rows
    nothing_went_wrong(crowd)
    answers_came_all_along(crowd, publish)
    nobody_saw_anything_old_afterwards(scene, publish)
    no_page_mixes(scene, crowd)
    each_session_refreshed_once(crowd, publish)
    scene.turn()


@pytest.mark.redis
@pytest.mark.thorough
def test_nobody_notices_redis_leaving_and_coming_back_during_a_rebuild(scene):
    crowd, publish = scene.crowd, Publish()

    async def blink():
        await asyncio.sleep(1)
        await asyncio.to_thread(scene.redis.stop)
        await asyncio.sleep(3)
        await asyncio.to_thread(scene.redis.start)

    async def work():
        await crowd.everybody_saw_home()
        await asyncio.gather(blink(), publish.run(scene.site, scene.coming, "--rebuild"))
        # What a cache that missed the publish may still say of the version lives for seconds, never for good.
        await asyncio.sleep(max(0, publish.ended + CACHED_SECONDS - time.monotonic()))
        await crowd.everybody_saw_home(since=time.monotonic())

    asyncio.run(crowd.asking(work()))

    nothing_went_wrong(crowd)
    answers_came_all_along(crowd, publish)
    no_page_mixes(scene, crowd)
    for client in crowd.clients:
        assert client.home()[-1].heading == scene.team(client, scene.coming)
    scene.turn()


def nothing_went_wrong(crowd: Crowd) -> None:
    """Everybody got every page they asked for, by way of its new address perhaps, and nobody had to log in."""
    wrong = [answer for answer in crowd.answers if answer.status != 200 and answer.status not in REDIRECTS]
    assert not wrong, wrong[:3]
    assert not [answer for answer in crowd.answers if "/login/" in answer.location]


def answers_came_all_along(crowd: Crowd, publish: Publish) -> None:
    """In each quarter of the import's time."""
    length = publish.ended - publish.began
    quarters = {int(4 * (answer.ended - publish.began) // length) for answer in crowd.answers}
    assert quarters >= {0, 1, 2, 3}


def nobody_saw_anything_old_afterwards(scene: Scene, publish: Publish) -> None:
    for client in scene.crowd.clients:
        before = {answer.heading for answer in client.home() if answer.ended < publish.began}
        after = {answer.heading for answer in client.home(since=publish.committed)}
        assert (before, after) == ({scene.team(client, scene.shown)}, {scene.team(client, scene.coming)})


def no_page_mixes(scene: Scene, crowd: Crowd) -> None:
    """No page has a label that only the one snapshot has and one that only the other has."""
    old, new = labels_of_one_only(scene.first, scene.second)
    answers = list(crowd.answers)
    assert not [answer for answer in answers if answer.names & old and answer.names & new]
    for only in (old, new):
        assert any(answer.names & only for answer in answers)


def each_session_refreshed_once(crowd: Crowd, publish: Publish) -> None:
    for client in crowd.clients:
        refreshes = [answer for answer in client.answers if answer.refreshed]
        assert len(refreshes) == 1
        assert refreshes[0].ended > publish.began
