"""Who is who inside one snapshot: the labels of its files reduced to leagues, series, clubs and squads.

Works on the distinct labels of a snapshot, some thousands at most, never on its rows. What a label says
is derived from the data: a word is a style (`Chicago 22`, `Flight 22`, `Division 22`) when the teams'
labels or the other series show that it is; a suffix is a squad when a sibling or the bare club shows it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from etlimport.resolve.tokens import Tokens, ends_with, is_squad_like, key, one_line, text_of, tokens

GENERIC_STYLES = frozenset({"series", "division", "div", "flight", "level", "group", "section"})
"""Words that style a series in any league, even one with a single series and no teams yet."""

OFFICIAL = ("series_stats", "schedules")
"""The files that speak for the league itself; rosters sometimes put the squad into the series."""


@dataclass(frozen=True)
class Label:
    """A distinct combination of labels in one kind of file. A match line's has no series and no club."""

    number: int
    kind: str
    series: str
    team: str
    club: str


@dataclass(frozen=True)
class TeamIdentity:
    """A team of one league as this snapshot tells it."""

    series_key: str
    series_name: str
    club_key: str
    club_name: str
    squad: str
    name: str


@dataclass
class Draft:
    """A team while its evidence is gathered: `base` is its label without series and inner squad."""

    series: Tokens
    base: Tokens
    squad: str
    labels: list[Label] = field(default_factory=list)


def league_key(code: str) -> str:
    """`APTA_CHICAGO` and `apta chicago` → `apta-chicago`."""
    return key(tokens(code)) or code.casefold()


def resolve_labels(labels: Iterable[Label], means: dict[tuple[str, str], str] | None = None) -> dict[int, TeamIdentity]:
    """The team behind each label of one league, by the label's number; labels of no known team are left out.

    `means` maps (kind of thing, label as written, casefolded) to the label an operator says it stands for.
    """
    labels = [apply_aliases(label, means or {}) for label in labels]
    with_series = [label for label in labels if label.series or label.kind != "match_history"]
    styles = style_words(with_series)
    series_of = series_by_label(with_series, styles)
    styles |= team_styles(with_series, series_of)
    drafts = draft_teams(with_series, series_of, styles)
    identities = {draft_key: identify(draft, drafts) for draft_key, draft in drafts.items()}
    series_names = {}
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
    def of(kind, text):
        return means.get((kind, one_line(text).casefold()), text)

    return Label(label.number, label.kind, of("series", label.series), of("team", label.team), of("club", label.club))


# Series


def style_words(labels: list[Label]) -> frozenset[str]:
    """Leading words of series labels that say nothing about which series it is."""
    pairs = {(tokens(label.series), tokens(label.team), label.kind) for label in labels}
    by_kind = defaultdict(set)
    for series, _, kind in pairs:
        by_kind[kind].add(series)
    candidates = {s[0] for s, _, _ in pairs if len(s) > 1 and s[0].isalpha() and len(s[0]) > 1}
    styles = frozenset(word for word in candidates if word in GENERIC_STYLES or is_style(word, pairs, by_kind))
    return styles - {word for series in by_kind.values() for word in telling_apart(series, styles)}


def telling_apart(series: set[Tokens], styles: frozenset[str]) -> frozenset[str]:
    """Words that keep two series of one file apart (Boys 12, Girls 12): they are no styles."""
    alike = defaultdict(set)
    for words in series:
        alike[without_style(words, styles)].add(words)
    return frozenset(words[0] for clash in alike.values() if len(clash) > 1 for words in clash) - GENERIC_STYLES


def is_style(word: str, pairs: set, by_kind: dict) -> bool:
    """By the teams' labels where they repeat the series; else by being how most series begin."""
    styled = [(s[1:], team) for s, team, _ in pairs if s[:1] == (word,) and len(s) > 1]
    telling = [(rest, team) for rest, team in styled if ends_with(team, rest)]
    if telling:
        bare = sum(not ends_with(team, (word, *rest)) for rest, team in telling)
        return bare > len(telling) / 2
    return any(sum(s[:1] == (word,) for s in series) > max(1, len(series) / 2) for series in by_kind.values())


def team_styles(labels: list[Label], series_of: dict[int, Tokens]) -> frozenset[str]:
    """Words that most team labels of one kind of file put before a series they say twice: `Elm 5 - Series 5`."""
    before = defaultdict(Counter)
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


def without_style(words: Tokens, styles) -> Tokens:
    return words[1:] if len(words) > 1 and words[0] in styles else words


def series_by_label(labels: list[Label], styles: frozenset[str]) -> dict[int, Tokens]:
    """The series of each label, by its number; `()` where neither the label nor its team tells one."""
    plain = {label.number: without_style(tokens(label.series), styles) for label in labels}
    plain = {number: () if set(words) <= styles else words for number, words in plain.items()}
    official = {plain[x.number] for x in labels if x.kind in OFFICIAL} - {()}
    known = official or set(plain.values()) - {()}
    clubs_in = defaultdict(set)
    series_of_team = defaultdict(set)
    for label in labels:
        clubs_in[plain[label.number]].add(tokens(label.club or label.team))
        if plain[label.number] in known:
            series_of_team[tokens(label.team)].add(plain[label.number])

    def settle(label: Label) -> Tokens:
        words, team = plain[label.number], tokens(label.team)
        if words in official or (words and not official and len(clubs_in[words]) > 1):
            return words
        parent = squad_parent(words) if words else None
        if parent in known:
            return parent
        if words and (not official or ends_with(team, words)):
            return words
        return series_from_team(team, series_of_team, known) or words

    return {label.number: settle(label) for label in labels}


def squad_parent(words: Tokens) -> Tokens | None:
    """`5a` → `5`: the series of which this would be a squad."""
    last = words[-1]
    if len(last) > 1 and last[:-1].isdigit() and last[-1].isalpha():
        return (*words[:-1], last[:-1])
    return None


def series_from_team(team: Tokens, series_of_team: dict[Tokens, set], known: set[Tokens]) -> Tokens:
    """`Midtown - Chicago - 10` under `Chicago Chicago`: what another file says of this team, else its tail."""
    elsewhere = series_of_team.get(team, set())
    if len(elsewhere) == 1:
        return next(iter(elsewhere))
    tails = [words for words in known if ends_with(team, words)]
    return max(tails, key=len, default=())


# Teams


def draft_teams(labels: list[Label], series_of: dict[int, Tokens], styles: frozenset[str]) -> dict[tuple, Draft]:
    """Teams by (series, base, squad), the labels of all files gathered."""
    drafts: dict[tuple, Draft] = {}
    for label in labels:
        words = tokens(label.team)
        if not words or is_no_team(label.team, words, series_of[label.number], styles):
            continue
        base, squad = split_team(words, series_of[label.number], styles)
        draft = drafts.setdefault((series_of[label.number], base, squad), Draft(series_of[label.number], base, squad))
        draft.labels.append(label)
    return drafts


def is_no_team(label: str, words: Tokens, series: Tokens, styles: frozenset[str]) -> bool:
    """` - 9 SW` and `BYE` name no team; `Legends` of the series Legends does."""
    separated = label.strip()[:1] in ("-", "#")
    return words == ("bye",) or (separated and without_style(words, styles) == series)


def split_team(words: Tokens, series: Tokens, styles: frozenset[str]) -> tuple[Tokens, str]:
    """A team's label without what repeats its series, and the squad if the series' place tells one."""
    words = cut_series(words, series, styles)
    if not series:
        return words, ""
    forms = {series[-1]} | {style[0] + series[-1] for style in styles}
    head = series[:-1]
    # … 99 A, … H (1), … S1 T1: the series, then the squad
    inside = len(words) > len(series) + 1 and words[-2] in forms and words[-2 - len(head) : -2] == head
    if inside and is_squad_like(words[-1]):
        return words[: -2 - len(head)], words[-1].strip("()")
    # … S2A: the series behind the initial of its style
    if len(words) > len(series) and words[-1] in forms and words[-1 - len(head) : -1] == head:
        return words[: -1 - len(head)], ""
    # … 5a: the series with the squad attached
    if len(words) > 1 and not head and words[-1][:-1] == series[-1] and words[-1][-1].isalpha():
        return words[:-1], words[-1][-1]
    return words, ""


def cut_series(words: Tokens, series: Tokens, styles: frozenset[str]) -> Tokens:
    """`Midtown Chicago 6 6` → `Midtown Chicago`; `Birchwood F Series F` → `Birchwood`."""
    tails = [(style, *series) for style in styles] + [series]
    cut = True
    while cut:
        cut = False
        for tail in tails:
            if ends_with(words, tail):
                words, cut = words[: -len(tail)], True
    return words


def identify(draft: Draft, drafts: dict[tuple, Draft]) -> tuple[str, Tokens, str]:
    """(series key, club, squad) of a team."""
    club, rest = split_club(draft, drafts)
    squad = " ".join(word.strip("()") for word in (*rest, draft.squad) if word)
    return key(draft.series), club, squad


def split_club(draft: Draft, drafts: dict[tuple, Draft]) -> tuple[Tokens, Tokens]:
    """A team's base as (club, squad): by the roster's club where it tells, else by siblings."""
    base = draft.base
    told = [tokens(label.club) for label in draft.labels if label.club]
    for club in told:
        if len(club) < len(base) and base[: len(club)] == club:
            return club, base[len(club) :]
    if len(base) > 1 and is_squad_like(base[-1]):
        stem = base[:-1]
        if base[-1].startswith("(") or stem in bases(drafts) or siblings(stem, draft, drafts):
            return stem, base[-1:]
    return base, ()


def bases(drafts: dict[tuple, Draft]) -> set[Tokens]:
    return {base for _, base, _ in drafts}


def siblings(stem: Tokens, draft: Draft, drafts: dict[tuple, Draft]) -> bool:
    return any(
        series == draft.series and base != draft.base and base[:-1] == stem and is_squad_like(base[-1])
        for series, base, _ in drafts
        if len(base) > 1
    )


def series_name(draft: Draft, styles: frozenset[str]) -> str:
    """How the league itself spells the series, else the rosters."""
    order = (*OFFICIAL, "players")
    spelled = Counter(
        (order.index(label.kind) if label.kind in order else 9, one_line(label.series))
        for label in draft.labels
        if without_style(tokens(label.series), styles) == draft.series
    )
    return min(spelled)[1] if spelled else " ".join(draft.series).upper()


def team_identity(draft: Draft, found: tuple[str, Tokens, str], series_name: str) -> TeamIdentity:
    order = ("players", "series_stats", "schedules", "match_history")
    best = min(draft.labels, key=lambda label: (order.index(label.kind), len(label.team), label.number))
    series_key, club, squad = found
    club_label = next((x.club for x in draft.labels if tokens(x.club) == club), best.team)
    return TeamIdentity(
        series_key=series_key,
        series_name=series_name,
        club_key=key(club),
        club_name=text_of(club_label, club),
        squad=squad,
        name=one_line(best.team),
    )


def resolve_bare_labels(
    labels: list[Label], drafts: dict[tuple, Draft], teams: dict[tuple, TeamIdentity], styles: frozenset[str]
) -> dict[int, TeamIdentity]:
    """Labels without a series (match lines): the one team known by that label, in full or with its series."""
    known: dict[Tokens, set[tuple]] = defaultdict(set)
    for draft_key, draft in drafts.items():
        for label in draft.labels:
            known[tokens(label.team)].add(draft_key)
            known[cut_series(tokens(label.team), draft.series, styles) + draft.series].add(draft_key)
            known[cut_once(tokens(label.team), draft.series, styles)].add(draft_key)
    found = {}
    for label in labels:
        candidates = known.get(tokens(label.team), set())
        if len({teams[c] for c in candidates}) == 1:
            found[label.number] = teams[next(iter(candidates))]
    return found


def cut_once(words: Tokens, series: Tokens, styles: frozenset[str]) -> Tokens:
    for tail in [(style, *series) for style in styles] + [series]:
        if ends_with(words, tail):
            return words[: -len(tail)]
    return words
