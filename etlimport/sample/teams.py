"""The teams of a league, series by series, with the labels that each kind of file uses for them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, islice, product
from math import ceil
from random import Random

from etlimport.sample.people import Person
from etlimport.sample.plan import LeaguePlan
from etlimport.sample.words import INDOOR_PARTS

LETTERS = "ABCDEFGHIJK"


@dataclass
class Team:
    """One team and its labels: `team` in the players file, `scheduled` in the schedules, and so on."""

    club: str
    team: str
    series: str
    scheduled: str
    standing: str
    other_series: str
    location: str
    match_team: str
    has_players: bool = True
    in_schedule: bool = True
    roster: list[Person] = field(default_factory=list)


def teams_of(plan: LeaguePlan, random: Random, clubs: list[str], teams: int) -> Iterator[list[Team]]:
    """About `teams` teams with players, in one list for each series, and some series without players."""
    makers = {"ladder": ladder, "divisions": divisions, "stars": stars, "indoor": indoor}
    yield from makers[plan.kind](plan, random, clubs, teams)


def split_in_series(teams: int) -> tuple[int, int]:
    """(number of series, teams in each of them, at most 12)."""
    size = min(12, len(LETTERS), max(4, round(teams**0.5)))
    return max(2, ceil(teams / size)), size


def ladder(plan: LeaguePlan, random: Random, clubs: list[str], teams: int) -> Iterator[list[Team]]:
    def team(club: str, tail: str, place: str = "") -> Team:
        label = f"{club}{' - ' + place if place else ''}{plan.separator}{tail}"
        series = f"{plan.word} {place or tail}"
        scheduled = f"{label}{plan.separator}{tail}" if place and plan.doubled_tail else label
        location = club.removesuffix(" II").removesuffix(" I")
        return Team(club, label, series, scheduled, label, f"{plan.other_word} {tail}", location, label)

    numbers = (f"{n}{mark}" for n in count(1) for mark in (("", f" {plan.tag}") if n % 3 == 2 else ("",)))
    series_count, size = split_in_series(teams)
    regional, *others = clubs
    for number, tail in enumerate(islice(numbers, series_count)):
        first, *rest = random.sample(others, min(size - 1, len(others)))
        squads = [f"{first} I", f"{first} II"] if tail.endswith(plan.tag) else [first, f"{rest[0]} II"]
        group = [team(club, tail) for club in (*squads, *rest[: size - 3])]
        yield group if number % 2 else [*group, team(regional, tail, place=plan.region)]
    yield extra_teams(plan, clubs)
    yield [legends(plan)]


def extra_teams(plan: LeaguePlan, clubs: list[str]) -> list[Team]:
    """The series 99: squads with letters, without players; schedules may repeat the series in the labels."""
    series = f"{plan.other_word} 99"
    group = []
    for club, letter in product(clubs[1:3], "ABC"):
        standing = f"{club} 99 {letter}"
        head = f"{club} - 99 {letter}" if plan.doubled_tail else standing
        scheduled = f"{head}{plan.separator}99"
        group.append(Team(club, standing, series, scheduled, standing, series, club, standing, False))
    return group


def legends(plan: LeaguePlan) -> Team:
    scheduled = f"Legends{plan.separator}Legends"
    series = "Series Legends"
    return Team("Legends", "Legends", series, scheduled, "Legends", series, "Legends", "Legends", False)


def divisions(plan: LeaguePlan, random: Random, clubs: list[str], teams: int) -> Iterator[list[Team]]:
    def team(club: str, series: str, squad: str = "", has_players: bool = True) -> Team:
        label, other = f"{club} {series}{squad}", f"{plan.other_word} {series}"
        return Team(
            club=label,
            team=label,
            series=f"{plan.word} {series}{squad}",
            scheduled=f"{label} - Series {series}",
            standing=label.replace(f"{series}(", f"{series} (") if plan.spaced_squads else label,
            other_series=other,
            location=f"The {club} Club",
            match_team=label,
            has_players=has_players,
        )

    series_count, size = split_in_series(teams)
    for number in range(1, series_count + 1):
        chosen = random.sample(clubs, min(size, len(clubs)))
        group = [team(club, str(number)) for club in chosen[: size - 2]]
        split = chosen[size - 2]
        squads = [team(split, str(number), squad) for squad in "ab"] if number % 3 == 1 else []
        yield [*group, *(squads or [team(club, str(number)) for club in chosen[size - 2 :]])]
    for letter in LETTERS[: max(2, min(len(LETTERS), series_count // 2))]:
        first, *rest = random.sample(clubs, min(size - 1, len(clubs)))
        yield [
            *(team(first, letter, f"({squad})", False) for squad in (1, 2)),
            *(team(club, letter, "", False) for club in rest),
        ]
    yield [team(clubs[0], "SN", f" ({squad})", False) for squad in (1, 2)]


def stars(plan: LeaguePlan, random: Random, clubs: list[str], teams: int) -> Iterator[list[Team]]:
    def team(club: str, series: str, label: str, in_schedule: bool = True) -> Team:
        name = f"{plan.other_word} {series}"
        once = " ".join(label.split())
        scheduled = f"{label} - Series {series}"
        return Team(club, label, name, scheduled, label, name, club, once, in_schedule=in_schedule)

    series_count, size = split_in_series(teams)
    names = (f"{n}{half}" for n in count(1) for half in ("AB" if n % 3 == 2 else ("",)))
    for series in islice(names, series_count):
        first, second, *rest = random.sample(clubs, min(size - 1, len(clubs)))
        twice = [team(first, series, f"{first} S{series} T{squad}") for squad in (1, 2)]
        wide = team(second, series, f"{second}  S{series}")
        yield [*twice, wide, *(team(club, series, f"{club} S{series}") for club in rest)]
    sunday = [team(club, "A", f"{club} Sunday A", in_schedule=False) for club in clubs[:2]]
    bare = team(clubs[2], "A", clubs[2], in_schedule=False)
    bare.has_players = False
    yield [*sunday, bare]


def indoor(plan: LeaguePlan, random: Random, clubs: list[str], teams: int) -> Iterator[list[Team]]:
    halls = [f"{club} - {part}" for club, part in zip(clubs, INDOOR_PARTS, strict=False)] + clubs[4:]
    levels = ("3.0 & Under", "3.5 & Under", "4.0 & Under", "4.5 & Under", "3.0 - 3.5 Singles", "4.5+", "Open")
    days = ("Wed", "Fri", "Thur", "Sat")
    plain = [f"{level} {day}" for day, level in product(days, levels)]
    more = (f"{name} {number}" for number in count(2) for name in plain)
    series_count, size = split_in_series(teams)
    for name in [*plain, "Girls", "Boys", *islice(more, max(0, series_count))][:series_count]:
        chosen = random.sample(halls, min(size, len(halls)))
        labels = [*chosen[:-1], f"{chosen[-1]} 1", f"{chosen[-1]} 2"]
        series = f"{plan.other_word} {name}"
        yield [
            Team(label, label, series, f"{label} - {name}", label, series, "TBD", label, has_players=False)
            for label in labels
        ]
