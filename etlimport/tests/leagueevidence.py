"""What two snapshots of a league tell about who is who, by the game's true identities.

`Evidence` says which people and teams nobody could fail to recognise, and whether a transition looks exactly
like another one that happened to other people: such a one proves nothing and is not played.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from etlimport.resolve.reassigned_ids import FURTHER_MATCHES, are_spelled_alike
from etlimport.resolve.tokens import key, tokens
from etlimport.tests.leaguegame import League, Team, by_name
from leagues.names import given_name_variants

TAIL = 8
MANY, MOST = 0.2, 0.3


@dataclass(frozen=True)
class Trace:
    """How a person once stood in a published snapshot; `records`: (team, wins, losses) of each roster spot."""

    uid: int
    external_id: str
    name: str
    records: frozenset[tuple[int, int, int]]

    def is_continued_by(self, team: int, wins: int, losses: int) -> bool:
        """Whether a record is one of these, or one of these and a few matches more."""
        return any(
            of_team == team
            and before_wins + before_losses > 0
            and wins - before_wins >= 0
            and losses - before_losses >= 0
            and wins + losses - before_wins - before_losses <= FURTHER_MATCHES
            for of_team, before_wins, before_losses in self.records
        )


def records_in(league: League) -> dict[int, set[tuple[int, int, int]]]:
    """The records of each person: (team, wins, losses)."""
    found: dict[int, set[tuple[int, int, int]]] = defaultdict(set)
    for (person, team), (wins, losses) in league.spots.items():
        found[person].add((team, wins, losses))
    return found


def traces_of(league: League) -> set[Trace]:
    records = records_in(league)
    return {
        Trace(person.uid, person.external_id, person.key, frozenset(records[person.uid]))
        for person in league.present().values()
    }


def places_of(league: League) -> dict[tuple, int]:
    """Who bears which label: the team at each place, by the club's number and by its name."""
    return {place: team.uid for team in league.teams.values() for place in places(league, team)}


def places(league: League, team: Team) -> tuple[tuple, tuple]:
    return team.place, (key(tokens(league.clubs[team.club])), team.series, team.squad)


def conflicting(one: str, other: str) -> bool:
    """Two names that have neither their first nor their last word in common."""
    ones, others = one.split(), other.split()
    return not {ones[0], ones[-1]} & {others[0], others[-1]}


def alike(one: str, other: str) -> bool:
    """The same name, or one that a nickname makes the same."""
    given, _, rest = one.partition(" ")
    other_given, _, other_rest = other.partition(" ")
    return one == other or (rest == other_rest and bool(given_name_variants(given) & given_name_variants(other_given)))


@dataclass
class Evidence:
    """`traces` and `places`: of every snapshot published before; `rows`: (id, name key) of the league's players."""

    old: League
    new: League
    traces: Collection[Trace]
    places: dict[tuple, int]
    rows: Collection[tuple[str, str]]

    # People

    @cached_property
    def conflicts_of_ids(self) -> float:
        names = dict(self.rows)
        return share_conflicting(
            [(names[p.external_id], p.key) for p in self.new.present().values() if p.external_id in names]
        )

    @cached_property
    def conflicts_of_tails(self) -> float:
        names = {external_id[-TAIL:]: name for external_id, name in self.rows}
        known = {external_id for external_id, _ in self.rows}
        return share_conflicting(
            [
                (names[p.external_id[-TAIL:]], p.key)
                for p in self.new.present().values()
                if p.external_id not in known and p.external_id[-TAIL:] in names
            ]
        )

    @cached_property
    def known_people(self) -> set[int]:
        """Those whom their id and name, or a name of their own in a league of new ids, tell beyond doubt."""
        return {uid for uid in self.old.present() if uid in self.new.present() and self.is_known(uid)}

    def is_known(self, uid: int) -> bool:
        old, new = self.old.people[uid], self.new.people[uid]
        if old.external_id == new.external_id:
            return old.key == new.key or (not conflicting(old.key, new.key) and self.conflicts_of_ids <= MANY)
        if old.key != new.key:
            return False
        if old.external_id[-TAIL:] == new.external_id[-TAIL:]:
            return True
        ids = {person.external_id for person in self.new.present().values()}
        all_new = not ids & {external_id for external_id, _ in self.rows}
        bearers = sum(name == old.key for _, name in self.rows)
        return all_new and bearers == 1 and len(by_name(self.new)[new.key]) == 1

    def people_look_like_others(self) -> bool:
        people = self.new.present()
        return any(self.looks_like(uid, trace) for trace in self.traces for uid in people if uid != trace.uid)

    def looks_like(self, uid: int, trace: Trace) -> bool:
        """Whether this person has what the source said of the other one."""
        person = self.new.people[uid]
        if person.external_id == trace.external_id:
            if self.is_taken_for(person.key, trace.name, self.conflicts_of_ids):
                return True
            if are_spelled_alike(person.key, trace.name):
                return True
            if any(trace.is_continued_by(*record) for record in records_in(self.new)[uid]):
                return True
        same_tail = person.external_id[-TAIL:] == trace.external_id[-TAIL:] != person.external_id
        if same_tail and self.is_taken_for(person.key, trace.name, self.conflicts_of_tails):
            return True
        if not alike(person.key, trace.name) or any(t.uid == uid and t.name == person.key for t in self.traces):
            return False
        other = self.new.present().get(trace.uid)
        return other is None or other.key != trace.name

    @staticmethod
    def is_taken_for(name: str, other: str, conflicts: float) -> bool:
        return not conflicting(name, other) and (name == other or conflicts <= MOST)

    # Teams

    @cached_property
    def rosters(self) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
        return self.old.rosters(), self.new.rosters()

    def shares_roster(self, old: int, new: int, *, known: bool) -> bool:
        """Whether most of both rosters are the same people, counting only the known ones or all."""
        before, after = self.rosters[0].get(old, set()), self.rosters[1].get(new, set())
        shared = before & after & self.known_people if known else before & after
        return 2 * len(shared) > max(len(before), len(after))

    def is_known_team(self, uid: int) -> bool:
        """Told by its people or, where no other team's people play there now, by its label."""
        if uid not in self.old.teams or uid not in self.new.teams:
            return False
        if any(self.shares_roster(other, uid, known=False) for other in self.old.teams if other != uid):
            return False
        if self.label(self.old, uid) == self.label(self.new, uid):
            return True
        return self.shares_roster(uid, uid, known=True) and not any(
            self.shares_roster(uid, other, known=False) for other in self.new.teams if other != uid
        )

    @staticmethod
    def label(league: League, uid: int) -> tuple[str, str]:
        team = league.teams[uid]
        return league.series_label(team), league.team_label(team)

    def teams_look_like_others(self) -> bool:
        return any(self.takes_over(team) or self.has_people_of_another(team.uid) for team in self.new.teams.values())

    def takes_over(self, team: Team) -> bool:
        """Whether it bears another's label, and nobody's people say clearly which of the two it is."""
        bearers = {self.places[place] for place in places(self.new, team) if place in self.places} - {team.uid}
        return any(
            self.shares_roster(bearer, team.uid, known=False)
            or not any(self.shares_roster(uid, uid, known=True) for uid in (team.uid, bearer))
            for bearer in bearers
        )

    def has_people_of_another(self, uid: int) -> bool:
        return any(
            self.shares_roster(other, uid, known=False)
            and not self.shares_roster(other, other, known=True)
            and not self.shares_roster(uid, uid, known=True)
            for other in self.old.teams
            if other != uid
        )

    # Matches

    def is_known_match(self, uid: int) -> bool:
        old, new = self.old.matches.get(uid), self.new.matches.get(uid)
        return old is not None and old == new and self.is_known_team(new.home) and self.is_known_team(new.away)

    def matches_look_like_others(self) -> bool:
        told = {(match.home, match.away, match.day): match.uid for match in self.old.matches.values()}
        return any(
            told.get((match.home, match.away, match.day), match.uid) != match.uid for match in self.new.matches.values()
        )

    # All of them

    def proves(self, uid: int) -> bool:
        """Whether a league, person, team or match must be recognised."""
        known_thing = self.is_known_team(uid) or self.is_known_match(uid)
        return uid == self.old.uid or uid in self.known_people or known_thing

    def is_indistinguishable(self) -> bool:
        return self.people_look_like_others() or self.teams_look_like_others() or self.matches_look_like_others()


def keeps_humans_apart(world: dict[int, League]) -> bool:
    """Whether one name in two leagues is one human, or one of the leagues has known both of the name."""
    humans = defaultdict(lambda: defaultdict(set))
    for league in world.values():
        for person in league.people.values():
            humans[person.key][league.uid].add(person.human)
    return all(
        one <= other or other <= one for leagues in humans.values() for one, other in combinations(leagues.values(), 2)
    )


def share_conflicting(pairs: list[tuple[str, str]]) -> float:
    return sum(conflicting(*pair) for pair in pairs) / len(pairs) if pairs else 0
