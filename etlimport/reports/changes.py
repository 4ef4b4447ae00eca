"""What a published run changed, line by line, to browse and search long after it: read from what undo keeps.

A run whose undo data is gone, and a dry run, have the first lines of each group only, kept with the run.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from etlimport import database
from etlimport.journal.diff import groups
from etlimport.models import ImportRun


@dataclass(frozen=True)
class Change:
    group: str
    line: str


class Changes(Sequence):
    """Changes in the database, counted and sliced there; `sql` gives what (group), line."""

    def __init__(self, sql: str, words: str):
        pattern = "%" + words.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
        self.sql = f"FROM ({sql}) every WHERE lower(line) LIKE %s ESCAPE '!'"
        self.params = [pattern]

    def __len__(self) -> int:
        return database.value(f"SELECT count(*) {self.sql}", self.params)

    def __getitem__(self, part: slice) -> list[Change]:
        limits = [part.stop - part.start, part.start]
        found = database.rows(
            f"SELECT what, line {self.sql} ORDER BY what, line LIMIT %s OFFSET %s", [*self.params, *limits]
        )
        return [Change(*row) for row in found]


def find_changes(run: ImportRun, group: str = "", words: str = "") -> Sequence[Change]:
    """The run's changes of one group, or of all, whose line holds `words`, whatever their case."""
    if not can_be_read(run):
        return kept_with_run(run, group, words)
    chosen = {title: sql for title, sql in groups(run.pk).items() if group in ("", title)}
    if not chosen:
        return []
    return Changes(
        " UNION ALL ".join(f"SELECT '{title}' AS what, line FROM ({sql}) g" for title, sql in chosen.items()), words
    )


def is_kept_whole(run: ImportRun) -> bool:
    """Whether every change can be listed, not only the first ones of each group."""
    return can_be_read(run) or all(len(found["items"]) == found["count"] for found in run.diff.values())


def can_be_read(run: ImportRun) -> bool:
    """Whether what undo needs of the run is still there."""
    return run.status == ImportRun.Status.PUBLISHED and (run.row_changes.exists() or run.inserted_ranges.exists())


def kept_with_run(run: ImportRun, group: str, words: str) -> list[Change]:
    return [
        Change(title, line)
        for title, found in run.diff.items()
        if group in ("", title)
        for line in found["items"]
        if words.lower() in line.lower()
    ]
