"""How the tests of reading read rows."""

import json

import pytest

from etlimport.kinds import KINDS
from etlimport.read import FileReport, LabelBook, SourcePath, read_file
from etlimport.tests.read.rows import GOOD


@pytest.fixture
def book():
    return LabelBook()


@pytest.fixture
def read(tmp_path, book):
    """Reads rows, or the bytes of a file, of a kind → (rows by column, report)."""

    def read(kind, rows, **options):
        content = rows if isinstance(rows, bytes) else json.dumps(rows).encode()
        path = tmp_path / f"{kind}.json"
        path.write_bytes(content)
        report = FileReport(SourcePath(path, path.name, kind, len(content)))
        blocks = list(read_file(report.file, book, report, **options))
        found = [dict(zip(KINDS[kind].columns(), row, strict=True)) for block in blocks for row in block]
        assert report.read == report.accepted + report.rejected
        assert report.accepted == len(found)
        return found, report

    return read


@pytest.fixture
def rejection(read):
    """Reads a good row and then the given one, which must be rejected → the reason."""

    def rejection(kind, row):
        element = row if isinstance(row, bytes) else json.dumps(row).encode()
        good = json.dumps(GOOD[kind]).encode()
        found, report = read(kind, b"[" + good + b"," + element + b"]")
        (note,) = report.notes
        assert (note.kind, report.rejected) == ("rejected", 1)
        assert found
        return note.reason

    return rejection
