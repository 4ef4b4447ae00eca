"""Finds the files of a source, recognises those that are published already, and reads and stages all others.

A file is recognised by a digest of its bytes, or, once it is read, by a digest of its rows.
"""

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Protocol

import msgspec

from etlimport import database, stage
from etlimport.database.working_tables import STAGED
from etlimport.kinds import StagedRow
from etlimport.models import ImportRun, RejectedRow, SourceFile
from etlimport.read import FileReport, LabelBook, SourcePath, SourceRefused, find_files, read_file
from etlimport.read.files import kind_of
from etlimport.resolve.aliases import Aliases


@dataclass
class ReadFile:
    """A file of the source and what became of its rows.

    `no`: the number of the file among those of the source, from 0.
    `digest`: a digest of its bytes; `content`: a digest of its rows, empty before it is read.
    `published`: the file of the same path in the published snapshot.
    `known`: set to the published file when identical to it, so that this one need not be imported again.
    `counts`: its rows by what became of them (`inserted`, `duplicate`, …).
    `left_out`: whether the import went on without it by force, because it could not be read.
    """

    no: int
    path: SourcePath
    digest: str
    published: SourceFile | None
    known: SourceFile | None
    report: FileReport
    content: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    left_out: bool = False


def gather(source: Path, aliases: Aliases, *, use_known: bool) -> list[ReadFile]:
    """The files of a source with their digests. Raises SourceUnreadable if there is none.

    A file is known only if all files of its kind are: a row that is in none of them any more has left the source.
    With `use_known=False` no file is known.
    """
    published: dict[str, dict[str, SourceFile]] = defaultdict(dict)
    for published_file in SourceFile.objects.all() if use_known else ():
        published[kind_of(Path(published_file.path)) or ""][published_file.path] = published_file
    found = find_files(source)
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # threads run in parallel here, as hashing releases the GIL
        digests_of_all = dict(zip(found, threads.map(SourcePath.digest, found), strict=True))
    files: list[ReadFile] = []
    for kind, paths in groupby(found, attrgetter("kind")):
        digests = {path: f"{aliases.digest}{digests_of_all[path]}"[:64] for path in paths}
        before = published[kind] if published[kind].keys() == {path.relative for path in digests} else {}
        known = bool(before) and all(before[path.relative].digest == digest for path, digest in digests.items())
        for path, digest in digests.items():
            file = before.get(path.relative)
            files.append(ReadFile(len(files), path, digest, file, file if known else None, FileReport(path)))
    return files


class AskedFor:
    """The leagues that a run is to import, by their codes, whose spelling may vary. No code stands for all leagues."""

    def __init__(self, codes: Iterable[str], aliases: Aliases) -> None:
        self.aliases = aliases
        self.codes = {self.aliases.league(code): code for code in codes}

    def __call__(self, code: str) -> bool:
        return not self.codes or self.aliases.league(code) in self.codes

    def missing(self, found: Iterable[str]) -> list[str]:
        """The codes asked for that are not among those `found`."""
        keys = {self.aliases.league(code) for code in found}
        return sorted(code for key, code in self.codes.items() if key not in keys)


class RowCounter(Protocol):
    def count(self, blocks: Iterator[list[StagedRow]]) -> Iterator[list[StagedRow]]:
        """Yields the blocks unchanged and counts their rows."""


def read_and_stage(
    files: list[ReadFile],
    book: LabelBook,
    run: ImportRun,
    clock: RowCounter,
    asked: AskedFor,
    *,
    force: bool,
) -> list[str]:
    """Read the files that are not known and stage their rows. Returns a warning for each file left out by force.

    Raises SourceUnreadable, or SourceRefused for an empty file unless `force`.
    """
    warnings: list[str] = []
    settled = asked.aliases.digest.encode()
    stage.create_staged_tables()
    for file in files:
        if file.known:
            recall_labels(file.known, book)
            continue
        content = hashlib.blake2b(settled, digest_size=32)
        try:
            blocks = digested(read_file(file.path, book, file.report, asked), content)
            stage.load_rows(file.path.kind, file.no, clock.count(blocks))
            stage.load_witnesses(file.no, file.report.witnesses)
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


def digested(blocks: Iterator[list[StagedRow]], digest: hashlib.blake2b) -> Iterator[list[StagedRow]]:
    """Yields the blocks unchanged and adds their rows to the digest, which does not depend on how they are divided."""
    encode = msgspec.msgpack.Encoder().encode
    for block in blocks:
        digest.update(b"".join(map(encode, block)))
        yield block


def all_known(files: list[ReadFile]) -> bool:
    return all(file.known for file in files)


def recognise(files: list[ReadFile]) -> bool:
    """Whether the rows of all files are those of the published ones, though their bytes differ. If so, all are known.

    To be called once all files are read.
    """
    if not all(file.known or has_published_rows(file) for file in files):
        return False
    for file in files:
        file.known = file.published
    return True


def has_published_rows(file: ReadFile) -> bool:
    return bool(file.published and file.content and file.content == file.published.content)


def remember_bytes(files: list[ReadFile]) -> None:
    """Keep the new digests of known files, so that the next import recognises them without reading them."""
    known = []
    for file in files:
        if file.known:
            file.known.digest = file.digest
            known.append(file.known)
    SourceFile.objects.bulk_update(known, ["digest"])


def recall_labels(known: SourceFile, book: LabelBook) -> None:
    """Add the labels of a known file to the book, as reading it again would."""
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
    """What became of the rows of a known file: every row that was imported when it was published is unchanged."""
    counts: dict[str, int] = known.counts
    unchanged = counts["inserted"] + counts["updated"] + counts["unchanged"]
    return {**counts, "inserted": 0, "updated": 0, "unchanged": unchanged}


def counts_of_known_files(files: list[ReadFile]) -> dict[str, dict[str, int]]:
    """The same for all files of a run that knew all of them, by the path of the file."""
    return {file.path.relative: counts_of_known(file.known) for file in files if file.known}


def remember_sources(files: list[ReadFile], book: LabelBook, run: ImportRun, *, partial: bool) -> None:
    """Keep the digests and labels of the published files, and forget those of earlier ones.

    After a run that imported only some leagues (`partial`), no new file is remembered, as it may hold others, too.
    """
    SourceFile.objects.exclude(path__in=[file.path.relative for file in files if file.known]).delete()
    if partial:
        return
    labels = labels_by_file_no(book)
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


LABEL_COLUMNS = {
    "players": ("label_no",),
    "schedules": ("home_no", "away_no"),
    "series_stats": ("label_no",),
    "match_history": ("home_no", "away_no"),
}
"""By the name of the kind of file: the columns of staged rows that hold numbers of labels."""


def labels_by_file_no(book: LabelBook) -> defaultdict[int, list[list[str]]]:
    """The labels in each staged file, by its number: lists of league, kind, series, team and club."""
    every = " UNION ".join(
        f"SELECT file_no, {column} AS label_no FROM {STAGED[kind]}"
        for kind, columns in LABEL_COLUMNS.items()
        for column in columns
    )
    found: defaultdict[int, list[list[str]]] = defaultdict(list)
    for file_no, number in database.rows(f"SELECT file_no, label_no FROM ({every}) named ORDER BY file_no, label_no"):
        league, *label = book.labels[number]
        found[file_no].append([book.leagues[league], *label])
    return found


def forget_sources() -> None:
    """Make the next import read every file again, because the catalogue is no longer what the files made it."""
    SourceFile.objects.all().delete()
