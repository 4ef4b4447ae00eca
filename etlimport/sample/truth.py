"""`truth.json`: what really happened between two snapshots, to measure how well an import recognises it."""

from collections import Counter
from pathlib import Path

from etlimport.sample.files import Row, encode

COUNTED = ("invalid_rows", "duplicate_rows", "contradicting_rows", "corrected_scores")


class Truth:
    """What became of every league, player and team, and how many rows were broken, repeated or corrected."""

    def __init__(self) -> None:
        self.leagues: dict[str, str] = {}
        self.players: list[bytes] = []  # encoded, because there may be millions
        self.teams: list[Row] = []
        self.counters: dict[str, Counter[str]] = {name: Counter() for name in COUNTED}

    def count(self, what: str, file: str, rows: int = 1) -> None:
        self.counters[what][file] += rows

    def write(self, path: Path) -> None:
        head = encode({"leagues": self.leagues, **self.counters})[:-1]
        with path.open("wb") as file:
            file.write(head + b',"players":[\n' + b",\n".join(self.players) + b'\n],"teams":[\n')
            file.write(b",\n".join(map(encode, self.teams)) + b"\n]}\n")
