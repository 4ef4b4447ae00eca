"""The leagues, clubs, series and teams that one snapshot names, and the working tables of them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from etlimport import database
from etlimport.database import working_tables
from etlimport.database.load import load as load_rows
from etlimport.read import LabelBook
from etlimport.resolve.aliases import Aliases
from etlimport.resolve.labels import TeamIdentity, resolve_labels
from etlimport.resolve.series_labels import Label
from etlimport.resolve.tokens import fitting, tokens
from etlimport.resolve.tokens import key as key_of
from leagues.working_tables import WorkingTable

TeamKey = tuple[int, int, int, int, str]
"""(number of the league, of the season, of the series, of the club, squad)."""


@dataclass
class Snapshot:
    """The things that the labels of a snapshot stand for, each numbered from 0.

    `spellings` are (number in the label book, number of the league); `seasons_named` the keys of the seasons that rows
    name, by the number in the label book. `identities` are the teams that labels stand for, in whatever season: (number
    of the league in the label book, kind of file, team) by the number of the label. `labels` and `club_labels` are the
    rows of the working tables of these names; `leagues`, `clubs`, `series` and `teams` hold the rows of theirs by
    natural key. `skipped` holds the keys of leagues the run was not asked to import.
    """

    spellings: list[tuple[int, int]] = field(default_factory=list)
    seasons_named: dict[int, str] = field(default_factory=dict)
    identities: dict[int, tuple[int, str, TeamIdentity]] = field(default_factory=dict)
    seasons_of_labels: dict[int, int] = field(default_factory=dict)
    number_of_labels: int = 0
    skipped: set[str] = field(default_factory=set)
    leagues: dict[str, tuple[int, str, str, str]] = field(default_factory=dict)
    clubs: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    series: dict[tuple[int, str], tuple[int, int, str, str]] = field(default_factory=dict)
    teams: dict[TeamKey, tuple[int, int, int, int, int, str, str]] = field(default_factory=dict)
    unresolved: list[Label] = field(default_factory=list)
    labels: list[tuple[int, int, str]] = field(default_factory=list)
    club_labels: list[tuple[int, int]] = field(default_factory=list)

    def add_league(self, key: str, code: str) -> int:
        """The number of the league with this key. The code as first spelled is kept."""
        return self.leagues.setdefault(key, (len(self.leagues), key, code, league_name(code)))[0]

    @cached_property
    def league_of(self) -> dict[int, int]:
        """The number of the league by its number in the label book, once all are added."""
        return dict(self.spellings)

    def add_label(self, number: int, season_no: int) -> int:
        """The number of a further label, which stands for the team that has this one in a season."""
        new = self.number_of_labels
        self.number_of_labels += 1
        if number in self.identities:
            self.identities[new] = self.identities[number]
        self.seasons_of_labels[new] = season_no
        return new

    def add_teams(self, season_of: dict[tuple[int, str], int]) -> None:
        """Add the team of each label. `season_of`: the season by number of the league in the book and kind of file."""
        leagues = self.league_of
        for number, (spelling, kind, team) in self.identities.items():
            season_no = self.seasons_of_labels.get(number, season_of.get((spelling, kind)))
            if season_no is not None:  # else no row of the file could be read
                self.labels.append((number, self.add_team(leagues[spelling], season_no, team), kind))

    def add_team(self, league_no: int, season_no: int, team: TeamIdentity) -> int:
        club = self.clubs.setdefault(team.club_key, (len(self.clubs), team.club_key, team.club_name))
        series = self.series.setdefault(
            (league_no, team.series_key), (len(self.series), league_no, team.series_key, team.series_name)
        )
        natural_key = (league_no, season_no, series[0], club[0], team.squad)
        return self.teams.setdefault(natural_key, (len(self.teams), *natural_key, team.name))[0]

    def add_club_label(self, label: Label) -> None:
        """Note that a label of match lines, which is no team's, is that of a club, if there is such a club."""
        if club := self.clubs.get(key_of(tokens(label.team))):
            self.club_labels.append((label.number, club[0]))


def reduce_labels(book: LabelBook, aliases: Aliases) -> Snapshot:
    """The things that the labels in the files of a snapshot stand for, after operators' aliases are applied."""
    snapshot = Snapshot()
    snapshot.seasons_named = dict(enumerate(book.seasons))
    snapshot.number_of_labels = len(book.labels)
    keys = [aliases.league(code) for code in book.leagues]
    for no, (key, code) in enumerate(zip(keys, book.leagues, strict=True)):
        snapshot.spellings.append((no, snapshot.add_league(key, code)))
    snapshot.skipped = {aliases.league(code) for code in book.skipped}
    by_league: dict[str, list[Label]] = defaultdict(list)
    for number, (spelling, kind, series, team, club) in enumerate(book.labels):
        by_league[keys[spelling]].append(Label(number, kind, series, team, club))
    unresolved: list[Label] = []
    for key, labels in by_league.items():
        teams = resolve_labels(labels, aliases.of(key))
        for number, identity in teams.items():
            snapshot.identities[number] = (*book.labels[number][:2], identity)
        unresolved += [label for label in labels if label.kind == "match_history" and label.number not in teams]
    snapshot.unresolved = unresolved
    return snapshot


def league_name(code: str) -> str:
    """`APTA_CHICAGO` → `APTA Chicago`; a code of one word stays as it is."""
    words = code.replace("_", " ").split()
    if len(words) < 2:
        return code
    name = " ".join(word if len(word) <= 4 and word.isupper() else word.capitalize() for word in words)
    return fitting(name, code)


def create_league_tables(snapshot: Snapshot) -> None:
    tables = working_tables
    tables.SPELLING.create()
    load_rows(tables.SPELLING.name, {}, ("no", "league_no"), [snapshot.spellings])
    # All staged rows are joined with it, and without being told the planner takes it for one of thousands.
    database.execute(f"ANALYZE {tables.SPELLING}")
    load_if_any(tables.SKIPPED_LEAGUE, ("key",), [(key,) for key in snapshot.skipped])
    defaults = {"is_active": True, "lower_rating_is_better": True}
    load(tables.LEAGUE, ("no", "key", "code", "name"), snapshot.leagues.values(), **defaults, **UNMATCHED)


def create_working_tables(snapshot: Snapshot) -> None:
    """The tables of all that is within a league, once it is known of which season the rows are."""
    tables = working_tables
    load(tables.CLUB, ("no", "key", "name"), snapshot.clubs.values(), **UNMATCHED)
    load(tables.SERIES, ("no", "league_no", "key", "name"), snapshot.series.values(), **UNMATCHED)
    team = ("no", "league_no", "season_no", "series_no", "club_no", "squad", "name")
    load(tables.TEAM, team, snapshot.teams.values(), alias="", source_id="", **UNMATCHED)
    load(tables.LABEL, ("no", "team_no", "kind"), snapshot.labels)
    for label in snapshot.unresolved:
        snapshot.add_club_label(label)
    load_if_any(tables.CLUB_LABEL, ("no", "club_no"), snapshot.club_labels)


UNMATCHED = {"layer": "", "evidence": ""}
"""The columns of a thing that is not matched with an existing row yet."""


def load(
    table: WorkingTable, columns: tuple[str, ...], rows: Collection[tuple[Any, ...]], **constants: str | bool
) -> None:
    """Create the table and load the rows. `constants`: further columns, which have the same value in every row."""
    table.create()
    rest = tuple(constants.values())
    load_rows(table.name, {}, (*columns, *constants), [[(*row, *rest) for row in rows]])
    table.tell_planner(len(rows))


def load_if_any(table: WorkingTable, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """The same for a table to which no later step adds rows, and which mostly has none."""
    if rows:
        load(table, columns, rows)
    else:
        table.leave_empty()
