"""A season of one series: its matches, the lines of each match, and the figures of its standings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from etlimport.sample.people import Person
from etlimport.sample.teams import Team

SETS_WON = ("6-0", "6-1", "6-2", "6-3", "6-3", "6-4", "7-5", "7-6 [7-4]")
SETS_LOST = ("0-6", "1-6", "2-6", "3-6", "3-6", "4-6", "5-7", "6-7 [5-7]")


@dataclass(frozen=True, slots=True)
class Match:
    date: date
    home: Team
    away: Team


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a match. A player who is absent is None."""

    match: Match
    number: int
    home: tuple[Person | None, Person | None]
    away: tuple[Person | None, Person | None]
    scores: str
    winner: str


def round_robin(teams: list[Team], start: date, rounds: int) -> Iterator[Match]:
    """Every team against every other, one round per week; home and away are swapped in each further round robin."""
    circle: list[Team | None] = [*teams, None] if len(teams) % 2 else [*teams]
    half = len(circle) // 2
    for number in range(rounds):
        day = start + timedelta(weeks=number)
        for left, right in zip(circle[:half], reversed(circle[half:]), strict=True):
            if left and right:
                yield Match(day, left, right) if number // len(circle) % 2 else Match(day, right, left)
        circle.insert(1, circle.pop())


def lines_of(random: Random, match: Match) -> list[Line]:
    """Up to four lines with players of both rosters; none where a roster is too small."""
    lines = min(4, len(match.home.roster) // 2, len(match.away.roster) // 2)
    home = random.sample(match.home.roster, 2 * lines)
    away = random.sample(match.away.roster, 2 * lines)
    pairs = range(0, 2 * lines, 2)
    return [
        Line(match, 1 + at // 2, (home[at], home[at + 1]), (away[at], away[at + 1]), *result(random)) for at in pairs
    ]


def result(random: Random) -> tuple[str, str]:
    """(scores as seen by the home team, winner). One match in a hundred was broken off."""
    chance = random.random()
    if chance < 0.01:
        return f"{random.choice(SETS_WON)}, 3-3", "unknown"
    winner, won, lost = ("home", SETS_WON, SETS_LOST) if chance < 0.53 else ("away", SETS_LOST, SETS_WON)
    sets = [random.choice(won), random.choice(won)]
    if random.random() < 0.25:
        sets.insert(random.randrange(2), random.choice(lost))
    return ", ".join(sets), winner


def figures(random: Random) -> dict[str, object]:
    """The fields of a standing, without those that name its team."""

    def part(won: int, lost: int, **more: int) -> dict[str, object]:
        return {"won": won, "lost": lost, **more, "percentage": f"{100 * won / max(1, won + lost):.1f}%"}

    won, lost, tied = random.randint(0, 18), random.randint(0, 18), random.randint(0, 2)
    lines_won, lines_lost = 3 * won + lost, 3 * lost + won
    return {
        "points": lines_won + random.randint(0, 60),
        "matches": part(won, lost, tied=tied),
        "lines": part(lines_won, lines_lost) | {"for": random.randint(0, 4), "ret": 0},
        "sets": part(2 * lines_won + won, 2 * lines_lost + lost),
        "games": part(15 * lines_won + random.randint(0, 99), 15 * lines_lost + random.randint(0, 99)),
    }
