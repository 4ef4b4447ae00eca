"""How many rows of one file were accepted, rejected and repaired, and why."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Literal, NamedTuple

from etlimport.read.files import SourcePath


class Witness(NamedTuple):
    """What can be read of a row whose key cannot be read: who or what it may be about. None where it cannot be read.

    `idx` is the row's place in its file, `kind` the kind of file; numbers are those of the label book.
    """

    idx: int
    kind: str
    league_no: int | None = None
    label_no: int | None = None
    home_no: int | None = None
    away_no: int | None = None
    name_key: str | None = None
    date: str | None = None


CONTENT_LENGTH = 10_000
REASON_LENGTH = 500


@dataclass(frozen=True)
class Note:
    """A row that was rejected, or that was repaired: imported without one of its values.

    `index` is the row's place in its file, from 0; `content` its JSON text, of at most 10,000 characters.
    """

    kind: Literal["rejected", "repaired"]
    index: int
    reason: str
    content: str


@dataclass
class FileReport:
    """The numbers of rows, which are complete once the whole file is read: read = accepted + rejected.

    The repaired rows are among the accepted ones.
    `witnesses`: what could be read of the rejected rows. `warnings`: what is to be said of the whole file.
    `scraped_at`: when the last of the rows was scraped, if they say so.
    """

    file: SourcePath
    read: int = 0
    accepted: int = 0
    rejected: int = 0
    repaired: int = 0
    notes: list[Note] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    scraped_at: datetime | None = None

    def reject(self, index: int, reason: str, content: bytes) -> None:
        self.read += 1
        self.rejected += 1
        self.notes.append(Note("rejected", index, reason[:REASON_LENGTH], content_text(content)))

    def repair(self, index: int, reason: str, content: bytes) -> None:
        self.repaired += 1
        self.notes.append(Note("repaired", index, reason[:REASON_LENGTH], content_text(content)))

    def close(self, witnesses: list[Witness], warnings: list[str]) -> None:
        """Put the notes in the order of the rows. A row with several notes was repaired once, if it was accepted."""
        self.notes.sort(key=attrgetter("index"))
        indexes = {kind: {note.index for note in self.notes if note.kind == kind} for kind in ("repaired", "rejected")}
        self.repaired = len(indexes["repaired"] - indexes["rejected"])
        self.witnesses += witnesses
        self.warnings += warnings

    def note_times(self, times: Iterable[datetime | None]) -> None:
        self.scraped_at = max(filter(None, (self.scraped_at, *times)), default=None)

    def accept(self, count: int) -> None:
        self.read += count
        self.accepted += count


def content_text(content: bytes) -> str:
    """A row as text that every database can store: NUL characters and bytes that are not UTF-8 are escaped."""
    text = bytes(content)[: 4 * CONTENT_LENGTH].decode("utf-8", "backslashreplace")
    return text.replace("\0", "\\u0000")[:CONTENT_LENGTH]
