"""The files of a source: found, recognised when they are those already published, read and staged."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import msgspec

from etlimport import database, stage
from etlimport.database.working_tables import STAGED
from etlimport.models import ImportRun, RejectedRow, SourceFile
from etlimport.read import FileReport, LabelBook, SourcePath, SourceRefused, find_files, read_file
from etlimport.read.files import kind_of
from etlimport.resolve.aliases import Aliases

PARTS = ("inserted", "updated", "unchanged", "duplicate", "rejected", "repaired")


@dataclass
class ReadFile:
    """A file of the source and what came of it; `known`: it says what that of the published snapshot, `before`, said.

    `digest` is of its bytes, `content` of what its rows say. `left_out`: it could not be read and force went on
    without it.
    """

    no: int
    path: SourcePath
    digest: str
    before: SourceFile | None
    known: SourceFile | None
    content: str = ""
    report: FileReport | None = None
    counts: dict[str, int] = field(default_factory=dict)
    left_out: bool = False


def gather(source, aliases: Aliases, *, use_known: bool) -> list[ReadFile]:
    """The files of a source with their digests; raises SourceUnreadable when there are none.

    Files of one kind are known together or not at all: what is not in any of them has left.
    """
    published = defaultdict(dict)
    for file in SourceFile.objects.all() if use_known else ():
        published[kind_of(Path(file.path))][file.path] = file
    found = find_files(source)
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # hashing lets go of the interpreter
        digests_of_all = dict(zip(found, threads.map(SourcePath.digest, found), strict=True))
    files = []
    for kind, paths in groupby(found, attrgetter("kind")):
        digests = {path: f"{aliases.digest}{digests_of_all[path]}"[:64] for path in paths}
        before = published[kind] if published[kind].keys() == {path.relative for path in digests} else {}
        known = bool(before) and all(before[path.relative].digest == digest for path, digest in digests.items())
        for path, digest in digests.items():
            file = before.get(path.relative)
            files.append(ReadFile(len(files), path, digest, file, file if known else None))
    return files


class AskedFor:
    """Tells the leagues a run was asked for by their codes, however these are spelled; all where none was named."""

    def __init__(self, codes: Iterable[str], aliases: Aliases):
        self.aliases = aliases
        self.codes = {self.aliases.league(code): code for code in codes}

    def __call__(self, code: str) -> bool:
        return not self.codes or self.aliases.league(code) in self.codes

    def missing(self, found: Iterable[str]) -> list[str]:
        """The codes asked for of which none was found."""
        keys = {self.aliases.league(code) for code in found}
        return sorted(code for key, code in self.codes.items() if key not in keys)


def read_and_stage(
    files: list[ReadFile],
    book: LabelBook,
    run: ImportRun,
    clock,
    asked: AskedFor,
    *,
    force: bool,
) -> list[str]:
    """Read the files that are not known and stage their rows; warnings about those left out by force.

    Raises SourceUnreadable, or SourceRefused for an empty file unless `force`.
    """
    warnings = []
    settled = asked.aliases.digest.encode()
    stage.create_staged_tables()
    for file in files:
        if file.known:
            recall_labels(file.known, book)
            continue
        file.report = FileReport(file.path)
        content = hashlib.blake2b(settled, digest_size=32)
        try:
            blocks = digested(read_file(file.path, book, file.report, asked), content)
            stage.load_rows(file.path.kind, file.no, clock.count(blocks))
        except SourceRefused as error:
            if not force:
                raise
            file.left_out = True
            warnings.append(f"Left out by force: {error}")
        else:
            notes = [(note.kind, note.index, note.reason) for note in file.report.notes]
            content.update(msgspec.msgpack.encode((book.leagues, book.labels, notes)))
            file.content = content.hexdigest()
        note_rejected(file, run)
    return warnings


def digested(blocks: Iterator[list[tuple]], digest) -> Iterator[list[tuple]]:
    """Pass blocks of rows on, taking up what they say; where one block ends and the next begins says nothing."""
    encode = msgspec.msgpack.Encoder().encode
    for block in blocks:
        digest.update(b"".join(map(encode, block)))
        yield block


def all_known(files: list[ReadFile]) -> bool:
    return all(file.known for file in files)


def recognise(files: list[ReadFile]) -> bool:
    """Whether the files, once read, all say what the published ones said, if in other bytes; then all are known."""
    if not all(file.known or (file.before and file.content and file.content == file.before.content) for file in files):
        return False
    for file in files:
        file.known = file.before
    return True


def remember_bytes(files: list[ReadFile]) -> None:
    """Know the files by their new bytes the next time."""
    for file in files:
        file.before.digest = file.digest
    SourceFile.objects.bulk_update([file.before for file in files], ["digest"])


def recall_labels(known: SourceFile, book: LabelBook) -> None:
    """What a file that need not be read again says of teams counts as if it had been."""
    for league, kind, series, team, club in known.labels:
        book.label(book.league(league), kind, series, team, club)


def note_rejected(file: ReadFile, run: ImportRun) -> None:
    if not file.report.notes:
        return
    RejectedRow.objects.bulk_create(
        (
            RejectedRow(
                run=run,
                kind=note.kind,
                file=file.path.relative,
                index=note.index,
                reason=note.reason[:500],
                content=note.content,
            )
            for note in file.report.notes
        ),
        batch_size=1000,
    )


def counts_of_known(known: SourceFile) -> dict[str, int]:
    """The accounting of a file recognised by its content: every row that was taken is unchanged."""
    counts = known.counts
    unchanged = counts["inserted"] + counts["updated"] + counts["unchanged"]
    return {**counts, "inserted": 0, "updated": 0, "unchanged": unchanged}


def counts_of_known_files(files: list[ReadFile]) -> dict[str, dict[str, int]]:
    """The accounting of a run all of whose files are known, by file."""
    return {file.path.relative: counts_of_known(file.known) for file in files}


def remember_sources(files: list[ReadFile], book: LabelBook, run: ImportRun, *, partial: bool) -> None:
    """Keep what the published files held and forget all else. After a run for some leagues only, no file is known."""
    SourceFile.objects.exclude(path__in=[file.path.relative for file in files if file.known]).delete()
    if partial:
        return
    labels = labels_by_file(book)
    SourceFile.objects.bulk_create(
        SourceFile(
            path=file.path.relative,
            digest=file.digest,
            content=file.content,
            counts=file.counts,
            labels=labels[file.no],
            run=run,
        )
        for file in files
        if not file.known and not file.left_out
    )


LABELS = {
    "players": ("label_no",),
    "schedules": ("home_no", "away_no"),
    "series_stats": ("label_no",),
    "match_history": ("home_no", "away_no"),
}
"""The columns of staged rows that hold labels of teams."""


def labels_by_file(book: LabelBook) -> defaultdict[int, list[list]]:
    """What each staged file says of teams, by its number, as `recall_labels` takes it."""
    every = " UNION ".join(
        f"SELECT file_no, {column} AS label_no FROM {STAGED[kind]}"
        for kind, columns in LABELS.items()
        for column in columns
    )
    found = defaultdict(list)
    for file_no, number in database.rows(f"SELECT file_no, label_no FROM ({every}) named ORDER BY file_no, label_no"):
        league, *label = book.labels[number]
        found[file_no].append([book.leagues[league], *label])
    return found


def forget_sources() -> None:
    """Let every file be read again: the catalogue is no longer what they made it."""
    SourceFile.objects.all().delete()
