"""A chart of a player's ratings in SVG, which needs no script: days from left to right, better ratings higher up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from math import floor, log10

WIDTH, HEIGHT = 360, 190
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 14, 28
MOST_LINES = 5
LABEL_WIDTH = 78
"""Of the name of a season below the chart, at most; a name that might overlap the one before is left out."""

SINCE = timedelta(days=30)
SMALLEST_CHANGE = 0.005


@dataclass(frozen=True)
class Mark:
    """A place on an axis, with what is written there; `at_edge`: whether at the right edge, for want of room."""

    at: float
    label: str
    at_edge: bool = False


@dataclass(frozen=True)
class RatingChart:
    """`ratings`: pairs of a day and the rating after it, oldest first; `seasons`: pairs of a first day and a name."""

    ratings: Sequence[tuple[date, float]]
    lower_is_better: bool
    seasons: Sequence[tuple[date, str]] = ()
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM

    @property
    def is_drawable(self) -> bool:
        return len(self.ratings) > 1

    @property
    def until(self) -> date:
        return self.ratings[-1][0]

    @property
    def latest(self) -> float:
        return self.ratings[-1][1]

    @cached_property
    def grid(self) -> list[float]:
        """Round values that enclose all ratings, ascending."""
        values = [value for _, value in self.ratings]
        low, high = min(values), max(values)
        step = round_step((high - low) / (MOST_LINES - 1) or 1)
        first = floor(low / step)
        last = first + 1
        while last * step < high:
            last += 1
        return [number * step for number in range(first, last + 1)]

    def height_of(self, value: float) -> float:
        low, high = self.grid[0], self.grid[-1]
        share = (value - low) / (high - low)
        return round(TOP + (self.bottom - TOP) * (share if self.lower_is_better else 1 - share), 1)

    def place_of(self, day: date) -> float:
        first, last = self.ratings[0][0], self.until
        share = (day - first).days / ((last - first).days or 1)
        return round(LEFT + (self.right - LEFT) * share, 1)

    @property
    def points(self) -> str:
        """For `<polyline points="…">`."""
        return " ".join(f"{self.place_of(day)},{self.height_of(value)}" for day, value in self.ratings)

    @property
    def end(self) -> tuple[float, float]:
        return self.place_of(self.until), self.height_of(self.latest)

    @property
    def values(self) -> list[Mark]:
        """The axis from top to bottom."""
        return [Mark(self.height_of(value), f"{value:g}") for value in self.grid]

    @property
    def season_marks(self) -> list[Mark]:
        """Where each season begins that the chart shows; the first of them may have begun before."""
        first = self.ratings[0][0]
        shown = [(max(day, first), name) for day, name in sorted(self.seasons) if day <= self.until]
        begun_before = [number for number, (day, _) in enumerate(shown) if day == first]
        marks: list[Mark] = []
        for day, name in shown[begun_before[-1] if begun_before else 0 :]:
            at = self.place_of(day)
            begins = min(at, self.right - LABEL_WIDTH)
            overlaps = marks and begins - marks[-1].at < LABEL_WIDTH
            marks.append(Mark(at, "" if overlaps else name, at_edge=begins < at))
        return marks

    @property
    def change(self) -> float:
        """How much better the latest rating is than the one of a month before it; negative if it is worse."""
        before = [rating for day, rating in self.ratings if day <= self.until - SINCE]
        earlier = before[-1] if before else self.ratings[0][1]
        return (earlier - self.latest) if self.lower_is_better else (self.latest - earlier)

    @property
    def trend(self) -> str:
        """`up 1.3`, `down 0.4` or `unchanged`: up is better, whichever way the numbers go."""
        if abs(self.change) < SMALLEST_CHANGE:
            return "unchanged"
        return f"{'up' if self.change > 0 else 'down'} {abs(self.change):.2f}".rstrip("0").rstrip(".")


def round_step(least: float) -> float:
    """The smallest of 1, 2, 2.5 and 5, or these times a power of ten, that is not smaller than `least`."""
    power = 10.0 ** floor(log10(least))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= least * (1 - 1e-9))
