"""The things one snapshot speaks of, as working tables: leagues, clubs, series, teams, and the labels to them.

w_spelling(no → league_no)   every spelling of a league's code
w_passed_over(key)           the leagues the source names, but this run was not asked for
w_league, w_club, w_series, w_team(no, …, target_id, layer, evidence)
w_label(no → team_no)        every label of the files; absent where no team can be told
"""

from collections import defaultdict
from dataclasses import dataclass, field

from etlimport import db, dialect
from etlimport.models import Alias
from etlimport.read import LabelBook
from etlimport.resolve.labels import Label, TeamIdentity, league_key, resolve_labels
from etlimport.resolve.tokens import one_line

FOUND = "target_id bigint, layer text NOT NULL DEFAULT '', evidence text NOT NULL DEFAULT ''"

WORKING_TABLES = {
    "w_spelling": "(no integer PRIMARY KEY, league_no integer NOT NULL)",
    "w_passed_over": "(key text NOT NULL)",
    "w_league": "(no integer PRIMARY KEY, key text NOT NULL, code text NOT NULL, name text NOT NULL, "
    f"organization_id bigint, is_active boolean NOT NULL DEFAULT true, {FOUND})",
    "w_club": f"(no integer PRIMARY KEY, key text NOT NULL, name text NOT NULL, {FOUND})",
    "w_series": f"(no integer PRIMARY KEY, league_no integer NOT NULL, key text NOT NULL, name text NOT NULL, {FOUND})",
    "w_team": "(no integer PRIMARY KEY, league_no integer NOT NULL, series_no integer NOT NULL, "
    "club_no integer NOT NULL, squad text NOT NULL, name text NOT NULL, "
    f"alias text NOT NULL DEFAULT '', {FOUND})",
    "w_label": "(no integer PRIMARY KEY, team_no integer NOT NULL)",
}


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


def tell_who_is_who(book: LabelBook) -> Snapshot:
    """Reduce the labels of a snapshot's files to the things they mean, operators' aliases first."""
    snapshot, aliases = Snapshot(), Aliases()
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


class Aliases:
    """What operators said labels mean, from the admin's table."""

    def __init__(self):
        self.means = defaultdict(dict)
        for alias in Alias.objects.all():
            self.means[alias.league_key][alias.kind, one_line(alias.label).casefold()] = alias.means

    def league(self, code: str) -> str:
        return league_key(self.means[""].get(("league", one_line(code).casefold()), code))

    def of(self, key: str) -> dict[tuple[str, str], str]:
        """The aliases of a league: its own, over those for everywhere."""
        return {**self.means[""], **self.means[key]}


def league_name(code: str) -> str:
    """`APTA_CHICAGO` → `APTA Chicago`; a code of one word stays as it is."""
    words = code.replace("_", " ").split()
    if len(words) < 2:
        return code
    return " ".join(word if len(word) <= 4 and word.isupper() else word.capitalize() for word in words)


def create_working_tables(snapshot: Snapshot) -> None:
    for table, definition in WORKING_TABLES.items():
        db.create_temporary(table, definition)
    dialect.load("w_spelling", {}, ("no", "league_no"), [snapshot.spellings])
    dialect.load("w_passed_over", {}, ("key",), [[(key,) for key in snapshot.passed_over]])
    dialect.load("w_league", {}, ("no", "key", "code", "name"), [list(snapshot.leagues.values())])
    dialect.load("w_club", {}, ("no", "key", "name"), [list(snapshot.clubs.values())])
    dialect.load("w_series", {}, ("no", "league_no", "key", "name"), [list(snapshot.series.values())])
    dialect.load(
        "w_team",
        {},
        ("no", "league_no", "series_no", "club_no", "squad", "name"),
        [list(snapshot.teams.values())],
    )
    dialect.load("w_label", {}, ("no", "team_no"), [snapshot.labels])
    db.analyze(*WORKING_TABLES)
