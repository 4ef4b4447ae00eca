"""Snapshots as sources write them on a bad night: values of other types, keys that are gone, rows in other shapes."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from etlimport.tests.sources import history, line, match, standing, two_teams

Rows = list[Any]

TEXTS = (
    "", " ", "-", ".", "..", "/", "a/b", "?", "#", "a?b#c", "%2F", "~", "\\", "\n", "a\nb", "²", "①", "🎾", "'", '"',
    "<b>", "&amp;", "ﬀ" * 60, "ß" * 60, "x" * 51, "x" * 101, "x" * 151, "x" * 201, "x" * 301, "\0", "a\0b", "\ud800",
    "Elm " + "x" * 60, "Elm 1 " + "y" * 60, f"Elm ({'1' * 60})", "Elm " + "İ" * 190, "Elm I", "Elm 2", "Oak 1 II",
    "RenÃ©e", "Søren", "NR", "–", "unrated", "12*", "NaN", "TBD", "BYE", "N/A", "home", "tie", "C", "41001.0", "10.5",
    "1e999", "2026-12-04T00:30:00Z", "2026-12-04T00:30:00+25:00", "0001-01-01", "9999-12-31", "99/99/9999",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "6–4, 6:3", "6 - 4", "Series A", "Elm II", "(S)", "*",
)  # fmt: skip
OTHERS = (
    None,
    True,
    False,
    0,
    -1,
    7.5,
    41001.0,
    1e300,
    2**31,
    2**70,
    10**400,
    [],
    {},
    [[]],
    ["Elm 1"],
    {"a": {"b": 1}},
)
NO_JSON = (float("nan"), float("inf"), float("-inf"))
VALUES = (*TEXTS, *OTHERS, *NO_JSON)


def good_night() -> dict[str, Rows]:
    """A small night of a league: two teams, their matches, tables, lines and ratings."""
    dates, ids = ("09/24/2024", "10/01/2024", "10/08/2024"), {"Elm": "t-1", "Oak": "t-2"}
    return {
        "players": [
            row | {"PTI": "30.5", "Wins": 4, "Losses": "2", "Captain": "C", "Team ID": ids[row["Club"]]}
            for row in two_teams()
        ],
        "schedules": [
            match(date=dates[0], url="https://elm.example/1"),
            match("Oak 1", "Elm 1", dates[1], url="https://elm.example/2"),
            match(date=dates[2], url="https://elm.example/3", address="7 Elm Street"),
        ],
        "series_stats": [standing(matches={"won": 3, "lost": 1}), standing("Oak 1", points=8)],
        "match_history": [
            line(people=("p1", "p2", "p5", "p6"), match_id="m1", Line="Line 1"),
            line(people=("p3", "p4", "p7", "p8"), match_id="m2", Line="Line 2", Winner="away"),
        ],
        "player_history": [history(p, {"date": dates[0], "end_pti": 30.5, "series": "Series 1"}) for p in ("p1", "p5")],
    }


def change_value(rows: Rows, random: Random) -> None:
    row = random.choice(rows)
    row[random.choice(list(row))] = random.choice(VALUES)


def change_many_values(rows: Rows, random: Random) -> None:
    row = random.choice(rows)
    for key in random.sample(list(row), random.randint(2, len(row))):
        row[key] = random.choice(VALUES)


def change_column(rows: Rows, random: Random) -> None:
    key, value = random.choice(list(rows[0])), random.choice(VALUES)
    for row in rows:
        row[key] = value


def drop_key(rows: Rows, random: Random) -> None:
    row = random.choice(rows)
    if len(row) > 2:
        del row[random.choice(list(row))]


def rename_key(rows: Rows, random: Random) -> None:
    key = random.choice(list(rows[0]))
    renamed = random.choice([key.upper(), key.replace(" ", "_"), f"x{key}", "Note", "", "key\n", "²"])
    for row in rows:
        if key in row:
            row[renamed] = row.pop(key)


def swap_type(rows: Rows, random: Random) -> None:
    row = random.choice(rows)
    key = random.choice(list(row))
    value = row[key]
    row[key] = random.choice([str(value), [value], {"value": value}, value == value])


def exchange_values(rows: Rows, random: Random) -> None:
    row = random.choice(rows)
    first, second = random.sample(list(row), 2)
    row[first], row[second] = row[second], row[first]


def nest_row(rows: Rows, random: Random) -> None:
    place = random.randrange(len(rows))
    rows[place] = random.choice([[rows[place]], {"row": rows[place]}, json.dumps(rows[place]), None, 7])


def add_copy(rows: Rows, random: Random) -> None:
    copy = dict(random.choice(rows))
    copy[random.choice(list(copy))] = random.choice(VALUES)
    rows.insert(random.randrange(len(rows)), copy)


CHANGES: tuple[Callable[[Rows, Random], None], ...] = (
    change_value, change_value, change_value, change_many_values, change_column, drop_key, rename_key, swap_type,
    exchange_values, add_copy, nest_row,
)  # fmt: skip


def mutated(random: Random) -> dict[str, Rows]:
    """The night with one to five things changed. A row that is in another shape is changed no further."""
    night = good_night()
    for change in sorted(random.choices(CHANGES, k=random.randint(1, 5)), key=CHANGES.index):
        change(night[random.choice(list(night))], random)
    return night


def write(folder: Path, night: dict[str, Rows], random: Random) -> set[str]:
    """Write the files, seldom one of them in another encoding or damaged. Returns the kinds of the damaged files."""
    folder.mkdir()
    damaged = set()
    for kind, rows in night.items():
        content = json.dumps(rows, ensure_ascii=random.random() < 0.7).encode("utf-8", "surrogatepass")
        if random.random() < 0.05:
            name = random.choice(["cp1252", "latin-1", "utf-16", "utf-8-sig"])
            content = content.decode("utf-8", "replace").encode(name, "replace")
        elif random.random() < 0.05:
            content = random.choice(DAMAGES)(content)
            damaged.add(kind)
        (folder / f"{kind}.json").write_bytes(content)
    return damaged


DAMAGES: tuple[Callable[[bytes], bytes], ...] = (
    lambda content: content[: len(content) // 2],
    lambda content: content.replace(b":", b"", 1),
    lambda content: content.replace(b"a", b"\xe9", 3),
    lambda content: b"",
    lambda content: b"<html>",
)
