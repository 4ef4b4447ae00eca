"""Measures what people notice of an import: `python -m benchmarks.neighbours [--rows N] [--clients N] [--seconds N]`.

People ask a real gunicorn, each with a pause in between, while imports, rebuilds, undos and settlings run as processes
of their own. It works in a database of its own on the server of DATABASE_URL, with the Redis of REDIS_URL.
"""

# ruff: noqa: I001 — the settings come before what needs them.

import benchmarks.configured  # noqa: F401

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from benchmarks.latencies import as_table, as_targets, by_time, longest
from benchmarks.nights import Night, Unmeasurable, people_with_a_team, people_without_a_player
from benchmarks.samples import ROWS_A_PERSON
from benchmarks.visits import Answer, Visits
from etlimport.sample import make_next, make_snapshot
from rally.tests.sites import new_database, serving
from rally.tests.snapshots import Person, people

ERRORS = 400


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000, help="rows over all files of a snapshot (100,000)")
    parser.add_argument("--clients", type=int, default=200, help="how many people (200)")
    parser.add_argument("--think", type=float, default=10, help="seconds between two requests of one, on average (10)")
    parser.add_argument("--pause", type=float, default=10, help="seconds without an import before each one (10)")
    parser.add_argument("--seconds", type=float, default=180, help="begin no new round after so long (180)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        night, rows = measured_night(options, Path(folder))
    waits = by_time(night.visits.answers, night.operations, night.unmeasured)
    servers = "PostgreSQL and Redis" if os.environ.get("REDIS_URL") else "PostgreSQL without Redis"
    title = f"{rows:,} rows, {options.clients} people, {servers}"
    print(as_table(title, waits, night.operations))
    print()
    print(as_targets(waits, night.operations))


def measured_night(options: argparse.Namespace, folder: Path) -> tuple[Night, int]:
    first, second = folder / "first", folder / "second"
    rows = make_snapshot(first, round(options.rows / ROWS_A_PERSON), seed=7).total
    make_next(first, second, seed=8)
    persons = [person for _, person in zip(range(options.clients), people(first, second), strict=False)]
    with ExitStack() as stack:
        url = stack.enter_context(new_database(os.environ["DATABASE_URL"]))
        site = stack.enter_context(serving(url, os.environ.get("REDIS_URL", ""), folder))
        night = Night(site, Visits(site.url, options.think), options.pause)
        try:
            asyncio.run(through_the_night(night, first, second, persons, options.seconds))
        except Unmeasurable as failure:
            print(failure, file=sys.stderr)
        tell(night.visits.answers)
    return night, rows


async def through_the_night(night: Night, first: Path, second: Path, persons: list[Person], seconds: float) -> None:
    """The first import, before people who have nothing to look at yet; then rounds, before players."""
    until = time.monotonic() + seconds
    early = await asyncio.to_thread(people_without_a_player, len(persons))
    async with night.visits.by(early):
        await night.everybody_comes()
        await night.import_source("first import", first)
    players = await asyncio.to_thread(people_with_a_team, persons)
    async with night.visits.by(players):
        await night.everybody_comes()
        while True:
            await night.round(second)
            print(f"{len(night.visits.answers)} answers, {len(night.operations)} operations", file=sys.stderr)
            if time.monotonic() > until:
                break
        await asyncio.sleep(night.pause)


def tell(answers: list[Answer]) -> None:
    """The longest of them and the errors, on the error output. A form about a row that has gone is rightly refused."""
    print(f"Longest page: {longest(answers, write=False)}; write: {longest(answers, write=True)}", file=sys.stderr)
    refused = Counter((answer.what, answer.status) for answer in answers if answer.status >= ERRORS)
    for (what, status), number in refused.most_common():
        print(f"{what}: {number} × {status}", file=sys.stderr)


if __name__ == "__main__":
    main()
