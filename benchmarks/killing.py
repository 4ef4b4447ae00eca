"""Kills runs of a site in the middle: what the database holds afterwards, and how the next run fares."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.killed import Kill
from benchmarks.people import settle_in
from benchmarks.states import State, state
from etlimport.models import AmbiguousIdentity, ImportRun, RunProgress
from etlimport.sample import make_next, make_snapshot
from rally.tests.processes import production_environment, run, running, wait_until
from rally.tests.sites import ALIAS, Site, database, migrated_database
from rally.tests.snapshots import people

NEXT_RUN_WITHIN = 10
"""Seconds in which the run after a killed one must have succeeded, the start of its process included."""
PEOPLE = 20
LATEST_KILL = 1.2
"""Kills come until this many times the usual time to the commit, so that some hit the commit and what follows."""


@dataclass(frozen=True)
class Work:
    """What is killed: a command on a copy of a database, which is in one state before it and in another after it.

    `seconds`: from the record of the run to the commit, when nobody kills it; `another`: the command of a run that has
    something to do when this one is done.
    """

    name: str
    base: str
    command: tuple[str, ...]
    another: tuple[str, ...]
    old: State
    new: State
    seconds: float


@contextmanager
def works(empty: str, players: int, folder: Path) -> Iterator[list[Work]]:
    """The four kinds of work on sites of their own, made from an empty, migrated database; gone afterwards."""
    first, second = folder / "first", folder / "second"
    make_snapshot(first, players=players, seed=7, history=5)
    make_next(first, second, seed=8)
    with ExitStack() as stack:
        before = stack.enter_context(copy_of(empty, folder / "before"))
        site_of(before).import_source(first)
        with database(before):
            settle_in(list(people(first, second))[:PEOPLE])
        after = stack.enter_context(copy_of(name_of(before), folder / "after"))
        night = site_of(after).import_source(second)["run"]
        # A dry run leaves a record, too: the question is looked for before any of the states is.
        question = question_of(after)
        old, new = name_of(before), name_of(after)
        merge, back = import_of(second), import_of(first)
        yield [
            measured("merge", old, merge, back, folder),
            measured("rebuild", old, (*merge, "--rebuild"), back, folder),
            measured("undo", new, ("undo_run", str(night)), merge, folder),
            measured("settle", new, ("settle_identity", question, "--same"), back, folder),
        ]


def import_of(source: Path) -> tuple[str, ...]:
    """Forced, as a sample's next night drops more of its few teams than a real one."""
    return "run_etl", "--source", str(source), "--force", "--json"


def copy_of(name: str, folder: Path):
    folder.mkdir()
    return migrated_database(name, folder)


def name_of(url: str) -> str:
    """As `migrated_database` takes it: on PostgreSQL the name, on SQLite the path."""
    return url.removeprefix("sqlite:///") if url.startswith("sqlite") else url.rpartition("/")[2]


def site_of(url: str) -> Site:
    quiet = {"REDIS_URL": "", "CELERY_BROKER_URL": "", "LOG_LEVEL": "ERROR"}
    return Site(production_environment(DATABASE_URL=url, IMPORT_LOCK_WAIT=str(NEXT_RUN_WITHIN), **quiet))


def question_of(url: str) -> str:
    """The number of an open question that can be answered with yes."""
    site = site_of(url)
    with database(url):
        asked = AmbiguousIdentity.objects.using(ALIAS).filter(status="open", kind__in=("team", "player"))
        numbers = [str(pk) for pk in asked.order_by("pk").values_list("pk", flat=True)[:10]]
    for number in numbers:
        if not run(manage("settle_identity", number, "--same", "--dry-run"), site.environment).returncode:
            return number
    raise AssertionError(f"None of the questions {numbers} can be settled")


def manage(*arguments: str) -> list[str]:
    return ["python", "manage.py", *arguments]


def measured(name: str, base: str, command: tuple[str, ...], another: tuple[str, ...], folder: Path) -> Work:
    """The work with its two states and its time, told by doing it once without a kill."""
    with copy_of(base, folder / name) as url, database(url):
        site, old = site_of(url), state()
        with running(manage(*command), site.environment, folder / f"{name}.log") as process:
            began = noted_run()
            wait_until(lambda: not at_work(), seconds=120, pause=0.003)
            seconds = time.monotonic() - began
            code = process.wait(60)
        assert code == 0, (folder / f"{name}.log").read_text()[-3000:]
        return Work(name, base, command, another, old, state(), seconds)


def noted_run() -> float:
    """The moment at which there is a record of a run that is at work."""
    wait_until(at_work, seconds=60, pause=0.003)
    return time.monotonic()


def at_work() -> bool:
    return runs().filter(status="running").exists()


def runs():
    return ImportRun.objects.using(ALIAS).order_by("-pk")


def kill(work: Work, dice: Random, folder: Path) -> Kill:
    """Do the work on a fresh copy, kill it at a random moment of its time, look, and start the next run."""
    after = dice.uniform(0, work.seconds * LATEST_KILL)
    killed = Kill(work.name, after)
    with copy_of(work.base, folder) as url, database(url):
        site = site_of(url)
        with running(manage(*work.command), site.environment, folder / "killed.log") as process:
            noted_run()
            time.sleep(after)
            killed.in_time = process.poll() is None
            process.kill()
            process.wait()
        look(work, killed)
        start_next_run(work, killed, site)
    return killed


def look(work: Work, killed: Kill) -> None:
    """Which of the two states the database is in."""
    found, last = state(), runs().first()
    progress = RunProgress.objects.using(ALIAS).filter(run=last).first()
    killed.step = progress.step if progress and last.status == "running" else last.status
    if found.exact == work.old.exact:
        killed.found = "old"
    elif tables := found.differs_from(work.new):
        killed.violations.append(f"neither the old state nor the new one: {', '.join(tables)}")
    else:
        killed.found = "new"


def start_next_run(work: Work, killed: Kill, site: Site) -> None:
    """The same again where it is not done yet, else another; it must succeed in time and leave no run running."""
    command = work.another if killed.found == "new" else work.command
    began = time.monotonic()
    result = run(manage(*command), site.environment)
    killed.next_run = time.monotonic() - began
    if result.returncode:
        killed.violations.append(f"the next run ended with {result.returncode}: {result.stdout[-300:]}")
    if killed.next_run > NEXT_RUN_WITHIN:
        killed.violations.append(f"the next run took {killed.next_run:.1f} s")
    if killed.found == "old" and (tables := differing_rows(state(), work.new)):
        killed.violations.append(f"after the next run other numbers of rows than without a kill: {', '.join(tables)}")
    if left := list(runs().filter(status="running").values_list("pk", flat=True)):
        killed.violations.append(f"still running: {left}")


def differing_rows(found: State, expected: State) -> list[str]:
    return [table for table, number in found.rows.items() if number != expected.rows[table]]
