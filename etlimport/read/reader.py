"""One file → blocks of tuples, every row accounted for."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from etlimport.kinds.values import Unreadable
from etlimport.read.file_report import FileReport
from etlimport.read.files import SourcePath
from etlimport.read.formats.json_array import BLOCK_SIZE, Block, read_blocks
from etlimport.read.formats.json_rows import Shape
from etlimport.read.kinds import READERS, KindReader, Leagues
from etlimport.read.label_book import LabelBook
from etlimport.read.rejected import Rejected

ROWS_PER_BLOCK = 1000


def read_file(
    file: SourcePath,
    book: LabelBook,
    report: FileReport,
    asks_for: Callable[[str], bool] = lambda code: True,
    block_size: int = BLOCK_SIZE,
) -> Iterator[list[tuple]]:
    """Blocks of at most 1,000 tuples in the order of `COLUMNS[file.kind]`; labels go to `book`.

    Rows of leagues it does not ask for, by their codes, are passed over and not counted. `block_size` is in bytes
    of the file. Raises SourceUnreadable and SourceRefused, at the first block or later.
    """
    kind = READERS[file.kind](book, Leagues(book, asks_for))
    read = EntryReader if kind.describes.entries else RowReader
    reader = read(kind, report)
    for block in read_blocks(file, block_size):
        rows = reader.tuples(block)
        for start in range(0, len(rows), ROWS_PER_BLOCK):
            yield rows[start : start + ROWS_PER_BLOCK]


class RowReader:
    """Reads files in which an element is a row."""

    def __init__(self, kind: KindReader, report: FileReport):
        self.kind, self.report = kind, report
        self.shape = Shape(kind.describes)

    def tuples(self, block: Block) -> list[tuple]:
        made: list[tuple] = []
        add, convert = made.append, self.kind.convert
        for idx, row in enumerate(self.shape.rows(block), block.start):
            try:
                found = convert(idx, row)
            except (Rejected, Unreadable) as error:
                found = self.mended(idx, row, error, block.elements[idx - block.start])
            if found is not None:
                add(found)
        self.report.accept(len(made))
        return made

    def mended(self, idx: int, row: Any, error: Exception, content: bytes, *whose: Any) -> tuple | None:
        """The row without its unreadable value, or None and a note of why it is rejected.

        One unreadable value is a slip of the source; with more of them nothing in the row can be trusted.
        """
        try:
            if isinstance(error, Rejected):
                raise error
            said = self.kind.repair(row)
            if len(said) > 1:
                raise Rejected("; ".join(said))
            found = self.kind.convert(idx, row, *whose)
        except Rejected as rejected:
            if not rejected.code or self.kind.leagues.asks_for(rejected.code):
                self.report.reject(idx, str(rejected), content)
            return None
        self.report.repair(idx, f"{said[0]}: imported without it", content)
        return found


class EntryReader(RowReader):
    """Reads files in which an element is a player and the rows are the entries of one of its lists."""

    next_idx = 0

    def tuples(self, block: Block) -> list[tuple]:
        made: list[tuple] = []
        for row, element in zip(self.shape.rows(block), block.elements, strict=True):
            start = self.next_idx
            try:
                whose = self.kind.player(row)
            except Rejected as rejected:
                self.next_idx += 1
                self.mended(start, row, rejected, element)
                continue
            entries = getattr(row, self.kind.describes.entries) or ()
            self.next_idx += len(entries)
            if whose:
                made += self.entry_tuples(start, entries, *whose)
        self.report.accept(len(made))
        return made

    def entry_tuples(self, start: int, entries: list, league_no: int, external_id: str) -> Iterator[tuple]:
        convert = self.kind.convert
        for idx, entry in enumerate(entries, start):
            try:
                found = convert(idx, entry, league_no, external_id)
            except (Rejected, Unreadable) as error:
                content = self.entry_content(entry, external_id)
                found = self.mended(idx, entry, error, content, league_no, external_id)
            if found is not None:
                yield found

    def entry_content(self, entry: Any, external_id: str) -> bytes:
        """An entry as JSON, and whose it is."""
        held = msgspec.Raw(entry.content) if isinstance(entry, Rejected) else entry
        return msgspec.json.encode({"player_id": external_id, self.kind.describes.entries: [held]})
