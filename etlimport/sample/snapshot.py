"""Writes a first snapshot series by series, so that memory does not grow with its size."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from random import Random

from etlimport.sample.files import KINDS, JsonArray, Row, json_arrays
from etlimport.sample.people import SEASON_START, Person, Population, placeholder
from etlimport.sample.plan import LeaguePlan, make_room, plan_leagues, save_plans
from etlimport.sample.rows import history_row, line_row, player_row, schedule_row, standing_row
from etlimport.sample.season import Line, Match, lines_of, round_robin
from etlimport.sample.teams import Team, teams_of
from etlimport.sample.words import club_names

SHARES = {"ladder": 0.6, "divisions": 0.27, "stars": 0.13, "indoor": 0.1}
"""By kind of league: its share of all players. An indoor league has no players file, but as many teams."""

ROUNDS = {"ladder": 18, "divisions": 9, "stars": 7, "indoor": 10}
TEAM_SIZE = 12
CHUNK = 2000
"""Rows that are written at a time."""

SEVERAL_TEAMS = 0.08
FILES = {
    "ladder": ("players", "schedules", "series_stats", "player_history"),
    "divisions": KINDS,
    "stars": ("players", "schedules", "series_stats", "match_history"),
    "indoor": ("schedules", "series_stats", "match_history"),
}

Progress = Callable[[int], None]


@dataclass
class Counts:
    """How many people a snapshot has, and how many rows by kind of file. Rating histories count by their entries."""

    players: int = 0
    rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def make_snapshot(
    out: Path, players: int, seed: int = 1, history: int = 30, progress: Progress | None = None
) -> Counts:
    """Write leagues with about `players` people into `out`, in one folder for each league.

    The same arguments always give the same files. `history`: the average number of rating entries of a player in the
    two leagues with ratings; with 0 there is no such file. There are about 29 rows for each player, 2.6 without
    histories. An earlier sample in `out` is replaced. `progress` is called with the number of rows written so far.
    Raises OSError if `out` cannot be written, ValueError if it holds JSON files that are not a sample.
    """
    make_room(out)
    counts = Counts()
    plans = plan_leagues(seed)
    clubs = club_names(Random(f"clubs {seed}"), 10 + round(3 * (players / TEAM_SIZE) ** 0.5))
    elsewhere: dict[str, list[tuple[str, str]]] = {}
    for plan in plans:
        kinds = [kind for kind in FILES[plan.kind] if history or kind != "player_history"]
        with json_arrays(out / plan.folder, kinds) as files:
            league = LeagueWriter(plan, Random(f"{seed} {plan.folder}"), files, history, elsewhere, counts)
            wanted = round(players * SHARES[plan.kind])
            for group in teams_of(plan, league.random, clubs, max(6, round(wanted * 1.08 / TEAM_SIZE))):
                league.write(group, wanted)
                if progress:
                    progress(counts.total)
        counts.players += league.population.count
        for place, names in league.names_at.items():
            elsewhere.setdefault(place, []).extend(names)
    save_plans(out, plans)
    return counts


def write_files(league: object, old: Path, new: Path, counts: Counts, progress: Progress | None) -> None:
    """Write the files of a league that follow those in the folder `old` into the folder `new`, and count their rows.

    `league` has a method for each kind of file, of its name, that yields the rows.
    """
    kinds = [kind for kind in KINDS if (old / f"{kind}.json").is_file()]
    with json_arrays(new, kinds) as files:
        for kind in kinds:
            rows = getattr(league, kind)()
            while chunk := list(islice(rows, CHUNK)):
                files[kind].extend(chunk)
                entries = sum(len(row["matches"]) for row in chunk) if kind == "player_history" else len(chunk)
                counts.rows[kind] += entries
                if progress:
                    progress(counts.total)


class LeagueWriter:
    """Writes one league's files, one series after the other, and remembers only what the next series needs."""

    def __init__(
        self,
        plan: LeaguePlan,
        random: Random,
        files: dict[str, JsonArray],
        history: int,
        elsewhere: dict[str, list[tuple[str, str]]],
        counts: Counts,
    ) -> None:
        self.plan, self.random, self.files, self.history, self.counts = plan, random, files, history, counts
        rated = plan.kind in ("ladder", "divisions")
        self.population = Population(random, plan.id_prefix, rated, elsewhere)
        self.names_at: dict[str, list[tuple[str, str]]] = {}
        self.club_mates: dict[str, list[Person]] = {}
        self.placeholders = 0
        self.irregularities_left = {"bye", "twice a day"}

    def write(self, group: list[Team], wanted: int) -> None:
        """Write one series: its rosters, histories, scheduled matches, match lines and standings."""
        for team in group:
            if team.has_players:
                self.write_roster(team, wanted)
        scheduled = [team for team in group if team.in_schedule]
        matches = list(self.matches(scheduled))
        self.put("schedules", [schedule_row(self.plan, match) for match in matches])
        self.write_bye(scheduled)
        if "match_history" in self.files:
            self.put("match_history", [line_row(self.plan, line) for line in self.lines(matches)])
        self.put("series_stats", [standing_row(self.plan, self.random, team) for team in group])
        if self.plan.kind == "indoor":
            self.put("series_stats", [standing_row(self.plan, self.random, team) for team in group[:2]])
        for team in group:
            team.roster.clear()

    def put(self, kind: str, rows: list[Row]) -> None:
        self.files[kind].extend(rows)
        self.counts.rows[kind] += len(rows)

    def write_roster(self, team: Team, wanted: int) -> None:
        left = max(wanted - self.population.count, 3)
        size = min(self.random.randint(TEAM_SIZE - 2, TEAM_SIZE + 2), left)
        place = team.club.split()[0]
        mates = self.club_mates.setdefault(place, [])
        fresh = []
        for _ in range(size):
            mate = self.random.choice(mates) if mates and self.random.random() < SEVERAL_TEAMS else None
            if mate and all(mate.id != person.id for person in team.roster):
                team.roster.append(mate)
            else:
                fresh.append(self.population.person(place))
        if self.plan.kind == "stars" and self.placeholders < 3:
            self.placeholders += 1
            fresh.append(placeholder(self.population, self.placeholders))
        mates[:] = fresh[:3]
        self.names_at.setdefault(place, [(person.first, person.last) for person in fresh[3:6]])
        team.roster += fresh
        self.put("players", list(self.roster_rows(team)))
        if "player_history" in self.files:
            entries = [history_row(self.plan, self.random, team, person, self.history) for person in fresh]
            self.files["player_history"].extend(entries)
            self.counts.rows["player_history"] += sum(len(entry["matches"]) for entry in entries)

    def roster_rows(self, team: Team) -> Iterator[Row]:
        for place, person in enumerate(team.roster):
            person.captain = "C" if place == 0 else "CC" if place == 1 and self.random.random() < 0.6 else ""
            yield player_row(self.plan, team, person)

    def matches(self, teams: list[Team]) -> Iterator[Match]:
        start = SEASON_START + timedelta(days=self.random.randrange(5))
        if len(teams) == 1:  # the teams of Legends have one label and play each other
            return (Match(start + timedelta(weeks=4 * n), teams[0], teams[0]) for n in range(6))
        return round_robin(teams, start, min(ROUNDS[self.plan.kind], 2 * (len(teams) - 1)))

    def write_bye(self, teams: list[Team]) -> None:
        """Write a bye as some sources do: as a match against a team without a name."""
        plan = self.plan
        if "bye" not in self.irregularities_left or plan.kind not in ("ladder", "indoor") or not teams:
            return
        self.irregularities_left.remove("bye")
        team = teams[0]
        series = team.other_series.removeprefix(f"{plan.other_word} ")
        row = schedule_row(plan, Match(date(2025, 2, 26), team, team)) | {"time": "", "location": "BYE"}
        nobody = f"{plan.separator}{series}" if plan.kind == "ladder" else f" - {series}"
        self.put("schedules", [row | {"home_team": nobody}])

    def lines(self, matches: list[Match]) -> Iterator[Line]:
        for match in matches:
            if self.plan.kind == "indoor":
                yield from indoor_lines(self.random, match)
                continue
            lines = lines_of(self.random, match)
            if self.plan.kind == "stars":
                lines = [self.with_absences(line) for line in lines]
                if lines and "twice a day" in self.irregularities_left:
                    self.irregularities_left.remove("twice a day")
                    lines.append(Line(match, len(lines) + 1, lines[0].home, lines[0].away, "6-1, 3-3", "unknown"))
            yield from lines

    def with_absences(self, line: Line) -> Line:
        """The line, of which one in twelve lacks its away players, or the id of one of them."""
        chance = self.random.random()
        if chance > 0.08:
            return line
        first, second = line.away
        if chance > 0.04 and first:
            return Line(line.match, line.number, line.home, (without_id(first), second), line.scores, line.winner)
        return Line(line.match, line.number, line.home, (None, None), line.scores, line.winner)


def without_id(person: Person) -> Person:
    return Person("", person.first, person.last, None, 0, 0)


def indoor_lines(random: Random, match: Match) -> Iterator[Line]:
    """Lines with names but no ids. Some have clubs instead of players and a date instead of scores."""
    names = Population(random, "", rated=False, elsewhere={})
    for number in range(1, 5):
        one, two, three, four = (without_id(names.person()) for _ in range(4))
        scores = random.choice(("3-6, 6-2, 10-7", "6-4, 6-1", "7-6 [7-3], 6-4", "2-6, 6-3, 8-10"))
        winner = "away" if scores.endswith("8-10") else "home"
        yield Line(match, number, (one, two), (three, four), scores, winner)
    if random.random() < 0.3:
        home, away = (Person("", team.club, "", None, 0, 0) for team in (match.home, match.away))
        scores = f"{match.date:%B} {match.date.day}, {match.date.year}"
        yield Line(match, 5, (home, None), (away, None), scores, "unknown")
