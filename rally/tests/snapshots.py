"""What two snapshots that follow one another say, read from their files alone: what pages must show."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from leagues.models import Player, PlayerAssociation, User
from rally.tests.sites import ALIAS


@dataclass(frozen=True)
class Facts:
    """What one snapshot says of a person who plays for one team."""

    league_code: str
    external_id: str
    name: str
    team: str
    series: str


@dataclass(frozen=True)
class Person:
    """Somebody in both snapshots, on the same team."""

    before: Facts
    after: Facts

    @property
    def email(self) -> str:
        return f"{self.before.external_id}@example.org".lower()

    @property
    def changes(self) -> set[str]:
        """What goes by another name in the second: `league`, `team`, `id`."""
        fields = {"league": "league_code", "team": "team", "id": "external_id"}
        return {what for what, field in fields.items() if getattr(self.before, field) != getattr(self.after, field)}


def people(first: Path, second: Path) -> Iterator[Person]:
    """Everybody on one team who stays there under the same name."""
    truth = truth_of(second)
    renamed = {(team["league"], team["old"]["team"]): team["new"] and team["new"]["team"] for team in truth["teams"]}
    old, new = facts_of(first), facts_of(second)
    for player in truth["players"]:
        before, after = old.get(player["old_id"]), new.get(player["new_id"])
        known = before and after and before.name == after.name
        if known and renamed[before.league_code, before.team] == after.team:
            yield Person(before, after)


def facts_of(snapshot: Path) -> dict[str, Facts]:
    """What the snapshot says of everybody on one team only, by external id."""
    # A league may call a series one thing among players and another in its tables; pages say what tables say.
    series = {row["team"]: row["series"] for row in rows_of(snapshot, "series_stats")}
    rows = [row for row in rows_of(snapshot, "players") if row["Player ID"]]
    spots = Counter(row["Player ID"] for row in rows)
    facts = {}
    for row in rows:
        player, team = row["Player ID"], row.get("Team") or row["Series Mapping ID"]
        if spots[player] == 1 and team in series:
            name = f"{row['First Name']} {row['Last Name']}"
            facts[player] = Facts(row["League"], player, name, team, series[team])
    return facts


def labels_of_one_only(first: Path, second: Path) -> tuple[set[str], set[str]]:
    """The labels of series and teams that only the first snapshot has, and those that only the second has."""
    old, new = labels(first), labels(second)
    # A team that plays no more keeps its label in old results.
    kept = {team["old"]["team"] for team in truth_of(second)["teams"] if team["new"] is None}
    return old - new - kept, new - old


def labels(snapshot: Path) -> set[str]:
    tables = rows_of(snapshot, "series_stats")
    return {row["team"] for row in tables} | {row["series"] for row in tables}


def truth_of(second: Path) -> dict:
    return read(second / "truth.json")


def rows_of(snapshot: Path, kind: str) -> list[dict]:
    return [row for file in snapshot.glob(f"*/{kind}.json") for row in read(file) if isinstance(row, dict)]


def read(file: Path):
    """The JSON of a file, with one blank where labels have several, as pages show them."""
    return json.loads(re.sub(" +", " ", file.read_text()))


def register(persons: list[Person], password: str | None = None) -> list[User]:
    """An account for each, linked to their player as the first snapshot has them; None: they cannot log in."""
    ids = {person.before.external_id for person in persons}
    players = {player.external_id: player for player in Player.objects.using(ALIAS).filter(external_id__in=ids)}
    users = []
    for person in persons:
        user = User(email=person.email, league_context_id=players[person.before.external_id].league_id)
        user.set_password(password)
        users.append(user)
    User.objects.using(ALIAS).bulk_create(users)
    PlayerAssociation.objects.using(ALIAS).bulk_create(
        PlayerAssociation(user=user, player=players[person.before.external_id], is_primary=True)
        for user, person in zip(users, persons, strict=True)
    )
    return users
