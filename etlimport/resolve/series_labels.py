"""Finds the series that the labels of one snapshot tell, whatever style words the files write before it."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from etlimport.resolve.tokens import (
    Tokens,
    ends_with,
    tokens,
)

GENERIC_STYLES = frozenset({"series", "division", "div", "flight", "level", "group", "section"})
"""Words that are style words in any league, even if it has a single series and no teams."""

OFFICIAL = ("series_stats", "schedules")
"""The kinds of files that label series as the league does. In players files a series label may include the squad."""


@dataclass(frozen=True)
class Label:
    """A distinct combination of series, team and club in one kind of file. Match lines name no series and no club."""

    number: int
    kind: str
    series: str
    team: str
    club: str


LabelWords = tuple[Tokens, Tokens, str]
"""(series, team, kind of file) of a label, the first two as words."""

SeriesByKind = dict[str, set[Tokens]]
"""The series labels in each kind of file, as words."""

SeriesKinds = dict[Tokens, set[str]]
"""The series that labels of one team give it, each with the kinds of files that do."""


def style_words(labels: list[Label]) -> frozenset[str]:
    """First words of series labels that do not identify the series."""
    in_words = {(tokens(label.series), tokens(label.team), label.kind) for label in labels}
    by_kind: SeriesByKind = defaultdict(set)
    for series, _, kind in in_words:
        by_kind[kind].add(series)
    candidates = {s[0] for s, _, _ in in_words if len(s) > 1 and s[0].isalpha() and len(s[0]) > 1}
    styles = frozenset(word for word in candidates if word in GENERIC_STYLES or is_style(word, in_words, by_kind))
    return styles - {word for all_series in by_kind.values() for word in distinguishing_words(all_series, styles)}


def distinguishing_words(all_series: set[Tokens], styles: frozenset[str]) -> frozenset[str]:
    """First words that are the only difference between two series of one file, as in `Boys 12` and `Girls 12`."""
    by_rest: dict[Tokens, set[Tokens]] = defaultdict(set)
    for series in all_series:
        by_rest[without_style(series, styles)].add(series)
    return frozenset(series[0] for same in by_rest.values() if len(same) > 1 for series in same) - GENERIC_STYLES


def is_style(word: str, labels: set[LabelWords], by_kind: SeriesByKind) -> bool:
    """Whether a first word of series labels identifies no series.

    It does not if most teams whose label ends with the series leave the word out there. If there are no such teams, it
    does not if most series labels of a kind of file begin with it.
    """
    styled = [(series[1:], team) for series, team, _ in labels if series[:1] == (word,) and len(series) > 1]
    repeating = [(rest, team) for rest, team in styled if ends_with(team, rest)]
    if repeating:
        without_word = sum(not ends_with(team, (word, *rest)) for rest, team in repeating)
        return without_word > len(repeating) / 2
    return any(sum(s[:1] == (word,) for s in series) > max(1, len(series) / 2) for series in by_kind.values())


def team_styles(labels: list[Label], series_of: dict[int, Tokens]) -> frozenset[str]:
    """Words by which most team labels of a kind of file repeat their series, such as `Series` in `Elm 5 - Series 5`."""
    before: dict[str, Counter[str]] = defaultdict(Counter)
    labels_of_kind = Counter(label.kind for label in labels)
    for label in labels:
        words, series = tokens(label.team), series_of[label.number]
        head = words[: -1 - len(series)]
        if series and head and ends_with(words, series) and any(series[-1] in word for word in head[-2:]):
            before[label.kind][words[-1 - len(series)]] += 1
    return GENERIC_STYLES | {
        word
        for kind, words in before.items()
        for word, count in words.items()
        if word.isalpha() and len(word) > 1 and count > max(1, labels_of_kind[kind] / 2)
    }


def without_style(words: Tokens, styles: frozenset[str]) -> Tokens:
    return words[1:] if len(words) > 1 and words[0] in styles else words


def series_by_label(labels: list[Label], styles: frozenset[str]) -> dict[int, Tokens]:
    """The series of each label, by the label's number; `()` if neither its series nor its team names one."""
    plain = {label.number: without_style(tokens(label.series), styles) for label in labels}
    plain = {number: () if set(words) <= styles else words for number, words in plain.items()}
    official = {plain[x.number] for x in labels if x.kind in OFFICIAL} - {()}
    known = official or set(plain.values()) - {()}
    clubs_in: dict[Tokens, set[Tokens]] = defaultdict(set)
    kinds_by_series: dict[Tokens, SeriesKinds] = defaultdict(lambda: defaultdict(set))
    for label in labels:
        clubs_in[plain[label.number]].add(tokens(label.club or label.team))
        if plain[label.number] in known:
            kinds_by_series[tokens(label.team)][plain[label.number]].add(label.kind)

    def series_of(label: Label) -> Tokens:
        words, team = plain[label.number], tokens(label.team)
        if within_label := most_named_series(team, kinds_by_series[team], official):
            return within_label
        if words in official or (words and not official and len(clubs_in[words]) > 1):
            return words
        parent = squad_parent(words) if words else None
        if parent in known:
            return parent
        if words and (not official or ends_with(team, words)):
            return words
        return series_from_team(team, set(kinds_by_series[team]), known) or words

    return {label.number: series_of(label) for label in labels}


def most_named_series(team: Tokens, kinds_by_series: SeriesKinds, official: set[Tokens]) -> Tokens:
    """The series within a team's label that more kinds of files give the team than any other; `()` if there is none.

    The series of `Elm 99 A` is 99, although one file calls it A; that of `Elm 1` is 1, although a row calls it Elm.
    """
    counts = Counter({s: len(kinds) for s, kinds in kinds_by_series.items() if s in official and set(s) < set(team)})
    first, second = [*counts.most_common(2), ((), 0), ((), 0)][:2]
    return first[0] if first[1] > second[1] else ()


def squad_parent(words: Tokens) -> Tokens | None:
    """The series of which this would be a squad: `5a` → `5`."""
    last = words[-1]
    if len(last) > 1 and last[:-1].isdigit() and last[-1].isalpha():
        return (*words[:-1], last[:-1])
    return None


def series_from_team(team: Tokens, elsewhere: set[Tokens], known: set[Tokens]) -> Tokens:
    """The series of a team whose series label is useless, as `Chicago Chicago` is for `Midtown - Chicago - 10`.

    It is the one series that other labels of this team have (`elsewhere`), else the known series with which the team's
    label ends.
    """
    if len(elsewhere) == 1:
        return next(iter(elsewhere))
    tails = [words for words in known if ends_with(team, words)]
    return max(tails, key=len, default=())
