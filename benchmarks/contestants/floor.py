"""The floor: the least work that stores all rows.

It decodes the files with msgspec, uses COPY to a temporary table, and one INSERT … ON CONFLICT for each table. Nothing
is checked, parsed or resolved: values stay texts, and rows are the same if the texts of their keys are equal.
"""

import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec
import psycopg2

from benchmarks.contestants import contend

Text = str | int | float | None


def fields(*names: str) -> list[tuple]:
    """A msgspec field for each name of a field in the files, in lower case and with underscores."""
    return [
        (name.lower().replace(" ", "_").replace("%", "share"), Text, msgspec.field(default=None, name=name))
        for name in names
    ]


Figures = msgspec.defstruct("Figures", fields("won", "lost", "tied", "percentage", "for", "ret"), gc=False)
LEAGUE = fields("League", "league_id", "source_league")
KINDS = {
    "players": fields(
        *("Series", "Series Mapping ID", "Team", "Club", "Location ID", "Player ID", "First Name", "Last Name"),
        *("PTI", "Wins", "Losses", "Win %", "Captain", "Career Wins", "Career Losses"),
    ),
    "schedules": fields("date", "time", "home_team", "away_team", "location", "series"),
    "series_stats": [
        *fields("series", "team", "points"),
        *((name, Figures | None, None) for name in ("matches", "lines", "sets", "games")),
    ],
    "match_history": fields(
        *("Date", "Home Team", "Away Team", "Scores", "Winner", "Line", "match_id"),
        *(f"{side} Player {number}{what}" for side in ("Home", "Away") for number in (1, 2) for what in ("", " ID")),
    ),
    "player_history": [
        *fields("player_id", "name", "series", "club", "rating", "wins", "losses"),
        ("matches", list[msgspec.defstruct("Entry", fields("date", "end_pti", "series"), gc=False)], []),
    ],
}
KEYS = {
    "players": ("league", "player_id", "series_mapping_id", "team"),
    "schedules": ("league", "date", "home_team", "away_team", "time"),
    "series_stats": ("league", "series", "team"),
    "match_history": (
        *("league", "date", "home_team", "away_team", "line"),
        *("home_player_1", "home_player_2", "away_player_1", "away_player_2", "scores"),
    ),
    "player_history": ("league", "player_id", "date", "nth"),
}
HISTORY = ("league", "player_id", "nth", "date", "end_pti", "series")


def names_of(struct: type[msgspec.Struct]) -> tuple[str, ...]:
    return struct.__struct_fields__


def import_all(source: Path) -> str:
    total = 0
    with psycopg2.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        for kind, definition in KINDS.items():
            row = msgspec.defstruct("Row", LEAGUE + definition, gc=False)
            decoder = msgspec.json.Decoder(list[row])
            columns = columns_of(kind, row)
            create_tables(cursor, kind, columns)
            for path in sorted(source.glob(f"*/{kind}.json")):
                copy(cursor, kind, tuples(kind, decoder.decode(path.read_bytes())))
            total += upsert(cursor, kind, columns)
    return f"{total} rows"


def columns_of(kind: str, row: type[msgspec.Struct]) -> tuple[str, ...]:
    if kind == "player_history":
        return HISTORY
    plain = [name for name in names_of(row) if name not in ("league", "league_id", "source_league")]
    nested = ("matches", "lines", "sets", "games")
    return ("league", *(x for name in plain for x in (flat(name) if name in nested else (name,))))


def flat(name: str) -> list[str]:
    return [f"{name}_{figure}" for figure in names_of(Figures)]


def create_tables(cursor, kind: str, columns: tuple[str, ...]) -> None:
    definitions = ", ".join(f"\"{name}\" text NOT NULL DEFAULT ''" for name in columns)
    key = ", ".join(f'"{name}"' for name in KEYS[kind])
    cursor.execute(f"CREATE TABLE floor_{kind} ({definitions}, UNIQUE ({key}))")
    cursor.execute(f"CREATE TEMPORARY TABLE staged_{kind} (LIKE floor_{kind})")


def tuples(kind: str, rows: list) -> Iterable[tuple]:
    if kind == "player_history":
        return (
            (
                row.league or row.league_id or row.source_league,
                row.player_id,
                nth,
                entry.date,
                entry.end_pti,
                entry.series,
            )
            for row in rows
            for nth, entry in enumerate(row.matches)
        )
    return (
        (row.league or row.league_id or row.source_league, *flattened(msgspec.structs.astuple(row)[3:])) for row in rows
    )


def flattened(values: tuple) -> Iterable:
    for value in values:
        if isinstance(value, Figures):
            yield from msgspec.structs.astuple(value)
        else:
            yield value


def copy(cursor, kind: str, rows: Iterable[tuple]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    buffer.seek(0)
    cursor.copy_expert(f"COPY staged_{kind} FROM STDIN (FORMAT csv, NULL '\\N')", buffer, 1 << 20)


def upsert(cursor, kind: str, columns: tuple[str, ...]) -> int:
    """Write the staged rows, only one of those with an equal key. Returns how many were written."""
    key = ", ".join(f'"{name}"' for name in KEYS[kind])
    rest = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in KEYS[kind])
    names = ", ".join(f'"{name}"' for name in columns)
    cursor.execute(
        f"""INSERT INTO floor_{kind} ({names}) SELECT DISTINCT ON ({key}) {names} FROM staged_{kind}
            ON CONFLICT ({key}) DO UPDATE SET {rest}"""
    )
    return cursor.rowcount


if __name__ == "__main__":
    contend(import_all)
