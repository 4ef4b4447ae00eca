"""Finds the files of a source, recognises those that are published already, and reads and stages all others.

A file is recognised by a digest of its bytes, or, once it is read, by a digest of its rows.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import msgspec
from django.conf import settings
from django.utils.timezone import localtime

from etlimport import stage
from etlimport.kinds import StagedRow
from etlimport.models import ImportRun, RejectedRow, SourceFile
from etlimport.read import (
    FileReport,
    LabelBook,
    SourcePath,
    SourceRefused,
    SourceUnreadable,
    Witness,
    find_files,
    read_file,
)
from etlimport.resolve.aliases import Aliases
from etlimport.resolve.forced import Forced

READER = "3"
"""Part of every digest. A new one, for a reader that makes something else of the same bytes, has all files read."""


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

    The files are known only if all of them are: what one says of teams and players depends on the others. With
    `use_known=False` no file is known.
    """
    published = {file.path: file for file in SourceFile.objects.all()} if use_known else {}
    found = find_files(source, source_roots())
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # threads run in parallel here, as hashing releases the GIL
        digests = [f"{aliases.digest}{READER}{digest}"[:64] for digest in threads.map(SourcePath.digest, found)]
    before = [published.get(path.relative) for path in found]
    all_there = len(published) == len(found)
    known = all_there and all(file and file.digest == digest for file, digest in zip(before, digests, strict=True))
    return [
        ReadFile(no, path, digest, file, file if known else None, FileReport(path))
        for no, (path, digest, file) in enumerate(zip(found, digests, before, strict=True))
    ]


def source_roots() -> list[Path]:
    """The folders named by the environment. A page may import these and folders inside them, and no others."""
    named = [settings.IMPORT_SOURCE, *settings.IMPORT_ROOTS]
    return list(dict.fromkeys(Path(folder).resolve() for folder in named if folder))


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
    forced: Forced,
) -> list[str]:
    """Read the files that are not known and stage their rows. Returns a warning for each file left out by force.

    Raises SourceUnreadable if nothing can be read, or SourceRefused for an empty file, unless it is `forced`.
    """
    warnings: list[str] = []
    witnesses: dict[int, list[Witness]] = {}
    settled = asked.aliases.digest.encode()
    stage.create_staged_tables()
    for file in files:
        content = hashlib.blake2b(settled, digest_size=32)
        try:
            blocks = digested(read_file(file.path, book, file.report, asked), content)
            stage.load_rows(file.path.kind, file.no, clock.count(blocks))
            witnesses[file.no] = file.report.witnesses
            warnings += [*file.report.warnings, *older_than_published(file)]
        except SourceRefused as error:
            if not may_be_left_out(file, forced, asked.aliases):
                raise
            file.left_out = True
            warnings.append(f"Left out by force: {error}")
        else:
            notes = [(note.kind, note.index, note.reason) for note in file.report.notes]
            content.update(msgspec.msgpack.encode((book.leagues, book.seasons, book.labels, notes)))
            file.content = content.hexdigest()
        note_rejected(file, run)
    stage.load_witnesses(witnesses)
    return warnings + unreadable_files(files)


def may_be_left_out(file: ReadFile, forced: Forced, aliases: Aliases) -> bool:
    """Whether its kind of file is forced for a league after which one of its folders is named, or everything is."""
    *folders, _ = file.path.relative.split("/")
    return forced.everything or any(forced.covers(aliases.league(folder), file.path.kind) for folder in folders)


def older_than_published(file: ReadFile) -> list[str]:
    """A warning if the file was scraped before the published one of its path: it may be an old copy."""
    scraped_at, before = file.report.scraped_at, file.published and file.published.scraped_at
    if not scraped_at or not before or scraped_at >= before:
        return []
    told, published = (f"{localtime(moment):%Y-%m-%d %H:%M}" for moment in (scraped_at, before))
    return [
        f"{file.path.relative}: it was scraped at {told}, before what is published ({published}); is it an old copy?"
    ]


def unreadable_files(files: list[ReadFile]) -> list[str]:
    """A warning for each file of which no row can be read. Raises SourceUnreadable if that is so of all files."""
    with_rows = [file for file in files if file.report.read]
    unreadable = [file for file in with_rows if not file.report.accepted]
    warnings = [
        f"{file.path.relative}: none of its {file.report.read:,} rows can be read; the first {first_complaint(file)}."
        for file in unreadable
    ]
    if unreadable and len(unreadable) == len(with_rows):
        raise SourceUnreadable(" ".join(warnings))
    return warnings


def first_complaint(file: ReadFile) -> str:
    note = next(note for note in file.report.notes if note.kind == "rejected")
    return f"(row {note.index}) because: {note.reason}"


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
    if not all(map(has_published_rows, files)):
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


def remember_sources(files: list[ReadFile], run: ImportRun, *, partial: bool) -> None:
    """Keep the digests of the published files, and forget those of earlier ones.

    After a run that imported only some leagues (`partial`), no new file is remembered, as it may hold others, too.
    """
    forget_sources()
    if partial:
        return
    SourceFile.objects.bulk_create(
        SourceFile(
            path=file.path.relative,
            digest=file.digest,
            content=file.content,
            counts=file.counts,
            scraped_at=file.report.scraped_at,
            run=run,
        )
        for file in files
        if not file.left_out
    )


def forget_sources() -> None:
    """Make the next import read every file again, because the catalogue is no longer what the files made it."""
    SourceFile.objects.all().delete()
