"""The players files as the peers take them: JSON → the fields of `leagues.Player`, one row a player."""

import json
from pathlib import Path

from leagues.models import League, Player
from leagues.names import name_key

KEY = ("league", "external_id")
FIELDS = ("first_name", "last_name", "name_key", "pti", "career_wins", "career_losses")


def read_players(source: Path) -> list[dict]:
    """Rows of plain values; `league` is the code. A player of several teams comes once."""
    rows = {}
    for path in sorted(source.glob("*/players.json")):
        for row in json.loads(path.read_bytes()):
            first, last = row["First Name"], row["Last Name"]
            rows.setdefault(
                (row["League"], row["Player ID"]),
                {
                    "league": row["League"],
                    "external_id": row["Player ID"],
                    "first_name": first,
                    "last_name": last,
                    "name_key": name_key(first, last),
                    "pti": number(row["PTI"]),
                    "career_wins": number(row.get("Career Wins")),
                    "career_losses": number(row.get("Career Losses")),
                },
            )
    return list(rows.values())


def number(value: str | int | None):
    return None if value in (None, "", "N/A") else value


def make_leagues(rows: list[dict]) -> dict[str, League]:
    """The leagues of the rows by code, created."""
    return {
        code: League.objects.get_or_create(key=code.casefold(), defaults={"code": code, "name": code})[0]
        for code in {row["league"] for row in rows}
    }


def as_players(rows: list[dict]) -> list[Player]:
    leagues = make_leagues(rows)
    return [Player(**{**row, "league": leagues[row["league"]]}) for row in rows]
