"""Shows the progress of a run: as bars on a terminal, as plain lines in a log, and through a `Watch` on pages."""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from etlimport.run.watch import Watch

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

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
    def step(self, name: str) -> None:
        """A step begins."""

    def rows(self, count: int) -> None:
        """So many more rows have been read."""


class Silent:
    """Shows nothing."""

    def step(self, name: str) -> None:
        pass

    def rows(self, count: int) -> None:
        pass


class Lines:
    """Writes one plain line for each step, for logs."""

    def __init__(self, write: Callable[[str], object]) -> None:
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
    """Shows a moving line for each step, for a terminal."""

    def __init__(self, progress: "Progress") -> None:
        self.progress = progress
        self.task: TaskID | None = None

    def step(self, name: str) -> None:
        self.end()
        self.task = self.progress.add_task(STEPS[name], total=None)

    def rows(self, count: int) -> None:
        if self.task is not None:
            self.progress.advance(self.task, count)

    def end(self) -> None:
        if self.task is not None:
            done = self.progress.tasks[self.task].completed
            self.progress.update(self.task, total=done or 1, completed=done or 1)


@contextlib.contextmanager
def bars(stream: TextIO) -> Iterator[Bars]:
    # Imported here, as only a terminal needs it: every command would begin later.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

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
    """Measures the seconds of each step of a run, and passes the progress on to the display and the watch."""

    def __init__(self, display: Display, watch: Watch) -> None:
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

    def count(self, blocks: Iterator[list[Any]]) -> Iterator[list[Any]]:
        """Yields the blocks unchanged and shows how many rows they have."""
        for block in blocks:
            self.read += len(block)
            self.display.rows(len(block))
            self.watch.note(self.current, {"rows": self.read})
            yield block
