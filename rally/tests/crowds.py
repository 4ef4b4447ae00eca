"""Many clients that ask a site without a pause, and what they were told when."""

import asyncio
import random
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from leagues.models import Player, User
from rally.tests.browsers import BY_HTTPS, Page
from rally.tests.sites import ALIAS, Site
from rally.tests.snapshots import Person
from sessionsync.models import UserSession
from sessionsync.sessions import session_store

REDIRECTS = (301, 302)


@dataclass(frozen=True)
class Answer:
    """One response. `started` and `ended` are monotonic seconds; `names` what the page calls things."""

    path: str
    started: float
    ended: float
    status: int
    location: str
    refreshed: bool
    league: str
    heading: str
    names: frozenset[str]


@dataclass
class Client:
    """A logged-in person who looks at home first, and then now at home, now at a bookmark."""

    site: Site
    person: Person
    session_key: str
    bookmarks: list[str]
    answers: list[Answer] = field(default_factory=list)

    async def keep_asking(self, pause: float) -> None:
        """Until cancelled, with about `pause` seconds between a response and the next request."""
        dice = random.Random(self.session_key)
        path = "/"
        while True:
            await asyncio.sleep(dice.uniform(0, 2 * pause))
            answer = await self.ask(path)
            if answer.status in REDIRECTS:
                await self.ask(answer.location)
            path = dice.choice(self.bookmarks) if dice.random() < 0.2 else "/"

    async def ask(self, path: str) -> Answer:
        started = time.monotonic()
        status, headers, text = await get(self.site.url, path, self.session_key)
        page = Page(text)
        answer = Answer(
            path=path,
            started=started,
            ended=time.monotonic(),
            status=status,
            location=headers.get("location", ""),
            refreshed=headers.get("x-session-refreshed") == "true",
            league=page.league,
            heading=page.heading,
            names=frozenset(text for _, text in page.links) | {page.heading},
        )
        self.answers.append(answer)
        return answer

    def home(self, since: float = 0) -> list[Answer]:
        """What the home page said where it was asked for after that moment."""
        return [answer for answer in self.answers if answer.path == "/" and answer.started > since]


async def get(url: str, path: str, session_key: str) -> tuple[int, dict[str, str], str]:
    """(status, headers by their names in lower case, text)."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    cookie = f"{settings.SESSION_COOKIE_NAME}={session_key}"
    headers = {"Host": address.netloc, "Connection": "close", "Cookie": cookie, **BY_HTTPS}
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    writer.write("\r\n".join(lines).encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    first, *rest = head.decode("latin-1").split("\r\n")
    found = {name.lower(): value for name, value in (line.split(": ", 1) for line in rest)}
    return int(first.split()[1]), found, body.decode()


class Crowd:
    """Clients of a site, one for each of these people, all of them logged in already."""

    def __init__(self, site: Site, persons: list[Person], users: list[User], pause: float):
        self.pause = pause
        keys = log_in(users)
        players = {player.external_id: player for player in players_of(persons)}
        self.clients = [
            Client(site, person, key, list(bookmarks_of(players[person.before.external_id])))
            for person, key in zip(persons, keys, strict=True)
        ]

    async def asking(self, meanwhile) -> None:
        """Everybody keeps asking until `meanwhile` (a coroutine) is done; earlier answers are forgotten."""
        for client in self.clients:
            client.answers.clear()
        tasks = [asyncio.create_task(client.keep_asking(self.pause)) for client in self.clients]
        try:
            work = asyncio.create_task(meanwhile)
            done, _ = await asyncio.wait([work, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            assert work.done()
        finally:
            for task in [work, *tasks]:
                task.cancel()
            await asyncio.gather(work, *tasks, return_exceptions=True)

    async def everybody_saw_home(self, since: float = 0) -> None:
        """Returns when each has seen their home page, asked for after that moment."""
        async with asyncio.timeout(180):
            while not all(client.home(since) for client in self.clients):
                await asyncio.sleep(0.05)

    @property
    def answers(self) -> Iterator[Answer]:
        return (answer for client in self.clients for answer in client.answers)


def log_in(users: list[User]) -> list[str]:
    """A session in the database for each, as a login leaves it; their keys."""
    store = session_store()
    sessions = [
        UserSession(
            session_key=secrets.token_hex(16),
            session_data=store.encode(
                {
                    SESSION_KEY: str(user.pk),
                    BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                    HASH_SESSION_KEY: user.get_session_auth_hash(),
                }
            ),
            expire_date=timezone.now() + timedelta(hours=1),
            user=user,
        )
        for user in users
    ]
    UserSession.objects.using(ALIAS).bulk_create(sessions)
    return [session.session_key for session in sessions]


def players_of(persons: list[Person]):
    ids = [person.before.external_id for person in persons]
    return Player.objects.using(ALIAS).filter(external_id__in=ids).select_related("league")


def bookmarks_of(player: Player) -> Iterator[str]:
    """The addresses of the player, their team, its series and league."""
    yield player.get_absolute_url()
    yield player.league.get_absolute_url()
    for spot in player.roster_spots.select_related("team__league", "team__series", "team__club"):
        yield spot.team.get_absolute_url()
        yield f"/l/{player.league.key}/s/{spot.team.series.key}/"
