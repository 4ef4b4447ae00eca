"""Tells of which season the rows of each league and kind of file are.

What a row, its file or its folder says counts first; then the dates; then what an operator asked for; else they are of
the season that the kind of file was of before. A season is opened by a name, by dates that lie after all of the last
season's, or by two signs that agree (`season_signs`). One sign alone is a question to an operator: a refusal.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from django.utils import timezone

from etlimport.resolve.season_answers import Answers
from etlimport.resolve.season_dates import DATED, PAUSE, DatesOfFile, Span, boundaries, spans_of, whole
from etlimport.resolve.season_signs import Sign
from leagues.season_keys import FIRST_MONTH, key_of_dates, name_of, next_key, order_of

CERTAINLY_AFTER = timedelta(days=14)
"""How long after a season a schedule begins that certainly is the next one's: a nearer one may be that of play-offs."""

ENOUGH_ROWS = 10
"""With fewer dated rows than these, those after the end of a season may just have been moved."""

FOREVER = (date.min, date.max)


@dataclass(eq=False)
class SeasonOfLeague:
    """A season of a league: one that it has (`target_id`), or one that this run opens."""

    league_no: int
    key: str
    name: str
    starts_on: date | None = None
    ends_on: date | None = None
    target_id: int | None = None
    no: int = -1

    def may_be_called(self, key: str) -> bool:
        """Whether a key that a source uses may mean this season: that of Sep to Nov 2024 may be called 2024-25."""
        own, other = order_of(self.key), order_of(key)
        begins_late = self.starts_on is None or self.starts_on.month >= FIRST_MONTH
        return own[0] == other[0] and not own[3] and not other[3] and (begins_late or own[1] >= other[1])

    def cover(self, span: Span) -> None:
        self.starts_on = min(self.starts_on or span.first, span.first)
        self.ends_on = max(self.ends_on or span.last, span.last)


@dataclass(frozen=True)
class Part:
    """The days, from `first` to before `until`, in which the rows of a file are of one season."""

    season: SeasonOfLeague
    first: date
    until: date


@dataclass(frozen=True)
class Question:
    """One sign alone: an operator has to say whether the league begins a season. `key`: of that season, if it does."""

    league: str
    key: str
    season: str
    sign: str

    def __str__(self) -> str:
        return (
            f"{self.league}: is this a new season? After {self.season}, {self.sign}, and nothing else says so."
            f" Answer with --new-season {self.league}={self.key} or with --same-season {self.league}"
        )


Group = tuple[int, str]
"""(number of the league in the label book, kind of file): rows that are told together of which season they are."""


@dataclass
class LeagueSeasons:
    """The seasons of one league, and what is told of the rows of the snapshot.

    `code` and `key`: of the league. `named`: by number in the label book, the key of the season that rows name.
    `signs`: by kind of file, what speaks for a new season, compared with the season `of_kind` the kind was of before.
    `main`: of which season the rows of a group are, or most of them; `parts`: if they are of several, which days.
    """

    league_no: int
    code: str
    key: str
    seasons: list[SeasonOfLeague]
    groups: list[Group]
    named: dict[int, str]
    dates: dict[Group, DatesOfFile]
    of_kind: dict[str, SeasonOfLeague] = field(default_factory=dict)
    signs: dict[str, list[Sign]] = field(default_factory=dict)
    main: dict[Group, SeasonOfLeague] = field(default_factory=dict)
    parts: dict[Group, list[Part]] = field(default_factory=dict)
    opened: list[SeasonOfLeague] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    question: Question | None = None
    fault: str = ""

    @property
    def newest(self) -> SeasonOfLeague:
        return self.seasons[-1]

    def tell(self, answers: Answers) -> None:
        """Place all groups."""
        rest = [group for group in self.groups if not self.named[group[0]]]
        for named in sorted({self.named[group[0]] for group in self.groups} - {""}):
            self.place_named(named)
        if asked := answers.asked.get(self.key):
            self.place(rest, self.season(asked))
        elif not self.seasons:
            self.place(rest, self.open(self.key_of_first(rest)))
        elif rest:
            self.place_by_signs(rest, answers)
        for group in self.groups:
            if group[1] in DATED and group in rest:
                self.place_by_dates(group)
        self.widen()
        self.forget_empty()

    def forget_empty(self) -> None:
        """A season that was opened, but of which no rows are, is none."""
        used = {id(season) for season in self.main.values()}
        used |= {id(part.season) for parts in self.parts.values() for part in parts}
        self.opened = [season for season in self.opened if id(season) in used]
        self.seasons = [season for season in self.seasons if season.target_id or id(season) in used]

    def place(self, groups: Iterable[Group], season: SeasonOfLeague) -> None:
        self.main |= dict.fromkeys(groups, season)

    def season(self, key: str) -> SeasonOfLeague:
        return next((season for season in self.seasons if season.key == key), None) or self.open(key)

    def open(self, key: str) -> SeasonOfLeague:
        """A new season of this league. A second one with these years gets a number."""
        keys = {season.key for season in self.seasons}
        key = next(each for each in (key, *(f"{key}-{n}" for n in range(2, len(keys) + 3))) if each not in keys)
        season = SeasonOfLeague(self.league_no, key, name_of(key))
        self.seasons.append(season)
        self.seasons.sort(key=lambda each: order_of(each.key))
        self.opened.append(season)
        return season

    # What rows name

    def place_named(self, named: str) -> None:
        """Rows that name a season are of it. It may be known by another key, which was made of its dates."""
        groups = [group for group in self.groups if self.named[group[0]] == named]
        span = whole(span for group in groups for span in self.spans(group))
        known = [season for season in self.seasons if season.key == named]
        if not known and span:
            known = [s for s in self.seasons if s.starts_on and s.ends_on and span.overlaps(s.starts_on, s.ends_on)]
        if not known and not span:
            known = [season for season in self.seasons if season.may_be_called(named)]
        if not known:
            self.reasons.append(f"rows name the season {named}")
        self.place(groups, known[-1] if known else self.open(named))

    # Dates

    def spans(self, group: Group) -> list[Span]:
        return spans_of(self.dates.get(group, {}))

    def key_of_first(self, groups: list[Group]) -> str:
        """The first season of a league is named by its schedule; without one, by its last matches."""
        span = whole(span for group in groups if group[1] == "schedules" for span in self.spans(group))
        lines = [self.spans(group)[-1:] for group in groups if group[1] == "match_history"]
        span = span or whole(last for spans in lines for last in spans)
        first, last = (span.first, span.last) if span else (None, None)
        return key_of_dates(first, last, timezone.localdate())

    def place_by_dates(self, group: Group) -> None:
        """The rows of a season are those between its boundaries with the seasons before and after it."""
        dated = [(season, season.starts_on, season.ends_on) for season in self.seasons if season.starts_on]
        if not dated:
            return
        bounds = [FOREVER[0], *boundaries([(first, last) for _, first, last in dated]), FOREVER[1]]
        # A few days far from all others are errors of writing, unless they lie in a season: then they are corrections.
        known = [*((span.first, span.last) for span in self.spans(group)), *((first, last) for _, first, last in dated)]
        days = [
            day for day in self.dates.get(group, {}) if any(first <= day <= (last or first) for first, last in known)
        ]
        parts = [
            Part(season, first, until)
            for (season, *_), (first, until) in zip(dated, pairwise(bounds), strict=True)
            if any(first <= day < until for day in days)
        ]
        if parts:
            self.main[group] = parts[-1].season
        if len(parts) > 1:
            self.parts[group] = parts

    def widen(self) -> None:
        """A season lasts from the first scheduled match to the last, or to a match played soon after.

        Without a schedule it is as long as its matches.
        """
        for kind in DATED:
            for group in self.groups:
                if group[1] != kind:
                    continue
                # The last matches first: without a schedule they alone say how long the season is.
                for span in reversed(self.spans(group)):
                    for season, part in self.spans_of_seasons(group, span):
                        self.cover(season, part, scheduled=kind == "schedules")

    def spans_of_seasons(self, group: Group, span: Span) -> list[tuple[SeasonOfLeague, Span]]:
        parts = self.parts.get(group) or [Part(self.main[group], *FOREVER)]
        days = self.dates[group]
        found = []
        for part in parts:
            inside = [day for day in days if part.first <= day < part.until and span.first <= day <= span.last]
            if inside:
                found.append((part.season, Span(min(inside), max(inside), len(inside))))
        return found

    def cover(self, season: SeasonOfLeague, span: Span, *, scheduled: bool) -> None:
        if scheduled or season.starts_on is None or season.ends_on is None:
            season.cover(span)
        elif season.ends_on < span.last <= season.ends_on + timedelta(days=PAUSE):
            season.ends_on = span.last

    # Signs

    def place_by_signs(self, groups: list[Group], answers: Answers) -> None:
        before, later = self.newest, self.later_span(groups)
        unnamed = {kind for _, kind in groups}
        told = {kind: found for kind, found in self.signs.items() if kind in unnamed and self.was(kind) is before}
        own = [sign for found in told.values() for sign in found]
        schedule = self.sign_of_schedule(later)
        own += filter(None, (schedule, self.sign_of_lines()))
        asked = answers.opens.get(self.key)
        if asked and asked not in {season.key for season in self.seasons}:
            if order_of(asked) < order_of(before.key):
                self.fault = f"{self.code}: the new season {asked} would come before {before.key}"
            self.open_after(before, asked, ["an operator said so"])
        elif own and self.key not in answers.stays:
            if len(own) > 1 or (schedule and self.is_certain(later)):
                key = key_of_dates(later.first, later.last, later.first) if later else next_key(before.key)
                self.open_after(before, key, [sign.sentence for sign in own])
            elif own[0].asks:
                self.question = Question(self.code, next_key(before.key), before.name, own[0].sentence)
        for group in groups:
            self.main[group] = self.season_of_kind(group[1], before, any_sign=bool(own))
        later = self.later_span(groups)
        if later and self.newest.starts_on is None:
            self.newest.cover(later)

    def known_id(self, kind: str) -> int:
        """The id of the season in which a kind of file was before; 0 if it was in none."""
        season = self.of_kind.get(kind)
        return season.target_id or 0 if season else 0

    def was(self, kind: str) -> SeasonOfLeague:
        """The season in which a kind of file was before this run opened any: for rows with a date, one with dates."""
        known = [season for season in self.seasons if season.target_id] or self.seasons
        dated = [season for season in known if season.starts_on and kind in DATED]
        return self.of_kind.get(kind) or (dated or known)[-1]

    def season_of_kind(self, kind: str, before: SeasonOfLeague, *, any_sign: bool) -> SeasonOfLeague:
        """A kind of file with a sign moves on to the newest season; others are of the season they were of.

        If an operator opens a season of which nothing tells yet, its rosters are the first that come.
        """
        was = self.was(kind)
        if was is not before:
            return before if self.signs.get(kind) else was
        moves_on = self.signs.get(kind) or (kind == "players" and not any_sign)
        return self.newest if moves_on else was

    def open_after(self, before: SeasonOfLeague, key: str, reasons: list[str]) -> None:
        """Open a season that comes after all others. Its key does, too, whatever the dates of a few rows."""
        self.reasons += reasons
        self.open(key if order_of(key) >= order_of(before.key) else next_key(before.key))

    def later_span(self, groups: list[Group]) -> Span | None:
        """What comes after the end of the last season that has dates: in the schedule, or in the matches if the newest
        season has no dates yet.
        """
        scheduled = self.spans_after(groups, "schedules", timedelta(0))
        if scheduled or self.newest.starts_on:
            return scheduled
        return self.spans_after(groups, "match_history", timedelta(PAUSE))

    def spans_after(self, groups: list[Group], kind: str, pause: timedelta) -> Span | None:
        ended = self.last_end()
        spans = [span for group in groups if group[1] == kind for span in self.spans(group)]
        after = whole(span for span in spans if ended and span.first > ended + pause)
        enough = ENOUGH_ROWS if self.newest.starts_on else 1
        return after if after and after.rows >= enough else None

    def last_end(self) -> date | None:
        return max((season.ends_on for season in self.seasons if season.ends_on), default=None)

    def sign_of_schedule(self, later: Span | None) -> Sign | None:
        """A season that was opened before its schedule was there needs no sign: this is its schedule."""
        if later is None or self.newest.starts_on is None:
            return None
        return Sign("schedules", f"its schedule begins on {later.first}, after the end of {self.newest.name}")

    def sign_of_lines(self) -> Sign | None:
        """A file that goes back to the last season may have a late match; one that does not is another season's."""
        late = self.spans_after(self.groups, "match_history", timedelta(PAUSE))
        if late is None or self.newest.starts_on is None:
            return None
        every = whole(span for group in self.groups if group[1] == "match_history" for span in self.spans(group))
        sentence = f"matches are played from {late.first}, more than {PAUSE} days after the last"
        return Sign("match_history", sentence, asks=every == late)

    def is_certain(self, later: Span | None) -> bool:
        ended = self.last_end()
        return bool(later and ended and later.first > ended + CERTAINLY_AFTER)
