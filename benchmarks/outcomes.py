"""What a players file must have become, to check that every contestant has done all of the work."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg2


class Outcome(NamedTuple):
    players: int
    roster_spots: int

    def __str__(self) -> str:
        return f"{self.players} players, {self.roster_spots} roster spots"


def read_rows(source: Path) -> Iterator[dict]:
    """The rows of all players files."""
    for path in sorted(source.glob("*/players.json")):
        yield from json.loads(path.read_bytes())


def team_of(row: dict) -> tuple[str, str, str, str]:
    """What identifies the team of a row: league, series, club and label of the team, as the file spells them."""
    return row["League"], row["Series"], row["Club"], row.get("Team") or row["Series Mapping ID"]


def outcome_of(rows: Iterable[dict]) -> Outcome:
    """What the rows must become: a player of two teams is one player and two roster spots."""
    spots = {(row["Player ID"], *team_of(row)) for row in rows}
    return Outcome(len({(player, league) for player, league, *_ in spots}), len(spots))


def expected_of(source: Path) -> Outcome:
    return outcome_of(read_rows(source))


def found_in(url: str) -> Outcome:
    """What a contestant has written to the database."""
    connection = psycopg2.connect(url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM leagues_player), (SELECT count(*) FROM leagues_rosterspot)")
        found = Outcome(*cursor.fetchone())
    connection.close()
    return found
