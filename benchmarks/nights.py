"""What goes on at a site while people are there: imports, undos and settled questions, as real processes."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.latencies import Operation
from benchmarks.people import settle_in
from benchmarks.visits import Visitor, Visits
from etlimport.errors import EXIT_REFUSED
from etlimport.models import AmbiguousIdentity
from leagues.models import RosterSpot, User
from rally.tests.crowds import bookmarks_of, log_in
from rally.tests.processes import ROOT
from rally.tests.sites import ALIAS, Site
from rally.tests.snapshots import Person

SEARCH, ARRIVAL = "looking for a question", "everybody comes"
"""What takes time that counts neither as quiet nor as an operation."""


@dataclass
class Night:
    """A site with its visitors. `pause`: seconds without an operation before each one, with which it is compared."""

    site: Site
    visits: Visits
    pause: float
    operations: list[Operation] = field(default_factory=list)
    unmeasured: list[Operation] = field(default_factory=list)

    async def everybody_comes(self) -> None:
        """Wait until the processes are warm and most people have seen a page."""
        began = time.monotonic()
        await asyncio.sleep(2 * self.visits.think)
        self.unmeasured.append(Operation(ARRIVAL, began, time.monotonic()))

    async def operate(self, name: str, *command: str | Path) -> int:
        """Run the command after a pause, and note how it went; the number of its run."""
        await asyncio.sleep(self.pause)
        code, output, operation = await self.timed(name, *command)
        self.operations.append(operation)
        if code:
            raise Unmeasurable(f"{name} ended with {code}: {output[-1500:]}")
        return number_of_run(output)

    async def timed(self, name: str, *command: str | Path) -> tuple[int, str, Operation]:
        arguments = ["python", "manage.py", *map(str, command)]
        began = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            *arguments, cwd=ROOT, env=self.site.environment, stdout=asyncio.subprocess.PIPE
        )
        output = (await process.communicate())[0].decode()
        ended, code = time.monotonic(), process.returncode
        return code, output, Operation(name, began, ended, output[-300:] if code else "")

    async def import_source(self, name: str, source: Path, *flags: str) -> int:
        """Forced, as a sample's next night drops more of its few teams than a real one."""
        return await self.operate(name, "run_etl", "--source", source, "--force", "--json", *flags)

    async def settle(self) -> int | None:
        """Settle a question with yes, if there is one of which that is possible; the number of the run."""
        for number in await asyncio.to_thread(open_questions):
            code, _, dry = await self.timed(SEARCH, "settle_identity", number, "--same", "--dry-run")
            self.unmeasured.append(dry)
            if code != EXIT_REFUSED:
                return await self.operate("settle", "settle_identity", number, "--same", "--json")
        return None

    async def undo(self, run: int) -> None:
        await self.operate("undo", "undo_run", str(run), "--json")

    async def round(self, second: Path) -> None:
        """From the first snapshot on, and back to it: what was merged, settled and rebuilt is undone."""
        merged = await self.import_source("merge", second)
        if settled := await self.settle():
            await self.undo(settled)
        await self.undo(merged)
        await self.undo(await self.import_source("rebuild", second, "--rebuild"))


class Unmeasurable(Exception):
    """An operation failed, and those that come after it would not find what they need."""


def number_of_run(output: str) -> int:
    told = json.loads(output)
    return told["run"]["run"] if isinstance(told["run"], dict) else told["run"]


def open_questions() -> list[str]:
    asked = AmbiguousIdentity.objects.using(ALIAS).filter(status="open", kind__in=("team", "player"))
    return [str(pk) for pk in asked.order_by("pk").values_list("pk", flat=True)[:10]]


def people_without_a_player(number: int) -> list[Visitor]:
    """Who was there before the first import: they have nothing to look at yet."""
    users = User.objects.using(ALIAS).bulk_create(
        User(email=f"early{nth}@example.org", password="!", first_name="Early", last_name="Bird")
        for nth in range(number)
    )
    return [Visitor(key, ["/switch/", "/settings/", "/register/"]) for key in log_in(users)]


def people_with_a_team(persons: list[Person]) -> list[Visitor]:
    users = settle_in(persons)
    spots = RosterSpot.objects.using(ALIAS).filter(player__association__user__in=users)
    spots = spots.select_related("player__league", "player__association", "team__league", "team__series", "team__club")
    by_user = {spot.player.association.user_id: spot for spot in spots}
    players = [by_user[user.pk].player for user in users]
    return [
        Visitor(key, list(bookmarks_of(player)), by_user[user.pk].team)
        for key, player, user in zip(log_in(users), players, users, strict=True)
    ]
