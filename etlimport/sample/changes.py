"""What changes in a league between two snapshots: labels, codes, ids, names, and who plays for which team."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b
from random import Random
from typing import TypeGuard

from etlimport.sample.files import Row
from etlimport.sample.plan import DIVISION_WORDS, LADDER_WORDS, SEPARATORS, LeaguePlan
from etlimport.sample.words import CLUB_TAGS, MIDDLE, NICKNAMES, surname

LEAVE, MOVE, DISSOLVE = 0.10, 0.055, 0.03
NEWCOMER_EVERY = 12
NEW_CLUB_NAMES = ("Long Meadow", "High Garth", "Old Quay", "Three Elms", "Saint Oran", "Two Rivers")
ABBREVIATED = {"Division": "Div.", "Tier": "Div.", "Bracket": "Br.", "Series": "Ser.", "Group": "Grp."}
ROLES = (
    {"ladder": "restyled", "divisions": "recoded", "stars": "rekeyed"},
    {"ladder": "restyled", "stars": "recoded", "divisions": "rekeyed"},
    {"divisions": "restyled", "stars": "recoded", "ladder": "rekeyed"},
)
"""How the kinds of leagues change: `restyled` its labels and two clubs, `recoded` its code, series and match ids,
`rekeyed` all player ids."""

BROKEN_DATES = ("13/45/2025", "yesterday")
BROKEN_NUMBER = "9e999"
REQUIRED = {
    "players": ("Player ID",),
    "schedules": ("date", "home_team", "away_team"),
    "match_history": ("Date",),
}


def digest(*parts: object) -> bytes:
    return blake2b("|".join(map(str, parts)).encode(), digest_size=16).digest()


def pseudo_random(*parts: object) -> float:
    """A number from 0 to 1 that is always the same for the same parts, so that no decision has to be remembered."""
    return int.from_bytes(digest(*parts)[:6]) / (1 << 48)


def roles(seed: int) -> dict[str, str]:
    """How each kind of league changes."""
    return Random(f"roles {seed}").choice(ROLES)


def changed_plan(plan: LeaguePlan, role: str, seed: int) -> LeaguePlan:
    """How the league writes its files after it has changed in this way."""
    random = Random(f"change {seed} {plan.folder}")
    if role == "restyled":
        words = [word for word in (*LADDER_WORDS, *DIVISION_WORDS) if word not in (plan.word, plan.other_word)]
        word = random.choice(words)
        separators = [mark for mark in SEPARATORS if mark != plan.separator]
        separator = random.choice(separators) if plan.kind == "ladder" else " #"
        return replace(plan, word=word, other_word=word, separator=separator)
    if role == "recoded":
        code = plan.code.lower() if plan.code != plan.code.lower() else plan.code.upper()
        word = ABBREVIATED.get(plan.word, "Series")
        return replace(plan, code=code, word=word, other_word=word, match_ids=True)
    if role == "rekeyed":
        prefix = random.choice([mark for mark in ("ns/", "v2:", "id-") if mark != plan.id_prefix])
        return replace(plan, id_prefix=prefix)
    return plan


@dataclass(frozen=True)
class Labels:
    """Changes the labels of one league from its old plan to its new one. `renamed`: the new names of clubs, by old."""

    old: LeaguePlan
    new: LeaguePlan
    renamed: dict[str, str]

    def series(self, label: str) -> str:
        for old, new in ((self.old.word, self.new.word), (self.old.other_word, self.new.other_word)):
            if label.startswith(f"{old} ") and not label.endswith(" Legends"):
                return new + label[len(old) :]
        return label

    def team(self, label: str) -> str:
        label = self.club(label)
        if self.old.separator == self.new.separator:
            return label
        if self.old.kind == "ladder":
            return re.sub(re.escape(self.old.separator) + r"(?=\d)", self.new.separator, label)
        if self.old.kind == "divisions":
            name, *suffix = label.split(" - Series ")
            name = re.sub(r" (?=(\d+[ab]?|[A-K]|SN)( ?\(\d\))?$)", self.new.separator, name)
            return " - Series ".join([name, *suffix])
        return label

    def club(self, label: str) -> str:
        for old, new in self.renamed.items():
            if label == old or label.startswith(f"{old} "):
                return new + label[len(old) :]
        return label

    def club_of_player(self, label: str) -> str:
        """The value of a player's field `Club`, which in a league with divisions is the label of the team."""
        return self.team(label) if self.old.kind == "divisions" else self.club(label)

    def location(self, label: str) -> str:
        for old, new in self.renamed.items():
            label = label.replace(old, new)
        return label


def renamed_clubs(clubs: Iterable[str], seed: int) -> dict[str, str]:
    """The new names of two of these clubs: one changes the end of its name, the other its whole name."""
    known = sorted(clubs)
    chosen = Random(f"renamed {seed}").sample(known, min(2, len(known)))
    names = {}
    for club, whole in zip(chosen, (False, True), strict=False):
        place = club.split()[0]
        kind = f"{place} PD" if club.endswith(" CC") else f"{place} CC"
        names[club] = NEW_CLUB_NAMES[seed % len(NEW_CLUB_NAMES)] if whole else kind
    return names


def new_id(plan: LeaguePlan, seed: int, old_id: str, common_tail: bool) -> str:
    text = urlsafe_b64encode(digest(seed, "id", old_id)).decode()
    return plan.id_prefix + (text[:5] + old_id[-8:] if common_tail else text[:14])


def altered_name(role: str, seed: int, player: str, first: str, last: str) -> tuple[str, str]:
    """The name as the next snapshot spells it: in most cases the same, else changed as real sources change names.

    In a league that issues new ids no surname changes at the same time, as nobody could recognise such a player.
    """
    if role == "restyled":
        return first, last
    middle, _, rest = last.partition(" ")
    if middle in MIDDLE and rest:
        return (f"{first} {middle}", rest) if pseudo_random(seed, "split", player) < 0.7 else (first, last)
    chance = pseudo_random(seed, "name", player)
    if role == "recoded":
        return (first, surname(Random(f"married {seed} {player}"))) if chance < 0.005 else (first, last)
    if chance < 0.04 and " - " not in last:
        return first, f"{last} - {CLUB_TAGS[seed % len(CLUB_TAGS)]}"
    if chance < 0.08:
        return first.upper(), f"  {last.lower()} "
    if first in NICKNAMES and chance < 0.12:
        return NICKNAMES[first], last
    return first, last


def broken_player(row: Row, which: int) -> object:
    """A row that cannot be imported, because it has no id or no name, or because it is no object."""
    nameless = {"Player ID": None, "First Name": "", "Last Name": ""}
    return {5: row | {"Player ID": ""}, 9: row | nameless, 14: "not an object", 20: ["nor", "this"]}[which]


def is_valid(row: object, kind: str) -> TypeGuard[Row]:
    """Whether this is none of the rows that `make_next` breaks on purpose."""
    if not isinstance(row, dict) or row.get("PTI") == BROKEN_NUMBER:
        return False
    return all(row[field] and row[field] not in BROKEN_DATES for field in REQUIRED.get(kind, ()))


def corrected(scores: str) -> str:
    """Scores with another first set and the same winner."""
    first, *rest = scores.split(", ")
    home, away = first.split(" ")[0].split("-")
    sets = ("6-2", "6-1") if int(home) > int(away) else ("2-6", "1-6")
    return ", ".join([sets[first == sets[0]], *rest])


@dataclass(frozen=True)
class TeamLabel:
    series: str
    team: str
    club: str


class Moves:
    """Which players of one league leave or change teams, and which teams are dissolved.

    `numbers`: the teams of the old snapshot, numbered from 0. `spots`: the numbers of a player's teams, by player id.
    """

    def __init__(self, seed: int, folder: str, numbers: dict[TeamLabel, int], spots: dict[str, list[int]]) -> None:
        self.seed, self.folder, self.numbers, self.spots = seed, folder, numbers, spots
        self.teams = teams = list(numbers)
        by_chance = sorted(range(len(teams)), key=lambda n: pseudo_random(seed, folder, "dissolved", teams[n].team))
        self.dissolved = set(by_chance[: max(1, round(DISSOLVE * len(teams)))])
        self.remaining = by_chance[len(self.dissolved) :]

    def chance(self, what: str, player: str) -> float:
        return pseudo_random(self.seed, self.folder, what, player)

    def next_spots(self, player: str) -> dict[int, int]:
        """The number of the player's next team, by the number of the present one; empty for a player who leaves."""
        stay = [number for number in self.spots.get(player, ()) if number not in self.dissolved]
        if not stay or self.chance("leave", player) < LEAVE:
            return {}
        if len(stay) == 1 and len(self.spots[player]) == 1 and self.chance("move", player) < MOVE:
            return {stay[0]: self.other_team(player, stay[0])}
        return {number: number for number in stay}

    def other_team(self, player: str, present: int) -> int:
        at = int(self.chance("target", player) * len(self.remaining))
        target = self.remaining[at]
        return target if target != present else self.remaining[at - 1]

    def is_unchanged(self, player: str) -> bool:
        present = self.spots.get(player, [])
        return bool(present) and self.next_spots(player) == dict(zip(present, present, strict=True))
