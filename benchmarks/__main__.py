"""Measures imports and compares them with the floor and with peers: `python -m benchmarks --sizes 10000 --only a,b`.

The floor is the least work that stores the rows at all; peers are other packages that import a players file.
It needs a PostgreSQL at DATABASE_URL and the right to create databases there. The database it names is not touched.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("DATABASE_URL", "postgres://localhost:5432/rally")

from benchmarks import outcomes, table
from benchmarks.measure import Databases, Files, Measured, Server, measured_process, median_of
from benchmarks.owned import give_users_things
from benchmarks.samples import corrected, indented, make_next_night, make_players, make_sample, rewrite, rotated
from scripts.sections import write_section

CASES = {
    "a": "the floor",
    "b": "first import",
    "c": "again, unchanged, files rewritten",
    "o": "again, unchanged, rows in another order",
    "d": "again, identical files",
    "m": "next night, 5 % of the rows corrected",
    "n": "next night, leagues re-keyed, clubs and teams renamed",
    "e": "a players file, against peers",
    "p": "as o, with 100,000 rows of users",
    "s": "what a session costs",
    "w": "what people notice while an import is at work",
}
Result = TypeVar("Result")
PEERS = ("ours", "bulk_create", "bulk_load", "import_export", "dlt_merge")
LARGE = 500_000
IMPORTS = "abcodmnp"
"""The cases that are measured at each size."""
PROGRAMS = {"s": "sessions", "w": "neighbours"}
"""The cases that are modules of their own, whose sections are called like them."""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        epilog="; ".join(f"{letter}: {what}" for letter, what in CASES.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--sizes", default="10000,100000,1000000", help="rows over all files of a snapshot")
    parser.add_argument("--sqlite-sizes", default="10000,100000", help="the same on SQLite, except a and p")
    parser.add_argument("--peer-sizes", default="10000,100000", help="rows of the players file")
    parser.add_argument("--only", default=",".join(CASES), help="cases by letter (all)")
    parser.add_argument("--rounds", type=int, help="how often each is measured (5, 3 at a million rows)")
    parser.add_argument("--write", type=Path, help="document to write the tables into, each into its section")
    options = parser.parse_args()
    only = options.only.split(",")
    server = Server(os.environ["DATABASE_URL"])
    server.migrate()
    try:
        imports = "\n\n".join(run(server, only, options))
    finally:
        server.clean_up()
    sections = {"imports": imports}
    sections |= {name: printed_by(f"benchmarks.{name}") for letter, name in PROGRAMS.items() if letter in only}
    for section, text in sections.items():
        print(text)
        if text and options.write:
            write_section(options.write, section, text)


def numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",") if number]


def run(server: Server, only: list[str], options: argparse.Namespace) -> Iterator[str]:
    """Measures and yields one Markdown table after the other."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        files = Files(folder / "databases")
        for name, databases, sizes, cases in (
            ("", server, options.sizes, [case for case in only if case in IMPORTS]),
            (" on SQLite", files, options.sqlite_sizes, [case for case in only if case in set(IMPORTS) - set("ap")]),
        ):
            results = {}
            for size in numbers(sizes) if cases else []:
                source = folder / str(size)
                rows = in_own_process(make_sample, source, size)
                results[rows] = measure_size(databases, source, cases, options.rounds or rounds_for(size))
            if results:
                yield table.of_sizes(results, CASES, name)
                yield table.of_targets(results, name)
        for size in numbers(options.peer_sizes) if "e" in only else []:
            source = folder / f"players{size}"
            rows = in_own_process(make_players, source, size)
            yield table.of_peers(rows, measure_peers(server, source, options.rounds or rounds_for(size)))


def in_own_process(function: Callable[..., Result], *arguments: object) -> Result:
    """Call the function in another process, because the processes that are measured inherit this one's peak memory."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(function, *arguments).result()


def rounds_for(size: int) -> int:
    return 3 if size >= LARGE else 5


def measure_size(databases: Databases, source: Path, only: list[str], rounds: int) -> dict[str, Measured]:
    """The medians by case. The cases take turns, so that other load on the machine affects all of them equally."""
    rewritten = in_own_process(rewrite, source, source.with_suffix(".rewritten"), indented)
    reordered = [source]
    for nth in range(2):
        reordered.append(in_own_process(rewrite, reordered[-1], source.with_suffix(f".reordered{nth}"), rotated))
    nights = {
        "m": in_own_process(rewrite, source, source.with_suffix(".corrected"), corrected),
        "n": in_own_process(make_next_night, source, source.with_suffix(".next")),
    }
    runs: dict[str, list[Measured]] = {case: [] for case in only}

    def measure(case: str, contestant: str, folder: Path, url: str) -> None:
        databases.flush()
        found = measured_process(contestant, folder, url)
        print(f"{case} {found.seconds:8.3f} s {found.memory:6.0f} MB  {found.outcome}", file=sys.stderr, flush=True)
        if case in runs:
            runs[case].append(found)

    for _ in range(rounds):
        if "a" in only:
            with databases.fresh(migrated=False) as url:
                measure("a", "floor", source, url)
        for night in set(only) & set(nights):
            with databases.fresh() as url:
                measure("warm-up", "ours", source, url)
                measure(night, "ours", nights[night], url)
        if not set(only) & set("bcodp"):
            continue
        with databases.fresh() as url:
            measure("b", "ours", source, url)
            if set(only) & set("cd"):
                measure("c", "ours", rewritten, url)
                measure("d", "ours", rewritten, url)
            if set(only) & set("op"):
                measure("o", "ours", reordered[1], url)
            if "p" in only:
                give_users_things(url)
                measure("warm-up", "ours", source, url)
                measure("p", "ours", reordered[2], url)
    return {case: median_of(measured) for case, measured in runs.items() if measured}


def measure_peers(server: Server, source: Path, rounds: int) -> dict[str, Measured]:
    """The medians by contestant. Raises SystemExit if one has not imported exactly what the file has."""
    expected = in_own_process(outcomes.expected_of, source)
    runs = {name: [] for name in PEERS}
    for _ in range(rounds):
        for name in PEERS:
            migrated = name != "dlt_merge"
            with server.fresh(migrated=migrated) as url:
                server.flush()
                found = measured_process(name, source, url)
                if migrated and (made := outcomes.found_in(url)) != expected:
                    raise SystemExit(f"{name} made {made} of a file that has {expected}")
            print(f"{name} {found.seconds:8.3f} s  {found.outcome}", file=sys.stderr, flush=True)
            runs[name].append(found)
    return {name: median_of(measured) for name, measured in runs.items()}


def printed_by(module: str) -> str:
    """The tables of a module that runs in another process, as it needs other settings."""
    return subprocess.run([sys.executable, "-m", module], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    main()
