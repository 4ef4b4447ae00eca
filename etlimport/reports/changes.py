"""The changes of a published run, line by line, to browse and search long after it. They come from the undo log.

Of a dry run, and of a run whose undo log is gone, only the first lines of each group are there, kept with the run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from etlimport import database
from etlimport.journal.diff import groups
from etlimport.models import ImportRun


@dataclass(frozen=True)
class Change:
    group: str
    line: str


class Changes(Sequence[Change]):
    """Changes that stay in the database, which counts and slices them. `sql`: a query of (what, line)."""

    def __init__(self, sql: str, words: str) -> None:
        pattern = "%" + words.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
        self.sql = f"FROM ({sql}) every WHERE lower(line) LIKE %s ESCAPE '!'"
        self.params = [pattern]

    def __len__(self) -> int:
        return int(database.value(f"SELECT count(*) {self.sql}", self.params))

    @overload
    def __getitem__(self, at: int) -> Change: ...
    @overload
    def __getitem__(self, at: slice) -> list[Change]: ...

    def __getitem__(self, at: int | slice) -> Change | list[Change]:
        if isinstance(at, int):
            return self.part(at, at + 1)[0]
        return self.part(at.start or 0, len(self) if at.stop is None else at.stop)

    def part(self, start: int, stop: int) -> list[Change]:
        found = database.rows(
            f"SELECT what, line {self.sql} ORDER BY what, line LIMIT %s OFFSET %s", [*self.params, stop - start, start]
        )
        return [Change(*row) for row in found]


def find_changes(run: ImportRun, group: str = "", words: str = "") -> Sequence[Change]:
    """The run's changes of one group, or of all groups, whose line contains `words` in any case."""
    if not can_be_read(run):
        return kept_with_run(run, group, words)
    chosen = {title: sql for title, sql in groups(run.pk).items() if group in ("", title)}
    if not chosen:
        return []
    return Changes(
        " UNION ALL ".join(f"SELECT '{title}' AS what, line FROM ({sql}) g" for title, sql in chosen.items()), words
    )


def is_kept_whole(run: ImportRun) -> bool:
    """Whether every change of the run can be listed, not only the first ones of each group."""
    return can_be_read(run) or all(len(found["items"]) == found["count"] for found in run.diff.values())


def can_be_read(run: ImportRun) -> bool:
    """Whether the undo log of the run is still there."""
    return run.status == ImportRun.Status.PUBLISHED and (run.row_changes.exists() or run.inserted_ranges.exists())


def kept_with_run(run: ImportRun, group: str, words: str) -> list[Change]:
    return [
        Change(title, line)
        for title, found in run.diff.items()
        if group in ("", title)
        for line in found["items"]
        if words.lower() in line.lower()
    ]
