"""Telling people how far an import is: bars on a terminal, plain lines in a log, notes for who watches."""

import contextlib
import time
from collections.abc import Iterator
from typing import Protocol

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from etlimport.run.watch import Watch

STEPS = {
    "read": "Reading the files",
    "resolve": "Telling who is who",
    "check": "Checking that it is safe",
    "protect": "Noting what users own",
    "merge": "Merging",
    "restore": "Proving that nothing was lost",
    "repair": "Repairing league contexts",
    "audit": "Auditing",
    "publish": "Publishing",
}


class Display(Protocol):
    def step(self, name: str) -> None: ...
    def rows(self, count: int) -> None: ...


class Silent:
    def step(self, name: str) -> None:
        pass

    def rows(self, count: int) -> None:
        pass


class Lines:
    """One plain line a step, for logs."""

    def __init__(self, write):
        self.write = write
        self.total = 0

    def step(self, name: str) -> None:
        if self.total:
            self.write(f"  {self.total:,} rows")
        self.total = 0
        self.write(f"{STEPS[name]} …")

    def rows(self, count: int) -> None:
        self.total += count


class Bars:
    """A moving line a step, for a terminal."""

    def __init__(self, progress: Progress):
        self.progress = progress
        self.task = None

    def step(self, name: str) -> None:
        self.end()
        self.task = self.progress.add_task(STEPS[name], total=None)

    def rows(self, count: int) -> None:
        self.progress.advance(self.task, count)

    def end(self) -> None:
        if self.task is not None:
            done = self.progress.tasks[self.task].completed
            self.progress.update(self.task, total=done or 1, completed=done or 1)


@contextlib.contextmanager
def bars(stream) -> Iterator[Bars]:
    from rich.console import Console

    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(file=stream)) as progress:
        display = Bars(progress)
        yield display
        display.end()


class Clock:
    """Goes through the steps of a run: times each, shows it, and notes it for who watches."""

    def __init__(self, display: Display, watch: Watch):
        self.display, self.watch = display, watch
        self.seconds: dict[str, float] = {}
        self.current = ""
        self.read = 0

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        self.current = name
        self.display.step(name)
        self.watch.note(name, {})
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(self.seconds.get(name, 0) + time.perf_counter() - started, 3)

    def count(self, blocks: Iterator[list]) -> Iterator[list]:
        """Pass blocks of rows on, showing how many went by."""
        for block in blocks:
            self.read += len(block)
            self.display.rows(len(block))
            self.watch.note(self.current, {"rows": self.read})
            yield block
