"""Reads one file into blocks of tuples and counts what became of every row."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import msgspec

from etlimport.kinds import StagedRow
from etlimport.kinds.values import Unreadable
from etlimport.read.converters import Converter, EntryConverter, LeagueNumbers, RowConverter, make_converter
from etlimport.read.file_report import FileReport
from etlimport.read.files import SourcePath
from etlimport.read.formats.encodings import may_be_encoded_twice, repaired
from etlimport.read.formats.json_array import BLOCK_SIZE, Block, joined, read_blocks
from etlimport.read.formats.json_rows import RowDecoder
from etlimport.read.label_book import LabelBook
from etlimport.read.rejected import Rejected

ROWS_PER_BLOCK = 1000
MOST_SAID = 300
"""Characters of the names of unknown fields that are told."""


def read_file(
    file: SourcePath,
    book: LabelBook,
    report: FileReport,
    is_selected: Callable[[str], bool] = lambda code: True,
    block_size: int = BLOCK_SIZE,
) -> Iterator[list[StagedRow]]:
    """Yields blocks of at most 1,000 tuples, each in the order of `Kind.columns` of its kind of file.

    Labels are added to `book`. Rows of leagues whose code is not selected are skipped and not counted. `block_size` is
    the number of bytes read at a time. Raises SourceUnreadable and SourceRefused, at the first block or a later one.
    """
    converter = make_converter(file.kind, book, LeagueNumbers(book, is_selected, file.season))
    if converter.look_at:
        decoder = RowDecoder(converter.describes)
        for block in read_blocks(file, block_size):
            converter.look_at(decoder.rows(block))
    reader = make_reader(converter, report)
    for block in read_blocks(file, block_size):
        rows = reader.tuples(block)
        for start in range(0, len(rows), ROWS_PER_BLOCK):
            yield rows[start : start + ROWS_PER_BLOCK]
    reader.close()


class BlockReader(ABC):
    """Makes tuples of the blocks of one file, in the order of the file, and counts the rows in `report`."""

    def __init__(self, converter: Converter, report: FileReport) -> None:
        self.report = report
        self.decoder = RowDecoder(converter.describes)
        self.repair, self.witnesses = converter.repair, converter.witnesses
        self.rejected_rows: list[tuple[int, Any]] = []
        self.moment = converter.parser("scraped_at")
        self.is_selected = converter.leagues.is_selected
        self.marked, self.remarks = converter.marked, converter.remarks

    @abstractmethod
    def tuples(self, block: Block) -> list[StagedRow]:
        """The rows of a block that can be read; the others are added to `rejected_rows`."""

    def rows(self, block: Block) -> list[Any]:
        """The row objects of a block. Also notes when they were scraped, which the files of few sources say."""
        rows = self.decoder.rows(block)
        if times := {str(row.scraped_at) for row in rows if not isinstance(row, Rejected) and row.scraped_at}:
            self.report.note_times(map(self.moment, times))
        return rows

    def mended(self, block: Block) -> tuple[Block, dict[int, str]]:
        """(the block without doubly encoded texts, what was changed by the place of the element in the block)."""
        if not may_be_encoded_twice(block.array):
            return block, {}
        elements, changed = list(block.elements), {}
        for place, element in enumerate(map(bytes, block.elements)):
            if may_be_encoded_twice(element):
                elements[place], changes = repaired(element)
                if changes:
                    changed[place] = "; ".join(changes)
        return Block(block.start, elements, joined(elements)), changed

    def close(self) -> None:
        """Complete the report, now that the whole file is read and all its labels are met."""
        said = [
            f"{count:,} rows are not UTF-8; they were read as {encoding}"
            for encoding, count in self.decoder.encodings.items()
        ]
        if unknown := self.decoder.unknown_fields():
            said.append(f"{len(unknown)} fields are not known and were not imported: {', '.join(unknown)[:MOST_SAID]}")
        self.report.close(
            witnesses=[witness for idx, row in self.rejected_rows for witness in self.witnesses(idx, row)],
            warnings=[f"{self.report.file.relative}: {remark}." for remark in (*said, *self.remarks())],
        )

    def reject(self, idx: int, rejected: Rejected, content: bytes) -> None:
        if not rejected.code or self.is_selected(rejected.code):
            self.report.reject(idx, str(rejected), content)

    def without_unreadable_values(
        self, idx: int, row: Any, error: Exception, convert: Callable[[], StagedRow | None], content: bytes
    ) -> StagedRow | None:
        """The tuple of a row without its unreadable values; None for a row that is rejected: its key is among them."""
        try:
            if isinstance(error, Rejected):
                raise error
            reason, unread = self.repair(row)
            found = convert()
        except (Rejected, Unreadable) as fault:
            self.reject(idx, as_rejected(fault), content)
            self.rejected_rows.append((idx, row))
            return None
        self.report.repair(idx, reason, content)
        return found and self.marked(found, unread)


class RowReader(BlockReader):
    """Reads files in which each element is a row."""

    def __init__(self, converter: RowConverter, report: FileReport) -> None:
        super().__init__(converter, report)
        self.convert, self.convert_incomplete = converter.convert, converter.convert_incomplete

    def tuples(self, block: Block) -> list[StagedRow]:
        made: list[StagedRow] = []
        add, convert = made.append, self.convert
        mended, changes = self.mended(block)
        for place, change in changes.items():
            self.report.repair(block.start + place, change, bytes(block.elements[place]))
        for idx, row in enumerate(self.rows(mended), block.start):
            try:
                found = convert(idx, row)
            except (Rejected, Unreadable) as error:
                content = block.elements[idx - block.start]
                found = self.without_unreadable_values(
                    idx, row, error, partial(self.convert_incomplete, idx, row), content
                )
            if found is not None:
                add(found)
        self.report.accept(len(made))
        return made


class EntryReader(BlockReader):
    """Reads files in which each element is a player and the rows are the entries of one of the player's lists."""

    def __init__(self, converter: EntryConverter, report: FileReport) -> None:
        super().__init__(converter, report)
        self.converter = converter
        self.next_idx = 0

    def tuples(self, block: Block) -> list[StagedRow]:
        made: list[StagedRow] = []
        mended, changes = self.mended(block)
        for place, (row, element) in enumerate(zip(self.rows(mended), block.elements, strict=True)):
            start = self.next_idx
            if place in changes:
                self.report.repair(start, changes[place], bytes(element))
            try:
                player = self.converter.player(row)
            except (Rejected, Unreadable) as error:
                self.next_idx += 1
                self.reject(start, as_rejected(error), element)
                continue
            entries = getattr(row, self.converter.describes.entries) or ()
            self.next_idx += len(entries)
            if player:
                made += self.entry_tuples(start, entries, *player)
        self.report.accept(len(made))
        return made

    def entry_tuples(self, start: int, entries: Iterable[Any], league_no: int, external_id: str) -> Iterator[StagedRow]:
        convert = self.converter.convert
        for idx, entry in enumerate(entries, start):
            found: StagedRow | None
            try:
                found = convert(idx, entry, league_no, external_id)
            except (Rejected, Unreadable) as error:
                again = partial(convert, idx, entry, league_no, external_id)
                content = self.entry_content(entry, external_id)
                found = self.without_unreadable_values(idx, entry, error, again, content)
            if found is not None:
                yield found

    def entry_content(self, entry: Any, external_id: str) -> bytes:
        """An entry as JSON, inside an object that also holds the player's id."""
        held = msgspec.Raw(entry.content) if isinstance(entry, Rejected) else entry
        return msgspec.json.encode({"player_id": external_id, self.converter.describes.entries: [held]})


def as_rejected(error: Exception) -> Rejected:
    return error if isinstance(error, Rejected) else Rejected(str(error))


def make_reader(converter: RowConverter | EntryConverter, report: FileReport) -> BlockReader:
    if isinstance(converter, EntryConverter):
        return EntryReader(converter, report)
    return RowReader(converter, report)
