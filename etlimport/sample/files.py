"""Writes and reads JSON arrays with one row per line, as streams, so that memory does not grow with their size."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

Row = dict[str, Any]
"""A row of a file, as the JSON object it is written as."""

KINDS = ("players", "schedules", "series_stats", "match_history", "player_history")

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder().decode


class JsonArray:
    """A JSON array that is written to a file. `count`: how many rows it has so far."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("wb", buffering=1 << 20)
        self.count = 0
        self.file.write(b"[")

    def extend(self, rows: Iterable[object]) -> None:
        lines = [encode(row) for row in rows]
        if lines:
            self.file.write(b",\n" if self.count else b"\n")
            self.file.write(b",\n".join(lines))
            self.count += len(lines)

    def close(self) -> None:
        self.file.write(b"\n]\n")
        self.file.close()


@contextmanager
def json_arrays(folder: Path, kinds: Iterable[str]) -> Iterator[dict[str, JsonArray]]:
    """Open a file `folder/KIND.json` for each kind. They are complete when the `with` block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {kind: JsonArray(folder / f"{kind}.json") for kind in kinds}
    try:
        yield arrays
    finally:
        for array in arrays.values():
            array.close()


def rows_of(path: Path) -> Iterator[object]:
    """The rows of a file that a `JsonArray` wrote."""
    with path.open("rb") as file:
        for line in file:
            row = line.strip().rstrip(b",")
            if row not in (b"[", b"]", b"[]"):
                yield decode(row)
