"""The players files as the Django peers take them: rows of JSON → objects of the six tables, labels as they stand."""

from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple

from django.db.models import Model
from django.utils import timezone

from benchmarks.outcomes import Outcome, team_of
from leagues.models import Club, League, Player, RosterSpot, Series, Team
from leagues.names import name_key


class Table(NamedTuple):
    key: tuple[str, ...]
    fields: tuple[str, ...]


TABLES: dict[type[Model], Table] = {
    League: Table(("key",), ("code", "name")),
    Club: Table(("key",), ("name",)),
    Series: Table(("league_id", "key"), ("name",)),
    Team: Table(("league_id", "series_id", "club_id", "squad"), ("name",)),
    Player: Table(
        ("league_id", "external_id"),
        ("first_name", "last_name", "name_key", "pti", "career_wins", "career_losses"),
    ),
    RosterSpot: Table(("player_id", "team_id"), ("is_captain", "is_co_captain", "wins", "losses")),
}
"""By model: what makes a row itself, and what else the file says of it."""

Ids = dict[Hashable, int]
Upsert = Callable[[dict[Hashable, Model]], Ids]
"""Writes objects of one model, given by what the file calls them; their ids by the same names."""
Write = Callable[[list[Model]], object]
"""The same, with no ids told."""

NOW = timezone.now()
STAMPS = {"created_at": NOW, "updated_at": NOW}
"""Values, since a default of the database costs bulk_create its UNNEST, and django-bulk-load knows none."""


class Parents(NamedTuple):
    leagues: Ids
    """By code."""
    teams: Ids
    """By `team_of` the row."""


def make_parents(rows: list[dict], upsert: Upsert) -> Parents:
    """Leagues, clubs, series and teams of the rows, in the database."""
    leagues = upsert({code: make(League, code, code, code) for code in {row["League"] for row in rows}})
    clubs = upsert({name: make(Club, name, name) for name in {row["Club"] for row in rows}})
    pairs = {(row["League"], row["Series"]) for row in rows}
    series = upsert({(league, name): make(Series, leagues[league], name, name) for league, name in pairs})
    teams = {
        (league, name, club, label): make(Team, leagues[league], series[league, name], clubs[club], label, label)
        for league, name, club, label in set(map(team_of, rows))
    }
    return Parents(leagues, upsert(teams))


def players_of(rows: list[dict], leagues: Ids) -> Iterable[tuple]:
    """The values of each player, in the order of the table's key and fields, of the first row that has it."""
    first = {}
    for row in rows:
        first.setdefault((row["League"], row["Player ID"]), row)
    for (league, player), row in first.items():
        given, family = row["First Name"], row["Last Name"]
        career = number(row.get("Career Wins")), number(row.get("Career Losses"))
        yield leagues[league], player, given, family, name_key(given, family), number(row["PTI"]), *career


def spots_of(rows: list[dict], parents: Parents, players: Ids) -> Iterable[tuple]:
    """The values of each roster spot, as above; `players` by league and id of the source."""
    for row in rows:
        player, team = players[parents.leagues[row["League"]], row["Player ID"]], parents.teams[team_of(row)]
        captain = row["Captain"]
        yield player, team, captain in ("C", "Yes"), captain == "CC", number(row["Wins"]), number(row["Losses"])


def number(value: str | int | None):
    return None if value in (None, "", "N/A") else value


def make(model: type[Model], *values) -> Model:
    """An object of the values, in the order of the table's key and fields."""
    table = TABLES[model]
    return model(**dict(zip(table.key + table.fields, values, strict=True)), **STAMPS)


def by_key(model: type[Model], values: Iterable[tuple]) -> dict[tuple, Model]:
    """An object of each, by its key."""
    length = len(TABLES[model].key)
    return {each[:length]: make(model, *each) for each in values}


def key_of(each: Model) -> tuple:
    return tuple(getattr(each, name) for name in TABLES[type(each)].key)


def read_ids(model: type[Model]) -> Ids:
    """The ids of all there are by their keys, with one query."""
    return {tuple(key): pk for pk, *key in model.objects.values_list("pk", *TABLES[model].key)}


def fill(rows: list[dict], upsert: Upsert, write: Write) -> Outcome:
    """All six tables of the rows, with one call for each; the ids of roster spots are of no use to anybody."""
    parents = make_parents(rows, upsert)
    players = upsert(by_key(Player, players_of(rows, parents.leagues)))
    spots = by_key(RosterSpot, spots_of(rows, parents, players))
    write(list(spots.values()))
    return Outcome(len(players), len(spots))
