"""The rows that a run rejected, repaired or found to contradict others: as a table, as CSV and as JSON."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from etlimport.models import ImportRun, RejectedRow

COLUMNS = ("file", "index", "kind", "reason", "content")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet would evaluate as a formula."""


class UnknownRun(LookupError):
    """No run has this number, or there is none at all."""


def find_run(number: int | None = None) -> ImportRun:
    """The run of this number; the latest one if none is given. Raises UnknownRun, which says what to do."""
    if number is None:
        run = ImportRun.objects.exclude(status=ImportRun.Status.RUNNING).first()
        if run is None:
            raise UnknownRun("There is no run yet: import something with run_etl.")
        return run
    run = ImportRun.objects.filter(pk=number).first()
    if run is None:
        latest = ImportRun.objects.first()
        hint = f"the latest is {latest.pk}" if latest else "there is none yet"
        raise UnknownRun(f"There is no run {number}; {hint}.")
    return run


def rows_of(run: ImportRun) -> QuerySet[RejectedRow]:
    return run.rejected_rows.order_by("file", "index", "pk")


def as_dicts(run: ImportRun) -> Iterator[dict[str, Any]]:
    yield from rows_of(run).values(*COLUMNS).iterator()


def as_csv(run: ImportRun) -> Iterator[str]:
    """The lines of a CSV file, beginning with a header. No spreadsheet evaluates any of its cells as a formula."""
    writer = csv.writer(Lines())
    yield writer.writerow(COLUMNS)
    for row in rows_of(run).values_list(*COLUMNS).iterator():
        yield writer.writerow(map(harmless, row))


class Lines:
    """A file whose `write` returns the line instead of storing it."""

    def write(self, line: str) -> str:
        return line


def harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def as_table(rows: Iterable[RejectedRow], content_width: int = 100) -> Iterator[str]:
    """Lines of text, grouped by file: for each row its index, kind and reason, then its content, cut to the width."""
    file = None
    for row in rows:
        if row.file != file:
            file = row.file
            yield f"\n{printable(file)}"
        yield f"{row.index:>9,}  {row.kind:<13}  {printable(row.reason)}"
        content = printable(row.content)
        yield f"{'':>9}  {content[:content_width]}{'…' if len(content) > content_width else ''}"


def printable(text: str) -> str:
    """The text on one line and without control characters, which a terminal might obey."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
