"""Whose every row is: the database after each run, held against the true identities of the game."""

import copy
from collections import Counter
from dataclasses import dataclass, field
from datetime import time
from random import Random

from django.db import connection
from django.db.models import Model

from etlimport.database.references import catalogue_models
from etlimport.models import ImportRun, ReKey
from etlimport.tests.leagueevidence import Evidence, Trace, places_of, traces_of
from etlimport.tests.leaguegame import League, day
from leagues import models

Row = tuple[type[Model], int]


@dataclass
class Thing:
    """A user's row and the identity it belongs to; `target`: the id of the catalogue row it led to last."""

    model: type[Model]
    pk: int
    column: str
    uid: int
    target: int

    @property
    def leads_to(self) -> type[Model]:
        return self.model._meta.get_field(self.column).related_model

    def find_target(self) -> int | None:
        return self.model.objects.values_list(self.column, flat=True).get(pk=self.pk)

    def __str__(self):
        return f"{self.model.__name__} {self.pk} of {self.uid}"


@dataclass
class State:
    """What is published, by league uid: as last told, and everything told before.

    `owner`: whose each row is or was. `living`: the row of each identity that is there now.
    """

    leagues: dict[int, League] = field(default_factory=dict)
    traces: dict[int, set[Trace]] = field(default_factory=dict)
    places: dict[int, dict[tuple, int]] = field(default_factory=dict)
    owner: dict[Row, int] = field(default_factory=dict)
    living: dict[int, int] = field(default_factory=dict)


class Ledger:
    """The published state, the ones before it, and what users own."""

    def __init__(self):
        self.state = State()
        self.undoable: list[tuple[dict[Row, int], State]] = []
        self.things: list[Thing] = []
        self.humans: dict[int, int] = {}  # by the user's id
        self.contexts: dict[int, tuple[int, int | None]] = {}  # by the user's id: the league, the team

    def evidence(self, new: League) -> Evidence | None:
        """What telling this league would prove; None for one never told before."""
        old = self.state.leagues.get(new.uid)
        if old is None:
            return None
        rows = models.Player.objects.filter(league=self.state.living[new.uid]).values_list("external_id", "name_key")
        return Evidence(old, new, self.state.traces[new.uid], self.state.places[new.uid], list(rows))

    # What users own

    def attach(self, random: Random) -> None:
        """Give new users things of the people, teams and matches that are there."""
        living = self.state.living
        for league in self.state.leagues.values():
            for uid, person in league.present().items():
                claimed = models.PlayerAssociation.objects.filter(player=living[uid]).exists()
                if claimed or random.random() < 0.5:
                    continue
                team = random.choice([team for player, team in league.spots if player == uid])
                user = models.User.objects.create(
                    email=f"user{len(self.humans)}@example.com",
                    first_name=person.first,
                    last_name=person.last,
                    league_context_id=living[league.uid],
                    team_context_id=living[team],
                )
                self.humans[user.pk] = person.human
                self.contexts[user.pk] = (league.uid, team)
                self.own(models.PlayerAssociation, "player_id", uid, user=user, is_primary=True)
                for match in random.sample(sorted(league.matches), min(2, len(league.matches))):
                    self.own(models.Availability, "match_id", match, user=user, status="yes")
            for team in league.teams:
                if random.random() < 0.4:
                    self.own(models.PracticeTime, "team_id", team, date=day(3), start_time=time(19))
                    self.own(models.Poll, "team_id", team, question="Dinner?")
                    self.own(models.CaptainMessage, "team_id", team, body="Bring two balls")

    def own(self, model: type[Model], column: str, uid: int, **fields) -> None:
        self.note(model.objects.create(**{column: self.state.living[uid]}, **fields), column, uid)

    def note(self, row: Model, column: str, uid: int) -> None:
        self.things.append(Thing(type(row), row.pk, column, uid, getattr(row, column)))

    # What must hold

    def take(self, run: ImportRun, told: list[tuple[League, Evidence | None]]) -> None:
        """Check a published run that told these leagues, with what each proved, and take its state over."""
        was, now, moved = self.state, copy.deepcopy(self.state), moved_rows(run)
        now.owner = {(model, moved.get((model, pk), pk)): uid for (model, pk), uid in was.owner.items()}
        for league, evidence in told:
            there = {}
            for (model, pk), uid in rows_of(league).items():
                whose = now.owner.setdefault((model, pk), uid)
                assert whose == uid, f"{model.__name__} {pk} of {whose} was given to {uid}"
                before = was.living.get(uid)
                if before and moved.get((model, before), before) != pk:
                    assert not evidence.proves(uid), f"{model.__name__} {before} of {uid} was not recognised: now {pk}"
                there[uid] = pk
            if evidence is None or evidence.known_people == set(league.present()) & set(evidence.old.present()):
                check_lines(league, there)
            for uid in uids_of(was.leagues.get(league.uid)):
                now.living.pop(uid, None)
            now.living |= there
            now.leagues[league.uid] = copy.deepcopy(league)
            now.traces[league.uid] = was.traces.get(league.uid, set()) | traces_of(league)
            now.places[league.uid] = was.places.get(league.uid, {}) | places_of(league)
        if run.status == ImportRun.Status.PUBLISHED:
            self.undoable.append((moved, was))
        self.state = now
        self.check_everything(moved)

    def take_back(self) -> None:
        """Check that undoing the last published run brought the state before it back."""
        moved, self.state = self.undoable.pop()
        moved = {(model, new): old for (model, old), new in moved.items()}
        for league in self.state.leagues.values():
            expected = {row: uid for row, uid in self.state.owner.items() if self.state.living.get(uid) == row[1]}
            assert rows_of(league).items() <= expected.items()
        self.check_everything(moved)

    def is_held(self, run: ImportRun) -> bool:
        """Whether somebody has a thing at a row that this run, the last one, made."""
        made_again = {(model, new) for (model, _), new in moved_rows(run).items()}
        ranges = {row.table_name: range(row.after_id + 1, row.last_id + 1) for row in run.inserted_ranges.all()}
        return any(
            thing.target in ranges.get(thing.leads_to._meta.db_table, ())
            and (thing.leads_to, thing.target) not in made_again
            for thing in self.things
        )

    def check_everything(self, moved: dict[Row, int]) -> None:
        """`moved`: the rows that got a new id."""
        connection.check_constraints()
        for thing in self.things:
            self.check(thing, moved)
        self.check_discoveries()
        for user in models.User.objects.filter(pk__in=self.contexts):
            self.check_context(user, moved)

    def check(self, thing: Thing, moved: dict[Row, int]) -> None:
        """A thing leads where it did; an association may lead to another row of the same person."""
        before, thing.target = thing.target, thing.find_target()
        stayed = thing.target == moved.get((thing.leads_to, before), before)
        whose = self.state.owner.get((thing.leads_to, thing.target))
        assert whose == thing.uid, f"{thing} leads to {thing.target} of {whose}"
        assert stayed or thing.model is models.PlayerAssociation, f"{thing} went from {before} to {thing.target}"
        if thing.uid not in self.state.living:
            assert not thing.leads_to.objects.get(pk=thing.target).is_active, f"{thing}: its target left and is active"

    def check_discoveries(self) -> None:
        """Links that a run found lead to the same human; from now on they are things like others."""
        known = {thing.pk for thing in self.things if thing.model is models.PlayerAssociation}
        for link in models.PlayerAssociation.objects.exclude(pk__in=known):
            uid = self.state.owner[models.Player, link.player_id]
            human = next(x.people[uid].human for x in self.state.leagues.values() if uid in x.people)
            assert human == self.humans[link.user_id], f"{link.user} is not {link.player}"
            self.note(link, "player_id", uid)

    def check_context(self, user: models.User, moved: dict[Row, int]) -> None:
        """The league stays while its user plays there, and becomes one where they do; the team goes with it."""
        league_uid, team_uid = self.contexts[user.pk]
        plays_in = set(user.associations.filter(player__is_active=True).values_list("player__league", flat=True))
        league = self.state.owner[models.League, user.league_context_id]
        if league != league_uid:
            assert self.state.living[league_uid] not in plays_in, f"{user} was moved from a league they play in"
            assert user.league_context_id in plays_in, f"{user} was moved to a league they do not play in"
            team_uid = None
        if team_uid:
            whose = self.state.owner.get((models.Team, user.team_context_id))
            assert whose == team_uid, f"the team of {user} was {team_uid} and is {whose}"
        else:
            assert user.team_context_id is None
        self.contexts[user.pk] = league, team_uid


def moved_rows(run: ImportRun) -> dict[Row, int]:
    """The new id of each row that a rebuild gave one."""
    tables = {model._meta.db_table: model for model in catalogue_models()}
    return {(tables[row.table_name], row.old_id): row.new_id for row in ReKey.objects.filter(run=run)}


def check_lines(league: League, living: dict[int, int]) -> None:
    """Every line told is there once; `living`: the rows of the league's teams."""
    told = Counter(
        (living[line.home], living[line.away], day(line.day), line.scores)
        for line in league.lines
        if {line.home, line.away} <= set(league.teams)
    )
    teams = [living[uid] for uid in league.teams]
    there = models.MatchScore.objects.filter(home_team__in=teams, away_team__in=teams)
    assert told == Counter(there.values_list("home_team", "away_team", "date", "scores"))


def uids_of(league: League | None) -> set[int]:
    return {league.uid, *league.present(), *league.teams, *league.matches} if league else set()


def rows_of(league: League) -> dict[Row, int]:
    """The row of each identity of a league just imported, found as a reader of its labels would."""
    row = models.League.objects.get(key=league.key)
    found = {(models.League, row.pk): league.uid}
    ids = dict(models.Player.objects.filter(league=row, is_active=True).values_list("external_id", "pk"))
    assert sorted(ids) == sorted(person.external_id for person in league.present().values())
    found |= {(models.Player, ids[person.external_id]): uid for uid, person in league.present().items()}
    names = dict(models.Team.objects.filter(league=row, is_active=True).values_list("name", "pk"))
    assert sorted(names) == sorted(league.team_label(team) for team in league.teams.values())
    teams = {uid: names[league.team_label(team)] for uid, team in league.teams.items()}
    found |= {(models.Team, pk): uid for uid, pk in teams.items()}
    matches = {
        match[1:]: match[0]
        for match in models.ScheduledMatch.objects.filter(league=row, is_active=True).values_list(
            "pk", "home_team", "away_team", "date"
        )
    }
    assert len(matches) == len(league.matches)
    for uid, match in league.matches.items():
        found[models.ScheduledMatch, matches[teams[match.home], teams[match.away], day(match.day)]] = uid
    return found
