"""Rejected rows as a spreadsheet opens them."""

import csv
from collections.abc import Iterator

from etlimport.models import ImportRun

COLUMNS = ("file", "index", "kind", "reason", "content")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Echo:
    """Hands each written line straight on."""

    def write(self, line: str) -> str:
        return line


def as_csv(run: ImportRun) -> Iterator[str]:
    """Line by line, the header first; no field is a formula to a spreadsheet."""
    writer = csv.writer(Echo())
    yield writer.writerow(COLUMNS)
    for row in run.rejected_rows.values_list(*COLUMNS).iterator(chunk_size=2000):
        yield writer.writerow([harmless(value) for value in row])


def harmless(value):
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
