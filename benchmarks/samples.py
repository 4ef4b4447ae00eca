"""Makes what is imported: invented snapshots, and copies of them with the same rows in other files."""

import contextlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

from etlimport.sample import make_next, make_snapshot

ROWS_A_PERSON = 28.6
PLAYER_ROWS_A_PERSON = 1.045


def make_sample(folder: Path, rows: int) -> int:
    """Write a snapshot of about `rows` rows in all files together. Returns how many it has."""
    counts = make_snapshot(folder, round(rows / ROWS_A_PERSON), seed=1)
    return counts.total


def make_players(folder: Path, rows: int) -> int:
    """Write players files of about `rows` rows together, and no other files. Returns how many they have."""
    counts = make_snapshot(folder, round(rows / PLAYER_ROWS_A_PERSON), seed=1, history=0)
    for path in folder.glob("*/*.json"):
        if path.name != "players.json":
            path.unlink()
    return counts.rows["players"]


def indented(rows: list) -> str:
    """The rows as JSON with each field on a line of its own and the fields in another order."""
    return json.dumps([dict(reversed(row.items())) for row in rows], indent=1, ensure_ascii=False)


def rotated(rows: list) -> str:
    """The rows as JSON in another order, so that the file is not recognised by the digest of its rows."""
    return json.dumps(rows[1:] + rows[:1], ensure_ascii=False)


CHANGED_EVERY = 20

CORRECTIONS = {
    "PTI": lambda rating: f"{float(rating) + 0.1:.2f}",
    "points": lambda points: points + 1,
    "time": lambda _: "11:45 am",
    "Scores": lambda scores: f"{scores}, 7-5",
    "end_pti": lambda rating: round(float(rating) + 0.1, 2),
}
"""What is corrected in a row, by the field: the first one that it has."""


def corrected(rows: list) -> str:
    """The rows as JSON with a value corrected in each twentieth of them, or in an entry of it."""
    for row in rows[::CHANGED_EVERY]:
        for entry in row.get("matches", []) if isinstance(row.get("matches"), list) else [row]:
            correct(entry)
    return json.dumps(rows, ensure_ascii=False)


def correct(row: dict) -> None:
    for name, correction in CORRECTIONS.items():
        if name in row:
            with contextlib.suppress(TypeError, ValueError):  # some rows of a sample are broken
                row[name] = correction(row[name])
            return


def make_next_night(folder: Path, out: Path) -> Path:
    """Write the next snapshot, in which leagues are re-keyed, clubs and teams renamed. Returns its folder."""
    make_next(folder, out, seed=2)
    return out


def rewrite(folder: Path, out: Path, write: Callable[[list], str]) -> Path:
    """Write a copy of a snapshot in which `write` has made the text of each file from its rows. Returns its folder."""
    shutil.rmtree(out, ignore_errors=True)
    for path in folder.glob("*/*.json"):
        target = out / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(write(json.loads(path.read_bytes())))
    return out
