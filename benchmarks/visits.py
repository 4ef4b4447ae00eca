"""People at a real site, each asking with a pause in between, and how long they waited for what."""

import asyncio
import random
import re
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from itertools import count

import aiohttp
from django.conf import settings

from leagues.models import Team
from rally.tests.browsers import BY_HTTPS
from rally.tests.crowds import REDIRECTS

NO_ANSWER = 599
"""Stands for the status where the connection broke or nothing came in `PATIENCE` seconds."""
PATIENCE = 60
NEWCOMER = count(1)
CHOICES = re.compile(r'<option value="([^"]+)"')
SELECT = re.compile(r'<select name="(club|series)".*?</select>', re.DOTALL)


@dataclass(frozen=True)
class Answer:
    """`started` and `ended` are monotonic seconds; `write`: whether it was a form that was sent."""

    what: str
    write: bool
    started: float
    ended: float
    status: int

    @property
    def seconds(self) -> float:
        return self.ended - self.started


@dataclass
class Visitor:
    """A person who is logged in. `pages`: what they look at; `team`: which one they play for, where that is known."""

    session_key: str
    pages: list[str]
    team: Team | None = None


@dataclass
class Visits:
    """The visitors of a site, and all they were answered. `think` is the mean pause between two requests of one."""

    url: str
    think: float
    answers: list[Answer] = field(default_factory=list)
    http: aiohttp.ClientSession = field(init=False)

    @asynccontextmanager
    async def by(self, visitors: list[Visitor]) -> AsyncIterator[None]:
        """They come and go on asking until the block ends. Every request has a connection, as from behind a proxy."""
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        patience, no_cookies = aiohttp.ClientTimeout(total=PATIENCE), aiohttp.DummyCookieJar()
        async with aiohttp.ClientSession(connector=connector, timeout=patience, cookie_jar=no_cookies) as self.http:
            tasks = [asyncio.create_task(self.keep_asking(visitor)) for visitor in visitors]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                ends = await asyncio.gather(*tasks, return_exceptions=True)
        if faults := [end for end in ends if not isinstance(end, asyncio.CancelledError)]:
            raise faults[0]

    async def keep_asking(self, visitor: Visitor) -> None:
        dice = random.Random(visitor.session_key)
        deeds, weights = zip(*(LOOKING if visitor.team is None else PLAYING).items(), strict=True)
        while True:
            await asyncio.sleep(dice.uniform(0, 2 * self.think))
            (deed,) = dice.choices(deeds, weights)
            await deed(self, visitor, dice)

    async def look(self, visitor: Visitor | None, what: str, path: str) -> str:
        """The text of a page, found at its new address if it has moved."""
        status, text, location = await self.ask(visitor, what, path)
        if status in REDIRECTS and location.startswith("/"):
            _, text, _ = await self.ask(visitor, what, location)
        return text

    async def send(self, visitor: Visitor | None, what: str, path: str, **fields: str) -> None:
        await self.ask(visitor, what, path, fields)

    async def ask(
        self, visitor: Visitor | None, what: str, path: str, form: dict | None = None
    ) -> tuple[int, str, str]:
        """(status, text, location). The answer is noted when all of it has come."""
        token = secrets.token_hex(16)
        cookies = {settings.CSRF_COOKIE_NAME: token}
        if visitor:
            cookies[settings.SESSION_COOKIE_NAME] = visitor.session_key
        headers = {**BY_HTTPS, "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        if form is not None:
            headers |= {"X-CSRFToken": token, "Origin": self.url.replace("http:", "https:")}
        started, status, text, location = time.monotonic(), NO_ANSWER, "", ""
        try:
            method = "GET" if form is None else "POST"
            async with self.http.request(
                method, self.url + path, data=form, headers=headers, allow_redirects=False
            ) as response:
                text, location = await response.text(), response.headers.get("Location", "")
                status = response.status
        except (aiohttp.ClientError, TimeoutError):
            pass
        self.answers.append(Answer(what, form is not None, started, time.monotonic(), status))
        return status, text, location


async def look_at_home(visits: Visits, visitor: Visitor, dice: random.Random) -> None:
    await visits.look(visitor, "home", "/")


async def look_around(visits: Visits, visitor: Visitor, dice: random.Random) -> None:
    """At their player, team, series or league; or, where there is nothing yet, at what there may be to select."""
    path = dice.choice(visitor.pages)
    await visits.look(visitor, f"/{path.strip('/').partition('/')[0]}/", path)


async def select(visits: Visits, visitor: Visitor, dice: random.Random) -> None:
    """The league or the team, by turns."""
    team = visitor.team
    keys = {"league": team.league.key}
    if dice.random() < 0.5:
        keys |= {"series": team.series.key, "club": team.club.key, "squad": team.squad}
    await visits.send(visitor, "select", "/switch/", **keys)


async def refresh(visits: Visits, visitor: Visitor, dice: random.Random) -> None:
    await visits.send(visitor, "refresh", "/api/refresh-session")


async def change_name(visits: Visits, visitor: Visitor, dice: random.Random) -> None:
    names = {"first_name": f"Given{dice.randrange(100)}", "last_name": "Newman"}
    await visits.send(visitor, "name", "/settings/", **names)


async def register(visits: Visits, visitor: Visitor, dice: random.Random) -> None:
    """Somebody else, who is new here: they pick a club and a series of the same league."""
    path = f"/register/{visitor.team.league.key}/"
    text = await visits.look(None, "form to register", path)
    offered = {found[1]: CHOICES.findall(found[0]) for found in SELECT.finditer(text)}
    picked = {name: unescape(dice.choice(options)) for name, options in offered.items() if options}
    email, password = f"newcomer{next(NEWCOMER)}@example.org", secrets.token_hex(12)
    names = {"first_name": "Nova", "last_name": f"Comer{secrets.token_hex(3)}"}
    await visits.send(None, "register", path, **picked, **names, email=email, password=password)


Deed = Callable[[Visits, Visitor, random.Random], object]
PLAYING: dict[Deed, float] = {look_at_home: 35, look_around: 50, select: 6, refresh: 6, change_name: 2, register: 1}
LOOKING: dict[Deed, float] = {look_at_home: 50, look_around: 35, refresh: 10, change_name: 5}
"""How often each is done by those who play for a team, and by those who cannot, as there is none yet."""
