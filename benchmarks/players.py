"""Turns the rows of players files into Django objects of seven models, for the peers that write such objects.

Labels are not interpreted: things are the same if the file spells them alike.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple

from django.db.models import Model
from django.utils import timezone

from benchmarks.outcomes import Outcome, team_of
from leagues.models import Club, League, Player, RosterSpot, Season, Series, Team
from leagues.names import name_key


class Table(NamedTuple):
    key: tuple[str, ...]
    fields: tuple[str, ...]


TABLES: dict[type[Model], Table] = {
    League: Table(("key",), ("code", "name")),
    Season: Table(("league_id", "key"), ("name",)),
    Club: Table(("key",), ("name",)),
    Series: Table(("league_id", "key"), ("name",)),
    Team: Table(("league_id", "season_id", "series_id", "club_id", "squad"), ("name",)),
    Player: Table(
        ("league_id", "external_id"),
        ("first_name", "last_name", "name_key", "pti", "career_wins", "career_losses"),
    ),
    RosterSpot: Table(("player_id", "team_id"), ("is_captain", "is_co_captain", "wins", "losses")),
}
"""By model: the fields of its unique key, and the other fields that are read from the file."""

Ids = dict[Hashable, int]
Upsert = Callable[[dict[Hashable, Model]], Ids]
"""Writes objects of one model, given by the key the file has for them. Returns their ids by the same keys."""
Write = Callable[[list[Model]], object]
"""Writes objects of one model."""

SEASON = "2025-26"

NOW = timezone.now()
STAMPS = {"created_at": NOW, "updated_at": NOW}
"""Set as values, because bulk_create is slower with defaults of the database and django-bulk-load ignores them."""


class Parents(NamedTuple):
    leagues: Ids
    """By code."""
    teams: Ids
    """By `team_of` the row."""


def make_parents(rows: list[dict], upsert: Upsert) -> Parents:
    """Write the leagues, with a season each, and the clubs, series and teams of the rows."""
    leagues = upsert({code: make(League, code, code, code) for code in {row["League"] for row in rows}})
    seasons = upsert({code: make(Season, league, SEASON, SEASON) for code, league in leagues.items()})
    clubs = upsert({name: make(Club, name, name) for name in {row["Club"] for row in rows}})
    pairs = {(row["League"], row["Series"]) for row in rows}
    series = upsert({(league, name): make(Series, leagues[league], name, name) for league, name in pairs})
    teams = {
        (league, name, club, label): make(
            Team, leagues[league], seasons[league], series[league, name], clubs[club], label, label
        )
        for league, name, club, label in set(map(team_of, rows))
    }
    return Parents(leagues, upsert(teams))


def players_of(rows: list[dict], leagues: Ids) -> Iterable[tuple]:
    """The values of each player, in the order of the table's key and fields, from the first row about the player."""
    first = {}
    for row in rows:
        first.setdefault((row["League"], row["Player ID"]), row)
    for (league, player), row in first.items():
        given, family = row["First Name"], row["Last Name"]
        career = number(row.get("Career Wins")), number(row.get("Career Losses"))
        yield leagues[league], player, given, family, name_key(given, family), number(row["PTI"]), *career


def spots_of(rows: list[dict], parents: Parents, players: Ids) -> Iterable[tuple]:
    """The values of each roster spot, in the order of the table's key and fields.

    `players`: the ids of players by (id of the league, player id of the source).
    """
    for row in rows:
        player, team = players[parents.leagues[row["League"]], row["Player ID"]], parents.teams[team_of(row)]
        captain = row["Captain"]
        yield player, team, captain in ("C", "Yes"), captain == "CC", number(row["Wins"]), number(row["Losses"])


def number(value: str | int | None):
    return None if value in (None, "", "N/A") else value


def make(model: type[Model], *values) -> Model:
    """An object with these values, given in the order of the table's key and fields."""
    table = TABLES[model]
    return model(**dict(zip(table.key + table.fields, values, strict=True)), **STAMPS)


def by_key(model: type[Model], values: Iterable[tuple]) -> dict[tuple, Model]:
    """An object for each tuple of values, by its key."""
    length = len(TABLES[model].key)
    return {each[:length]: make(model, *each) for each in values}


def key_of(each: Model) -> tuple:
    return tuple(getattr(each, name) for name in TABLES[type(each)].key)


def read_ids(model: type[Model]) -> Ids:
    """The ids of all rows by their keys, read with one query."""
    return {tuple(key): pk for pk, *key in model.objects.values_list("pk", *TABLES[model].key)}


def fill(rows: list[dict], upsert: Upsert, write: Write) -> Outcome:
    """Write all seven tables with one call for each. Roster spots are written without reading back their ids."""
    parents = make_parents(rows, upsert)
    players = upsert(by_key(Player, players_of(rows, parents.leagues)))
    spots = by_key(RosterSpot, spots_of(rows, parents, players))
    write(list(spots.values()))
    return Outcome(len(players), len(spots))
