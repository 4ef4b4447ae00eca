"""Leagues in memory whose people, teams and matches have a true identity (`uid`), and the files told of them.

A uid is never written: the files have only labels, names and ids, as a real source has.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations, count
from pathlib import Path
from random import Random

from etlimport.resolve.labels import league_key
from leagues.names import name_key

GIVEN = (
    "Robert",
    "Bob",
    "William",
    "Bill",
    "Elizabeth",
    "Liz",
    "Mary Ann",
    "Anna",
    "Tomas",
    "Ingrid",
    "Yusuf",
    "Odile",
)
FAMILY = (
    *("Hale", "Moran", "Quist", "Varga", "Lindqvist", "Okafor", "Petit", "Sato"),
    *("Ruiz", "Brandt", "Novak", "Engel", "Costa", "Faber", "Ito", "Weiss"),
)
PLACES = ("Elm", "Birchwood", "Glen Oak CC", "Midtown", "Lake Forest", "Saddle PD", "Old Quay", "Three Elms")
CODES = ("NORTH_SHORE", "CITA", "Tri_County")
WORDS = {
    "ladder": ("Chicago", "Series", "Division"),
    "divisions": ("Tier", "Series", "Division"),
    "stars": ("Series",),
}
SEPARATORS = (" - ", " #", " / ")
FIRST_DAY = date(2025, 9, 1)

uids = count(1)


def next_uid() -> int:
    return next(uids)


def invent_id(prefix: str, uid: int, random: Random) -> str:
    """An id of its own, whatever the chance it is drawn by gave to others."""
    return f"{prefix}{Random(f'{uid} {random.random()}').getrandbits(64):016x}"


@dataclass
class Person:
    """A person in one league; `human` is the same in all leagues they play in."""

    uid: int
    human: int
    first: str
    last: str
    external_id: str
    pti: float | None

    @property
    def key(self) -> str:
        return name_key(self.first, self.last)


@dataclass
class Team:
    """`club` and `series` are numbers; `squad` is 0 where the club has one team in the series."""

    uid: int
    club: int
    series: int
    squad: int

    @property
    def place(self) -> tuple[int, int, int]:
        return self.club, self.series, self.squad


@dataclass
class Match:
    """Scheduled, between two teams by uid, `day` days after FIRST_DAY."""

    uid: int
    home: int
    away: int
    day: int


@dataclass
class Line:
    """A line played, with the uids of its teams and of its four people."""

    uid: int
    home: int
    away: int
    day: int
    number: int
    people: tuple[int, ...]
    scores: str = "6-4, 6-4"
    source_id: str = ""


@dataclass
class League:
    """`spots`: (person, team) → [wins, losses]; a person without one is not in the files."""

    uid: int
    code: str
    kind: str
    word: str
    separator: str
    clubs: dict[int, str]
    people: dict[int, Person] = field(default_factory=dict)
    teams: dict[int, Team] = field(default_factory=dict)
    spots: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    matches: dict[int, Match] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    numbers_lines: bool = False

    @property
    def key(self) -> str:
        return league_key(self.code)

    def rosters(self) -> dict[int, set[int]]:
        """The people of each team, by uid."""
        rosters = {uid: set() for uid in self.teams}
        for person, team in self.spots:
            rosters[team].add(person)
        return rosters

    def present(self) -> dict[int, Person]:
        return {uid: self.people[uid] for uid in dict.fromkeys(person for person, _ in self.spots)}

    def series_label(self, team: Team) -> str:
        return f"{self.word} {team.series}"

    def team_label(self, team: Team) -> str:
        club = self.clubs[team.club]
        if self.kind == "ladder":
            return f"{club}{('', ' I', ' II')[team.squad]}{self.separator}{team.series}"
        if self.kind == "divisions":
            return f"{club} {team.series}{('', 'a', 'b')[team.squad]}"
        return f"{club} S{team.series}{('', ' T1', ' T2')[team.squad]}"

    def club_label(self, team: Team) -> str:
        return self.team_label(team) if self.kind == "divisions" else self.clubs[team.club]

    def scheduled_label(self, team: Team) -> str:
        label = self.team_label(team)
        return label if self.kind == "ladder" else f"{label} - Series {team.series}"


def make_world(random: Random) -> dict[int, League]:
    """One to three leagues by uid; some people play in several, some for several teams, some share a name."""
    global uids  # from the start in every world, so that one made again is the same
    uids = count(1)
    names = random.sample([(first, last) for first in GIVEN for last in FAMILY], 150)
    humans: dict[tuple[str, str], int] = {}
    world = {}
    for code in random.sample(CODES, random.choice((1, 1, 2, 3))):
        kind = random.choice(tuple(WORDS))
        clubs = {number: PLACES[number] for number in sorted(random.sample(range(len(PLACES)), 4))}
        league = League(next_uid(), code, kind, random.choice(WORDS[kind]), random.choice(SEPARATORS), clubs)
        world[league.uid] = league
        for _ in range(random.randint(2, 6)):
            add_team(league, random)
        for team in league.teams:
            for _ in range(random.randint(2, 6)):
                name = random.choice(names[:40]) if random.random() < 0.15 else names.pop()
                if any((person.first, person.last) == name for person in league.people.values()):
                    human = next_uid()  # a namesake
                else:
                    human = humans.setdefault(name, next_uid())
                add_person(league, random, *name, team, human=human)
        for person in list(league.people):
            if random.random() < 0.1:
                league.spots.setdefault((person, random.choice(list(league.teams))), [0, 0])
        for home, away in combinations(league.teams.values(), 2):
            if home.series == away.series:
                add_match(league, home, away, random)
        for match in list(league.matches.values()):
            if random.random() < 0.6:
                play(league, match, random)
    return world


def add_team(league: League, random: Random) -> Team | None:
    """A team at a place nobody had; squads only beside one another."""
    places = [(club, series, squad) for club in league.clubs for series in (4, 5, 12) for squad in (0, 1, 2)]
    random.shuffle(places)
    taken = {team.place for team in league.teams.values()}
    for club, series, squad in places:
        rivals = {place[2] for place in taken if place[:2] == (club, series)}
        if not rivals or (0 not in rivals and squad and squad not in rivals):
            team = Team(next_uid(), club, series, squad)
            league.teams[team.uid] = team
            return team
    return None


def add_person(league: League, random: Random, first: str, last: str, team: int, *, human: int | None = None) -> Person:
    uid = next_uid()
    pti = random.choice((None, float(random.randint(10, 60))))
    person = Person(uid, human or next_uid(), first, last, invent_id("nndz-", uid, random), pti)
    league.people[person.uid] = person
    league.spots[person.uid, team] = [random.randint(0, 3), random.randint(0, 3)]
    return person


def add_match(league: League, home: Team, away: Team, random: Random) -> None:
    match = Match(next_uid(), home.uid, away.uid, random.randint(0, 60))
    league.matches[match.uid] = match


def play(league: League, match: Match, random: Random) -> None:
    """Up to two lines of a match between people of its teams."""
    if any((line.home, line.away, line.day) == (match.home, match.away, match.day) for line in league.lines):
        return
    rosters = league.rosters()
    home, away = sorted(rosters[match.home]), sorted(rosters[match.away])
    random.shuffle(home)
    random.shuffle(away)
    for number in range(min(2, len(home) // 2, len(away) // 2)):
        people = (*home[2 * number : 2 * number + 2], *away[2 * number : 2 * number + 2])
        scores = f"6-{random.randint(0, 4)}, 6-{random.randint(0, 4)}"
        line = Line(next_uid(), match.home, match.away, match.day, number + 1, people, scores)
        if league.numbers_lines:
            line.source_id = f"m{line.uid}"
        league.lines.append(line)
        for person in people[:2]:
            league.spots[person, match.home][0] += 1
        for person in people[2:]:
            league.spots[person, match.away][1] += 1


# Files


def write_source(folder: Path, leagues: list[League]) -> Path:
    """Write these leagues' files below `folder`, a folder per league, and return it."""
    for league in leagues:
        home = folder / str(league.uid)
        home.mkdir(parents=True)
        for kind, rows in files_of(league).items():
            (home / f"{kind}.json").write_text(json.dumps(rows))
    return folder


def files_of(league: League) -> dict[str, list[dict]]:
    return {
        "players": players(league),
        "schedules": schedules(league),
        "series_stats": [
            {
                "league_id": league.code,
                "series": league.series_label(team),
                "team": league.team_label(team),
                "points": 3,
            }
            for team in league.teams.values()
        ],
        "match_history": match_history(league),
        "player_history": [
            {
                "league_id": league.code,
                "player_id": person.external_id,
                "matches": [{"date": "09/24/2024", "end_pti": person.pti, "series": "1"}],
            }
            for person in league.present().values()
        ],
    }


def players(league: League) -> list[dict]:
    rows = []
    for (uid, team_uid), (wins, losses) in league.spots.items():
        person, team = league.people[uid], league.teams[team_uid]
        rows.append(
            {
                "League": league.code,
                "Series": league.series_label(team),
                "Series Mapping ID": league.team_label(team),
                "Club": league.club_label(team),
                "Player ID": person.external_id,
                "First Name": person.first,
                "Last Name": person.last,
                "PTI": "N/A" if person.pti is None else person.pti,
                "Wins": str(wins),
                "Losses": str(losses),
            }
        )
    return rows


def schedules(league: League) -> list[dict]:
    return [
        {
            "League": league.code,
            "series": league.series_label(league.teams[match.home]),
            "home_team": league.scheduled_label(league.teams[match.home]),
            "away_team": league.scheduled_label(league.teams[match.away]),
            "date": day(match.day).strftime("%m/%d/%Y"),
            "time": "06:30 pm",
        }
        for match in league.matches.values()
    ]


SIDES = ("Home Player 1", "Home Player 2", "Away Player 1", "Away Player 2")


def match_history(league: League) -> list[dict]:
    """The lines between teams that exist; those of a dissolved team are no longer told."""
    rows = []
    for line in league.lines:
        if not {line.home, line.away} <= set(league.teams):
            continue
        row = {
            "league_id": league.code,
            "Date": day(line.day).strftime("%d-%b-%y"),
            "Home Team": league.team_label(league.teams[line.home]),
            "Away Team": league.team_label(league.teams[line.away]),
            "Scores": line.scores,
            "Winner": "home",
        }
        for side, uid in zip(SIDES, line.people, strict=True):
            person = league.people[uid]
            row |= {side: f"{person.first} {person.last}", f"{side} ID": person.external_id}
        if line.source_id:
            row |= {"match_id": line.source_id, "Line": f"Line {line.number}"}
        rows.append(row)
    return rows


def day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


def by_name(league: League) -> dict[str, list[Person]]:
    """The people in the files, by the key of their name."""
    found = defaultdict(list)
    for person in league.present().values():
        found[person.key].append(person)
    return found
