"""Reduces the labels of one snapshot to series, clubs and squads, so that every team is the same in all its files.

It works on the distinct labels, of which a snapshot has a few thousand at most, never on its rows. What a part of a
label means is derived from the data. The first word of a series label is a style word (`Chicago 22`, `Flight 22` and
`Division 22` are all the series 22) if the labels of teams or of other series show that it identifies nothing. The end
of a team's label is a squad if there is another squad of the club in the series, or a team of the club without one.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from etlimport.resolve.series_labels import OFFICIAL, Label, series_by_label, style_words, team_styles, without_style
from etlimport.resolve.tokens import (
    KEY_LENGTH,
    Tokens,
    beginning_of,
    ends_with,
    fitting,
    is_squad_like,
    key,
    shortened,
    tokens,
    with_single_blanks,
)

NO_SERIES = "No series"
"""How the series of teams is called whose labels tell none."""

SQUAD_LENGTH = 50
"""The number of characters that a squad has at most."""

REMARK = re.compile(r"\s*[(\[](withdrawn|withdrew|dropped|dropped out|defunct|folded)[)\]]\s*$", re.IGNORECASE)
"""What sources write behind the label of a team that has left, which is still that team."""


@dataclass(frozen=True)
class TeamIdentity:
    """A team of one league: its natural key, and the names of series, club and team as labels spell them."""

    series_key: str
    series_name: str
    club_key: str
    club_name: str
    squad: str
    name: str


DraftKey = tuple[Tokens, Tokens, str]
"""(series, base, squad) of a draft."""

Identity = tuple[str, Tokens, str]
"""(key of the series, club, squad) of a team."""


@dataclass
class Draft:
    """A team whose club is not known yet.

    `base`: the words of its label without the series, and without a squad that stands next to the series.
    """

    series: Tokens
    base: Tokens
    squad: str
    labels: list[Label] = field(default_factory=list)


def league_key(code: str) -> str:
    """`APTA_CHICAGO` and `apta chicago` → `apta-chicago`."""
    return key(tokens(code)) or shortened(code.casefold(), KEY_LENGTH)


def resolve_labels(labels: Iterable[Label], means: dict[tuple[str, str], str] | None = None) -> dict[int, TeamIdentity]:
    """The team that each label of one league stands for, by the number of the label; without labels of unknown teams.

    `means`: what operators' aliases stand for, by (kind of thing, label in lower case).
    """
    labels = [apply_aliases(label, means or {}) for label in labels]
    with_series = [label for label in labels if label.series or label.kind != "match_history"]
    styles = style_words(with_series)
    series_of = series_by_label(with_series, styles)
    styles |= team_styles(with_series, series_of)
    drafts = draft_teams(with_series, series_of, styles)
    identities = {draft_key: identify(draft, drafts) for draft_key, draft in drafts.items()}
    series_names: dict[str, str] = {}
    for draft_key, draft in drafts.items():
        series_names.setdefault(identities[draft_key][0], series_name(draft, styles))
    teams = {
        draft_key: team_identity(drafts[draft_key], found, series_names[found[0]])
        for draft_key, found in identities.items()
    }
    resolved = {label.number: teams[draft_key] for draft_key, draft in drafts.items() for label in draft.labels}
    resolved.update(resolve_bare_labels([x for x in labels if not x.series], drafts, teams, styles))
    return resolved


def apply_aliases(label: Label, means: dict[tuple[str, str], str]) -> Label:
    def of(kind: str, text: str) -> str:
        return means.get((kind, with_single_blanks(text).casefold()), text)

    team = of("team", REMARK.sub("", label.team))
    return Label(label.number, label.kind, of("series", label.series), team, of("club", label.club))


def draft_teams(labels: list[Label], series_of: dict[int, Tokens], styles: frozenset[str]) -> dict[DraftKey, Draft]:
    """The teams that the labels of all files stand for."""
    drafts: dict[DraftKey, Draft] = {}
    for label in labels:
        words = tokens(label.team)
        if not words or is_no_team(label.team, words, series_of[label.number], styles):
            continue
        base, squad = split_team(words, series_of[label.number], styles)
        draft = drafts.setdefault((series_of[label.number], base, squad), Draft(series_of[label.number], base, squad))
        draft.labels.append(label)
    return drafts


def is_no_team(label: str, words: Tokens, series: Tokens, styles: frozenset[str]) -> bool:
    """Whether a label names no team: `BYE - 11`, ` - 9 SW` in the series 9 SW. `Legends` in the series Legends does."""
    separated = label.strip()[:1] in ("-", "#")
    return words == ("bye",) or (separated and without_style(words, styles) == series)


def split_team(words: Tokens, series: Tokens, styles: frozenset[str]) -> tuple[Tokens, str]:
    """A team's label without its series, and the squad if it stands next to the series in the label."""
    words = without_series(words, series, styles)
    if not series:
        return words, ""
    forms = {series[-1]} | {style[0] + series[-1] for style in styles}
    head = series[:-1]
    # Labels such as `Elm 99 A`, `Elm H (1)` and `Elm S1 T1`: the series, then the squad.
    inside = len(words) > len(series) + 1 and words[-2] in forms and words[-2 - len(head) : -2] == head
    if inside and is_squad_like(words[-1]):
        return words[: -2 - len(head)], words[-1].strip("()")
    # Labels such as `Elm S2A`: the series after the initial of its style word.
    if len(words) > len(series) and words[-1] in forms and words[-1 - len(head) : -1] == head:
        return words[: -1 - len(head)], ""
    # Labels such as `Elm 5a`: the series and the squad in one word.
    if len(words) > 1 and not head and words[-1][:-1] == series[-1] and words[-1][-1].isalpha():
        return words[:-1], words[-1][-1]
    return words, ""


def without_series(words: Tokens, series: Tokens, styles: frozenset[str]) -> Tokens:
    """The words without all series at their end: `Midtown Chicago 6 6` → `Midtown Chicago`."""
    tails = [(style, *series) for style in styles] + [series]
    cut = True
    while cut:
        cut = False
        for tail in tails:
            if ends_with(words, tail):
                words, cut = words[: -len(tail)], True
    return words


def identify(draft: Draft, drafts: dict[DraftKey, Draft]) -> Identity:
    club, rest = split_club(draft, drafts)
    squad = " ".join(word.strip("()") for word in (*rest, draft.squad) if word)
    return key(draft.series), club, shortened(squad, SQUAD_LENGTH)


def split_club(draft: Draft, drafts: dict[DraftKey, Draft]) -> tuple[Tokens, Tokens]:
    """A team's base as (club, squad): by the club its players' rows name, else by the other teams of the series."""
    base = draft.base
    for club in (tokens(label.club) for label in draft.labels if label.club):
        if len(club) < len(base) and base[: len(club)] == club:
            return club, base[len(club) :]
    if len(base) > 1 and is_squad_like(base[-1]):
        stem = base[:-1]
        if base[-1].startswith("(") or stem in bases(drafts) or has_other_squad(stem, draft, drafts):
            return stem, base[-1:]
    return base, ()


def bases(drafts: dict[DraftKey, Draft]) -> set[Tokens]:
    return {base for _, base, _ in drafts}


def has_other_squad(club: Tokens, draft: Draft, drafts: dict[DraftKey, Draft]) -> bool:
    """Whether another team of the draft's series would be a squad of this club, too."""
    return any(
        series == draft.series and base != draft.base and base[:-1] == club and is_squad_like(base[-1])
        for series, base, _ in drafts
        if len(base) > 1
    )


def series_name(draft: Draft, styles: frozenset[str]) -> str:
    """The series as the official files spell it, else as the players file does."""
    order = (*OFFICIAL, "players")
    spellings = {
        (order.index(label.kind) if label.kind in order else 9, with_single_blanks(label.series))
        for label in draft.labels
        if without_style(tokens(label.series), styles) == draft.series
    }
    spelled = min(spellings)[1] if spellings else fitting(" ".join(draft.series).upper(), key(draft.series))
    return spelled or NO_SERIES


def team_identity(draft: Draft, identity: Identity, series_name: str) -> TeamIdentity:
    order = ("players", "series_stats", "schedules", "match_history")
    best = min(draft.labels, key=lambda label: (order.index(label.kind), len(label.team), label.number))
    series_key, club, squad = identity
    club_label = next((x.club for x in draft.labels if tokens(x.club) == club), best.team)
    return TeamIdentity(
        series_key=series_key,
        series_name=series_name,
        club_key=key(club),
        club_name=fitting(beginning_of(club_label, club), with_single_blanks(club_label)),
        squad=squad,
        name=with_single_blanks(best.team),
    )


def resolve_bare_labels(
    labels: list[Label], drafts: dict[DraftKey, Draft], teams: dict[DraftKey, TeamIdentity], styles: frozenset[str]
) -> dict[int, TeamIdentity]:
    """The teams that labels without a series stand for, which are those of match lines.

    A team is found by its full label, by its label with the series said only once, or by its label without the series,
    if no other team would be found by the same.
    """
    known: dict[Tokens, set[DraftKey]] = defaultdict(set)
    for draft_key, draft in drafts.items():
        for label in draft.labels:
            known[tokens(label.team)].add(draft_key)
            known[without_series(tokens(label.team), draft.series, styles) + draft.series].add(draft_key)
            known[without_last_series(tokens(label.team), draft.series, styles)].add(draft_key)
    found = {}
    for label in labels:
        candidates = known.get(tokens(label.team), set())
        if len({teams[c] for c in candidates}) == 1:
            found[label.number] = teams[next(iter(candidates))]
    return found


def without_last_series(words: Tokens, series: Tokens, styles: frozenset[str]) -> Tokens:
    """The words without one series at their end."""
    for tail in [(style, *series) for style in styles] + [series]:
        if ends_with(words, tail):
            return words[: -len(tail)]
    return words
