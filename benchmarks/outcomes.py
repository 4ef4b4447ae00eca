"""What a players file must have become, whoever imported it: no contestant is credited for less work."""

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
    """The rows of the players files, as they are."""
    for path in sorted(source.glob("*/players.json")):
        yield from json.loads(path.read_bytes())


def team_of(row: dict) -> tuple[str, str, str, str]:
    """What tells the team of a row apart: league, series, club and the label of the team, as the file has them."""
    return row["League"], row["Series"], row["Club"], row.get("Team") or row["Series Mapping ID"]


def said_by(rows: Iterable[dict]) -> Outcome:
    """What the rows speak of: a player of two teams is one player and two roster spots."""
    spots = {(row["Player ID"], *team_of(row)) for row in rows}
    return Outcome(len({(player, league) for player, league, *_ in spots}), len(spots))


def expected_of(source: Path) -> Outcome:
    return said_by(read_rows(source))


def found_in(url: str) -> Outcome:
    """What a contestant has left in the database."""
    connection = psycopg2.connect(url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM leagues_player), (SELECT count(*) FROM leagues_rosterspot)")
        found = Outcome(*cursor.fetchone())
    connection.close()
    return found
