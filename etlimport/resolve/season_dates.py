"""Which dates of a league belong together, and where one season ends and the next begins."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from etlimport import database

PAUSE = 60
"""Days without a match that only lie between two seasons: the longest winter break of a league is shorter."""

MOVED_WITHIN = 60
"""By how many days a match may be moved. Two teams that meet again later than that do so in another season."""

LONGEST_PAUSE = timedelta(days=330)
"""Longer than between two seasons of a league."""

FEW, FEW_SINGLE = 0.02, 0.1
"""The share of all rows below which the dates between two pauses are taken for errors of writing; the second one is for
one or two rows."""

DATED = ("schedules", "match_history")
"""The kinds of files whose rows have a date."""

DATES = " UNION ALL ".join(
    f"SELECT '{kind}' AS kind, league_no, date, count(*) FROM in_{kind} WHERE date IS NOT NULL GROUP BY league_no, date"
    for kind in DATED
)


@dataclass(frozen=True)
class Span:
    """Dates without a long pause between them, from the first to the last, and the number of rows."""

    first: date
    last: date
    rows: int

    def overlaps(self, first: date, last: date) -> bool:
        return self.first <= last and self.last >= first


DatesOfFile = dict[date, int]
"""The number of rows of each date."""


def dates_in_files() -> dict[tuple[int, str], DatesOfFile]:
    """The dates of the staged rows, by the number of the league in the label book and the kind of file."""
    found: dict[tuple[int, str], DatesOfFile] = defaultdict(dict)
    for kind, league_no, day, rows in database.rows(DATES):
        found[league_no, kind][day if isinstance(day, date) else date.fromisoformat(day)] = rows
    return found


def spans_of(dates: DatesOfFile) -> list[Span]:
    """The spans between pauses, in their order, without those that are a few misdated rows."""
    spans: list[Span] = []
    for day in sorted(dates):
        last = spans[-1] if spans else None
        if last and day - last.last <= timedelta(days=PAUSE):
            spans[-1] = Span(last.first, day, last.rows + dates[day])
        else:
            spans.append(Span(day, day, dates[day]))
    total = sum(dates.values())
    return near_the_most([span for span in spans if span.rows >= (FEW if span.rows > 2 else FEW_SINGLE) * total])


def near_the_most(spans: list[Span]) -> list[Span]:
    """The span with the most rows, and those that follow one another around it with less than a year between."""
    if not spans:
        return []
    most = max(range(len(spans)), key=lambda n: spans[n].rows)
    first = last = most
    while first > 0 and spans[first].first - spans[first - 1].last < LONGEST_PAUSE:
        first -= 1
    while last + 1 < len(spans) and spans[last + 1].first - spans[last].last < LONGEST_PAUSE:
        last += 1
    return spans[first : last + 1]


def whole(spans: Iterable[Span]) -> Span | None:
    """One span from the first day of all to the last one; None if there are none."""
    spans = list(spans)
    if not spans:
        return None
    first, last = min(span.first for span in spans), max(span.last for span in spans)
    return Span(first, last, sum(span.rows for span in spans))


def boundaries(spans: list[tuple[date, date | None]]) -> list[date]:
    """The first day of each season but the first. `spans`: first and last day of each, in the order of the seasons.

    They never go back, whatever dates the seasons have, so that each day lies in one season.
    """
    found: list[date] = []
    for (_, ends_on), (starts_on, _) in pairwise(spans):
        found.append(max([boundary(ends_on, starts_on), *found]))
    return found


def boundary(ends_on: date | None, starts_on: date) -> date:
    """The first day that belongs to the later of two seasons: halfway between the end of one and the next one's start.

    A match that is played a few days after its season, or moved before its first day, stays in it.
    """
    if ends_on is None or ends_on >= starts_on:
        return starts_on
    return ends_on + (starts_on - ends_on) / 2 + timedelta(days=1)
