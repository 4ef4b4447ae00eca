"""Kills runs at random moments: `python -m benchmarks.kills --kills 200 --seed 1`.

Merges, rebuilds, undos and settlings by turns, each a process of its own with a copy of a database, on the server of
DATABASE_URL, or on SQLite without one. After each kill the database must hold the old state or the new one, the next
run must succeed within ten seconds, and no run may stay "running". Exit code 1 if any of that does not hold.
"""

# ruff: noqa: I001 — the settings come before what needs them.

import benchmarks.configured  # noqa: F401

import argparse
import sys
import tempfile
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from random import Random

from django.db import connection

from benchmarks.killed import Kill, line, table
from benchmarks.killing import Work, kill, works
from rally.tests.template import drop_template, template_of_run

PLAYERS = 600
"""Enough that a run takes about a second."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50, help="how many runs to kill (50)")
    parser.add_argument("--seed", type=int, default=1, help="each seed gives other moments (1)")
    parser.add_argument("--players", type=int, default=PLAYERS, help=f"people in the snapshots ({PLAYERS})")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            kills = list(told(options.kills, options.seed, options.players, folder))
        finally:
            drop_template(folder)
    print(table(kills, f"{connection.display_name}, seed {options.seed}"))
    return 1 if any(each.violations for each in kills) else 0


def told(number: int, seed: int, players: int, folder: Path) -> Iterator[Kill]:
    """The kills, with a line about each."""
    with works(template_of_run(folder), players, folder) as kinds:
        for nth, killed in enumerate(kills_of(kinds, number, seed, folder), 1):
            print(f"{nth:4}: {line(killed)}", flush=True)
            yield killed


def kills_of(kinds: list[Work], number: int, seed: int, folder: Path) -> Iterator[Kill]:
    """Until so many came in time; those that came too late are shown, but not counted."""
    dice, in_time = Random(seed), 0
    for work in cycle(kinds):
        with tempfile.TemporaryDirectory(dir=folder) as room:
            killed = kill(work, dice, Path(room) / "copy")
        in_time += killed.in_time
        yield killed
        if in_time == number:
            return


if __name__ == "__main__":
    sys.exit(main())
