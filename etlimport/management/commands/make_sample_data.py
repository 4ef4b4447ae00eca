import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from etlimport.sample import make_next, make_next_season, make_snapshot

SHOW_PROGRESS_AFTER = 2  # seconds


class Command(BaseCommand):
    help = "Write a snapshot of invented leagues with the irregularities of real sources, or the snapshot after it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--out", type=Path, required=True, help="folder to write; an earlier sample in it is replaced"
        )
        parser.add_argument(
            "--players",
            type=int,
            default=300,
            help="about how many people, default 300; each gives about 29 rows, 2.6 with --history 0",
        )
        parser.add_argument("--seed", type=int, default=1, help="each seed gives other leagues (default 1)")
        parser.add_argument(
            "--history",
            type=int,
            default=30,
            help="rating entries per rated player, on average; 0 for none (default 30)",
        )
        parser.add_argument(
            "--next-of", type=Path, help="write the snapshot that follows this sample, and truth.json about it"
        )
        parser.add_argument(
            "--common-tail", action="store_true", help="with --next-of: new player ids end like the old ones"
        )

        parser.add_argument(
            "--new-season", action="store_true", help="with --next-of: the snapshot with which the next season begins"
        )
        parser.add_argument(
            "--early", action="store_true", help="with --new-season: only the players files are of the new season yet"
        )

    def handle(self, *args: Any, out: Path, players: int, seed: int, history: int, **options: Any) -> None:
        if players < 1 or history < 0:
            raise CommandError("--players must be at least 1, --history at least 0")
        for option, needed in (("new_season", "next_of"), ("early", "new_season"), ("common_tail", "next_of")):
            if options[option] and not options[needed]:
                raise CommandError(f"--{option.replace('_', '-')} needs --{needed.replace('_', '-')}")
        if options["new_season"] and options["common_tail"]:
            raise CommandError("--common-tail is about new ids, of which --new-season gives none")
        started = time.perf_counter()
        with LateProgress() as progress:
            try:
                if options["new_season"]:
                    counts = make_next_season(options["next_of"], out, seed, options["early"], progress)
                elif options["next_of"]:
                    counts = make_next(options["next_of"], out, seed, options["common_tail"], progress)
                else:
                    counts = make_snapshot(out, players, seed, history, progress)
            except (OSError, ValueError) as error:
                raise CommandError(str(error)) from error
        seconds = time.perf_counter() - started
        self.stdout.write(f"{out}: {counts.players:,} players, {counts.total:,} rows in {seconds:.1f} s")
        for kind, rows in counts.rows.items():
            self.stdout.write(f"  {kind:<15} {rows:>12,}")


class LateProgress:
    """A count of rows on stderr, which is shown only if writing takes longer than two seconds."""

    def __init__(self) -> None:
        columns = (SpinnerColumn(), TextColumn("{task.completed:,} rows"), TimeElapsedColumn())
        self.display = Progress(*columns, console=Console(stderr=True), transient=True)
        self.task = self.display.add_task("rows", total=None)
        self.show_at = time.monotonic() + SHOW_PROGRESS_AFTER

    def __call__(self, rows: int) -> None:
        if not self.display.live.is_started and time.monotonic() > self.show_at:
            self.display.start()
        self.display.update(self.task, completed=rows)

    def __enter__(self) -> "LateProgress":
        return self

    def __exit__(self, *_: object) -> None:
        self.display.stop()
