"""What is imported: invented snapshots of some size, and the same content in files written anew."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from etlimport.sample import make_snapshot

ROWS_A_PERSON = 28.6
PLAYER_ROWS_A_PERSON = 1.045


def make_sample(folder: Path, rows: int) -> int:
    """A snapshot of about that many rows over all files; how many it has."""
    counts = make_snapshot(folder, round(rows / ROWS_A_PERSON), seed=1)
    return counts.total


def make_players(folder: Path, rows: int) -> int:
    """Players files of about that many rows, and no other file; how many they have."""
    counts = make_snapshot(folder, round(rows / PLAYER_ROWS_A_PERSON), seed=1, history=0)
    for path in folder.glob("*/*.json"):
        if path.name != "players.json":
            path.unlink()
    return counts.rows["players"]


def indented(rows: list) -> str:
    """The same rows, each on many lines, their fields in another order."""
    return json.dumps([dict(reversed(row.items())) for row in rows], indent=1, ensure_ascii=False)


def rotated(rows: list) -> str:
    """The same rows in another order, so that no file is recognised by what it holds."""
    return json.dumps(rows[1:] + rows[:1], ensure_ascii=False)


def rewrite(folder: Path, out: Path, write: Callable[[list], str]) -> Path:
    """A copy of a snapshot whose files say the same in other bytes."""
    shutil.rmtree(out, ignore_errors=True)
    for path in folder.glob("*/*.json"):
        target = out / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(write(json.loads(path.read_bytes())))
    return out
