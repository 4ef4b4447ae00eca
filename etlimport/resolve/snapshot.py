"""The things one snapshot speaks of, as working tables: leagues, clubs, series, teams, and the labels to them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from etlimport.database import working_tables
from etlimport.database.load import load as load_rows
from etlimport.read import LabelBook
from etlimport.resolve.aliases import Aliases
from etlimport.resolve.labels import Label, TeamIdentity, resolve_labels
from leagues.working_tables import WorkingTable


@dataclass
class Snapshot:
    """What a snapshot's labels come to; each list is a working table without its last columns."""

    spellings: list[tuple] = field(default_factory=list)
    passed_over: set[str] = field(default_factory=set)
    leagues: dict[str, tuple] = field(default_factory=dict)
    clubs: dict[str, tuple] = field(default_factory=dict)
    series: dict[tuple, tuple] = field(default_factory=dict)
    teams: dict[tuple, tuple] = field(default_factory=dict)
    labels: list[tuple] = field(default_factory=list)

    def add_league(self, key: str, code: str) -> int:
        return self.leagues.setdefault(key, (len(self.leagues), key, code, league_name(code)))[0]

    def add_team(self, league_no: int, team: TeamIdentity) -> int:
        club = self.clubs.setdefault(team.club_key, (len(self.clubs), team.club_key, team.club_name))
        series = self.series.setdefault(
            (league_no, team.series_key), (len(self.series), league_no, team.series_key, team.series_name)
        )
        natural_key = (league_no, series[0], club[0], team.squad)
        return self.teams.setdefault(natural_key, (len(self.teams), *natural_key, team.name))[0]


def tell_who_is_who(book: LabelBook, aliases: Aliases) -> Snapshot:
    """Reduce the labels of a snapshot's files to the things they mean, operators' aliases first."""
    snapshot = Snapshot()
    keys = [aliases.league(code) for code in book.leagues]
    for no, (key, code) in enumerate(zip(keys, book.leagues, strict=True)):
        snapshot.spellings.append((no, snapshot.add_league(key, code)))
    snapshot.passed_over = {aliases.league(code) for code in book.passed_over}
    by_league = defaultdict(list)
    for number, (spelling, kind, series, team, club) in enumerate(book.labels):
        by_league[keys[spelling]].append(Label(number, kind, series, team, club))
    for key, labels in by_league.items():
        league_no = snapshot.leagues[key][0]
        for number, team in resolve_labels(labels, aliases.of(key)).items():
            snapshot.labels.append((number, snapshot.add_team(league_no, team)))
    return snapshot


def league_name(code: str) -> str:
    """`APTA_CHICAGO` → `APTA Chicago`; a code of one word stays as it is."""
    words = code.replace("_", " ").split()
    if len(words) < 2:
        return code
    return " ".join(word if len(word) <= 4 and word.isupper() else word.capitalize() for word in words)


def create_working_tables(snapshot: Snapshot) -> None:
    tables = working_tables
    load(tables.SPELLING, ("no", "league_no"), snapshot.spellings)
    load(tables.PASSED_OVER, ("key",), ((key,) for key in snapshot.passed_over))
    load(tables.LEAGUE, ("no", "key", "code", "name"), snapshot.leagues.values(), is_active=True, **NOT_FOUND)
    load(tables.CLUB, ("no", "key", "name"), snapshot.clubs.values(), **NOT_FOUND)
    load(tables.SERIES, ("no", "league_no", "key", "name"), snapshot.series.values(), **NOT_FOUND)
    team = ("no", "league_no", "series_no", "club_no", "squad", "name")
    load(tables.TEAM, team, snapshot.teams.values(), alias="", **NOT_FOUND)
    load(tables.LABEL, ("no", "team_no"), snapshot.labels)


NOT_FOUND = {"layer": "", "evidence": ""}


def load(table: WorkingTable, columns: tuple[str, ...], rows: Iterable[tuple], **constants) -> None:
    """Make the table of these rows; `constants`: further columns, the same in all of them."""
    table.create()
    rest = tuple(constants.values())
    load_rows(table.name, {}, (*columns, *constants), [[(*row, *rest) for row in rows]])
    table.tell_planner()
