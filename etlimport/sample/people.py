"""Invented players: names with the irregularities of real rosters, ids, records and rating histories."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from etlimport.sample.files import Row
from etlimport.sample.words import CLUB_TAGS, GIVEN, MIDDLE, surname

ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
RATINGS = [f"{tenths / 10:.1f}" for tenths in range(-300, 1001)]
RATING_STEPS = tuple(range(-12, 13))
REMEMBERED = 2000
"""How many recent names are remembered, from which namesakes are made."""

SEASON_START = date(2024, 9, 24)
HISTORY_DATES = [f"{SEASON_START - timedelta(days=3 * n):%m/%d/%Y}" for n in range(400)]


@dataclass(slots=True)
class Person:
    id: str
    first: str
    last: str
    rating: int | None  # in tenths; files have N/A for None
    wins: int
    losses: int
    captain: str = ""  # "", "C" or "CC"

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}".strip()


@dataclass
class Population:
    """Makes the people of one league. It remembers only a few of them, so that memory does not grow with their number.

    `elsewhere`: names of people of other leagues, by the place of their club. Each may play in this league once, too.
    """

    random: Random
    id_prefix: str
    rated: bool
    elsewhere: dict[str, list[tuple[str, str]]]
    recent: list[tuple[str, str]] = field(default_factory=list)
    count: int = 0

    def person(self, place: str = "") -> Person:
        random = self.random
        self.count += 1
        first, last = self.name(place)
        rating = random.randint(-100, 900) if self.rated and random.random() > 0.04 else None
        wins, losses = random.randint(0, 14), random.randint(0, 14)
        return Person(self.new_id(), first, last, rating, wins, losses)

    def new_id(self) -> str:
        return self.id_prefix + "".join(self.random.choices(ID_LETTERS, k=12))

    def name(self, place: str) -> tuple[str, str]:
        random = self.random
        chance = random.random()
        if chance < 0.008 and self.recent:  # another person of the same name
            return random.choice(self.recent)
        if chance < 0.08 and (names := self.elsewhere.get(place)):
            return names.pop()
        name = odd_name(random) if chance > 0.955 else (random.choice(GIVEN), surname(random))
        if len(self.recent) < REMEMBERED:
            self.recent.append(name)
        else:
            self.recent[self.count % REMEMBERED] = name
        return name


def odd_name(random: Random) -> tuple[str, str]:
    """A name with one of the irregularities that real rosters have."""
    first, last = random.choice(GIVEN), surname(random)
    kind = random.random()
    if kind < 0.35:
        return first, f"{random.choice(MIDDLE)} {last}"
    if kind < 0.5:
        return f"{first} {random.choice(MIDDLE)}", last
    if kind < 0.6:
        return first, f"{last} - {random.choice(CLUB_TAGS)}"
    if kind < 0.75:
        return first, f"{last}-{surname(random)}"
    if kind < 0.85:
        return first, f"O'{last}"
    if kind < 0.9:
        return first.lower(), last.lower()
    if kind < 0.95:
        return first, f"{last}, jr."
    return first, f"{last} ({surname(random)})"


def placeholder(population: Population, number: int) -> Person:
    """A row that reserves a place on a team and is not a person."""
    person = population.person()
    person.first, person.last = ("Court", f"{number} No Player 1")
    person.rating, person.wins, person.losses = None, 0, 0
    return person


def rating_history(random: Random, person: Person, series: str, average: int) -> list[Row]:
    """Between half and one and a half times `average` entries, each of another date, the newest first."""
    length = random.randint(average // 2, average + average // 2)
    newest = random.randrange(20)
    start = (300 if person.rating is None else person.rating) + 300
    ratings = accumulate(random.choices(RATING_STEPS, k=length), initial=start)
    return [
        {"date": day, "end_pti": RATINGS[min(max(rating, 0), 1300)], "series": series}
        for day, rating in zip(HISTORY_DATES[newest : newest + length], ratings, strict=False)
    ]
