"""Finds the files of a source, which is a folder with the files of a snapshot or with one such folder per league."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from etlimport.kinds import KINDS
from leagues.season_keys import key_of_value

NAMED_BY_SEASON = re.compile(f"(?P<kind>{'|'.join(KINDS)})[ _-]+(?P<season>.+)")
"""The names of files that tell their season, too."""


class SourceUnreadable(Exception):
    """The source cannot be read. The message names the file, the place in it and what to do."""


class SourceRefused(Exception):
    """A file is empty or is not JSON at all, so something must have gone wrong when it was written."""


@dataclass(frozen=True)
class SourcePath:
    """One file of a source.

    `relative` is its path from the source's folder, with forward slashes; `kind` its kind of file; `size` is in bytes.
    """

    path: Path
    relative: str
    kind: str
    size: int

    @property
    def season(self) -> str:
        """The key of the season that the name of the file, or of its folder in the source, names; else empty."""
        *folders, name = self.relative.split("/")
        return next(filter(None, map(key_of_value, (name.rpartition(".")[0], *folders))), "")

    def digest(self) -> str:
        """The SHA-256 of the file's bytes as 64 hex digits. Raises SourceUnreadable."""
        with readable(self.path), self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()  # most processors compute it in hardware


def find_files(source: Path, linked: Iterable[Path] = ()) -> list[SourcePath]:
    """The files of known kinds in a folder and in the folders directly inside it, sorted by kind, then by path.

    `linked`: further folders to which symbolic links in the source may lead. Raises SourceUnreadable if the folder is
    missing, may not be read, or holds no file of a known kind; and if one of these is no file, or a link elsewhere.
    """
    source = Path(source)
    require_utf8(source)
    with readable(source):
        if not source.exists():
            raise SourceUnreadable(f"{source} does not exist: give the folder that holds the JSON files.")
        if not source.is_dir():
            raise SourceUnreadable(f"{source} is not a folder: give the folder that holds the JSON files.")
        entries = sorted(source.iterdir())
        inside = [path for folder in entries if folder.is_dir() for path in folder.iterdir()]
        allowed = [Path(os.path.realpath(source)), *linked]
        found = [source_path(source, path, kind, allowed) for path in (*entries, *inside) if (kind := kind_of(path))]
    if not found:
        names = ", ".join(f"{kind}.json" for kind in KINDS)
        raise SourceUnreadable(f"{source} holds none of {names}, nor does a folder in it: check the path.")
    return sorted(found, key=lambda file: (list(KINDS).index(file.kind), file.relative))


def source_path(source: Path, path: Path, kind: str, allowed: list[Path]) -> SourcePath:
    """A file that can be read. `allowed`: the folders that links may lead into. Raises SourceUnreadable."""
    require_utf8(path)
    relative, target = path.relative_to(source).as_posix(), Path(os.path.realpath(path))
    if not any(target.is_relative_to(folder) for folder in allowed):
        raise SourceUnreadable(
            f"{relative} is a link out of the source, to {written(target)}: copy the file, or name that folder in"
            " IMPORT_ROOTS."
        )
    if not path.exists():
        raise SourceUnreadable(f"{relative} is a link to nothing: have the file written again.")
    if path.is_dir():
        raise SourceUnreadable(f"{relative} is a folder, not a file: rename it.")
    if not path.is_file():
        raise SourceUnreadable(f"{relative} is neither a file nor a link to one: have it written as a file.")
    return SourcePath(path, relative, kind, path.stat().st_size)


def require_utf8(path: Path) -> None:
    """Raises SourceUnreadable for a path that no database could store and no report show."""
    if written(path) != str(path):
        raise SourceUnreadable(f"{written(path)}: its name is not in UTF-8; rename it.")


def written(path: Path) -> str:
    """A path as text that can be stored and shown: bytes of it that are not UTF-8 are escaped."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def kind_of(path: Path) -> str | None:
    """The kind of file that a name such as `players.json` or `players_2024_2025.json` stands for; else None."""
    stem = path.stem.casefold()
    named = NAMED_BY_SEASON.fullmatch(stem)
    kind = named["kind"] if named and key_of_value(named["season"]) else stem
    return kind if path.suffix.casefold() == ".json" and kind in KINDS else None


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turns errors of the operating system into SourceUnreadable."""
    try:
        yield
    except PermissionError as error:
        raise SourceUnreadable(
            f"{error.filename or path}: no permission to read it; grant it and try again."
        ) from error
    except OSError as error:
        raise SourceUnreadable(f"{error.filename or path} cannot be read: {error.strerror or error}.") from error
