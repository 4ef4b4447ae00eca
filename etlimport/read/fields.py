"""The fields of each kind of file: what they are called, in every known spelling, and what they may hold."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta

LONGEST_VALUE = 40

Value = Annotated[str, Meta(max_length=LONGEST_VALUE)] | int | float | None
"""A number, date, time or mark before it is parsed."""


class Figures(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    won: Value = None
    lost: Value = None
    tied: Value = None
    percentage: Any = None
    line_for: Any = msgspec.field(default=None, name="for")
    ret: Any = None


class Entry(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A rating after a match, in a player's history."""

    date: Value = None
    end_pti: Value = None
    series: Annotated[str, Meta(max_length=200)] | None = None


@dataclass(frozen=True)
class Field:
    """A field by the name people know it by; `spellings` are reduced by `plain`, the first one wins.

    `type` is what msgspec accepts at once; `length` is that of its column where it is a text.
    """

    name: str
    spellings: tuple[str, ...]
    type: Any
    length: int | None = None


@lru_cache(maxsize=1_000)
def plain(key: str) -> str:
    """`Series Mapping ID`, `series_mapping_id` → `series mapping id`."""
    return " ".join(key.replace("_", " ").casefold().split())


def text(name: str, length: int, *others: str) -> Field:
    return Field(name, (plain(name), *others), Annotated[str, Meta(max_length=length)] | None, length)


def value(name: str, *others: str) -> Field:
    return Field(name, (plain(name), *others), Value)


def figures(name: str) -> Field:
    return Field(name, (plain(name),), Figures | None)


LEAGUE = text("League", 100, "source league", "league id")
PLAYER_ID = text("Player ID", 150)

FIELDS: dict[str, dict[str, Field]] = {
    "players": {
        "league": LEAGUE,
        "series": text("Series", 200),
        "team": text("Series Mapping ID", 200, "team"),
        "club": text("Club", 200),
        "external_id": PLAYER_ID,
        "first_name": text("First Name", 150),
        "last_name": text("Last Name", 150),
        "pti": value("PTI"),
        "wins": value("Wins"),
        "losses": value("Losses"),
        "career_wins": value("Career Wins"),
        "career_losses": value("Career Losses"),
        "captain": value("Captain"),
    },
    "schedules": {
        "league": LEAGUE,
        "series": text("series", 200),
        "home_team": text("home_team", 200),
        "away_team": text("away_team", 200),
        "date": value("date"),
        "time": value("time"),
        "location": text("location", 300),
    },
    "series_stats": {
        "league": LEAGUE,
        "series": text("series", 200),
        "team": text("team", 200, "series mapping id"),
        "points": value("points"),
        "matches": figures("matches"),
        "lines": figures("lines"),
        "sets": figures("sets"),
        "games": figures("games"),
    },
    "match_history": {
        "league": LEAGUE,
        "date": value("Date"),
        "home_team": text("Home Team", 200),
        "away_team": text("Away Team", 200),
        **{
            f"{side}_player_{number}{what}": text(f"{side.title()} Player {number}{label}", length)
            for side in ("home", "away")
            for number in (1, 2)
            for what, label, length in (("", "", 200), ("_id", " ID", 150))
        },
        "scores": text("Scores", 200),
        "winner": value("Winner"),
        "line": value("Line"),
        "source_id": text("match_id", 150),
    },
    "player_history": {
        "league": LEAGUE,
        "external_id": PLAYER_ID,
        "matches": Field("matches", ("matches",), list[Entry] | None),
    },
}
