"""Whatever a source does and whatever becomes of a run: what users own stays with whom it belongs to.

Leagues of the game change at random between imports, rebuilds, failing runs and undos. After each step every
user's row leads to the identity it was made for, and whoever can be recognised is. A transition that looks
exactly like another one that happened to other people is not played: see leagueevidence.py.
"""

import copy
from contextlib import contextmanager
from random import Random

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from etlimport.database.references import catalogue_models, tables
from etlimport.models import ImportRun
from etlimport.pipeline import Options, run_import
from etlimport.resolve.season_answers import given as given_answers
from etlimport.tests.leaguechanges import CHANGES
from etlimport.tests.leagueevidence import keeps_humans_apart
from etlimport.tests.leaguegame import League, files_of, make_world, write_source
from etlimport.tests.leagueledger import Ledger
from etlimport.undo import undo_run
from rally.tests.selection import examples

pytestmark = pytest.mark.django_db

Status = ImportRun.Status
STEPS = ("resolve", "check", "protect", "merge", "restore", "repair", "audit", "publish")
ON_SQLITE = connection.vendor == "sqlite"
actions = st.sampled_from(["merge", "merge", "merge", "rebuild", "rebuild", "fail", "lose", "undo"])
steps = st.lists(
    st.tuples(st.lists(st.sampled_from(CHANGES), max_size=5), actions, st.integers(0, 2**32)),
    min_size=1,
    max_size=6,
)


@contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@examples(quick=2, ordinary=20 if ON_SQLITE else 8, thorough=300 if ON_SQLITE else 30)
@given(seed=st.integers(0, 2**32), steps=steps)
def test_what_users_own_stays_with_whom_it_belongs_to(tmp_path_factory, seed, steps):
    with rolled_back():
        night = Nights(tmp_path_factory.mktemp("source"), Random(seed))
        night.merge()
        for changes, action, chance in steps:
            night.random = Random(chance)
            night.ledger.attach(night.random)
            night.change(changes)
            getattr(night, action)()


class Nights:
    """The source night after night, and what comes of importing it."""

    def __init__(self, folder, random: Random):
        self.folder, self.random, self.count = folder, random, 0
        self.world = make_world(random)
        self.ledger = Ledger()
        self.undoable: list[tuple[ImportRun, dict]] = []

    def change(self, changes) -> None:
        """Change a league each time, unless nobody could tell afterwards to whom that happened."""
        for change in changes:
            league = copy.deepcopy(self.random.choice(list(self.world.values())))
            change(league, self.random)
            evidence = self.ledger.evidence(league)
            world = self.world | {league.uid: league}
            if keeps_its_files(self.world[league.uid], league) and keeps_humans_apart(world):
                self.world = self.world if evidence.is_indistinguishable() else world

    def run(self, told: list[League], *, rebuild: bool = False, hook=None) -> ImportRun:
        """Import what the source tells; a run that published is checked."""
        self.count += 1
        source = write_source(self.folder / str(self.count), told)
        proved = [(league, self.ledger.evidence(league)) for league in told]
        catalogue = dump(catalogue_models())
        # All nights are of one season, however wild they are; of another one an operator would be asked.
        same_season = given_answers(stays=[league.code for league in told])
        run = run_import(Options(source, rebuild=rebuild, force=True, seasons=same_season), hook=hook)
        if run.status != Status.FAILED:
            assert run.status in (Status.PUBLISHED, Status.UNCHANGED), run.error
            self.ledger.take(run, proved)
        if run.status == Status.PUBLISHED:
            self.undoable.append((run, catalogue))
        return run

    def told(self) -> list[League]:
        """Mostly all leagues; sometimes the source leaves some out."""
        leagues = list(self.world.values())
        known = [league for league in leagues if league.uid in self.ledger.state.leagues]
        if known and self.random.random() < 0.2:
            return self.random.sample(leagues, self.random.randint(1, len(leagues)))
        return leagues

    def merge(self) -> None:
        assert self.run(self.told()).status != Status.FAILED

    def rebuild(self) -> None:
        assert self.run(self.told(), rebuild=True).status != Status.FAILED

    def fail(self) -> None:
        """A step raises."""
        step = self.random.choice(STEPS)

        def hook(done):
            if done == step:
                self.damaged = True
                raise ZeroDivisionError

        self.expect_nothing_changed(hook)

    def lose(self) -> None:
        """Something goes wrong with what users own, which the proof or the audit must notice."""
        step, statement = self.random.choice(
            [
                ("merge", "UPDATE leagues_playerassociation SET player_id = -id"),
                ("merge", "DELETE FROM leagues_practicetime"),
                ("repair", "UPDATE leagues_poll SET team_id = 0"),
                ("repair", "UPDATE leagues_standing SET team_id = -id"),
            ]
        )

        def hook(done):
            if done == step:
                with connection.cursor() as cursor:
                    cursor.execute(statement)
                    self.damaged = cursor.rowcount > 0

        self.expect_nothing_changed(hook)

    def expect_nothing_changed(self, hook) -> None:
        """Unless there was nothing to damage: then the run is one like others."""
        before, self.damaged = dump(tables()), False
        run = self.run(self.told(), rebuild=self.random.random() < 0.5, hook=hook)
        assert (run.status == Status.FAILED) == self.damaged
        assert dump(tables()) == before or not self.damaged

    def undo(self) -> None:
        """The last run is undone, or refused for what users attached to rows that it made."""
        if not self.undoable:
            return
        run, catalogue = self.undoable[-1]
        before = dump(tables())
        undo = undo_run(run)
        if undo.status == Status.REFUSED:
            assert self.ledger.is_held(run), undo.error
            assert dump(tables()) == before
            return
        assert undo.status == Status.PUBLISHED, undo.error
        assert dump(catalogue_models()) == catalogue
        self.undoable.pop()
        self.ledger.take_back()
        self.world |= copy.deepcopy(self.ledger.state.leagues)


def keeps_its_files(old: League, new: League) -> bool:
    """An emptied file is refused or, by force, left out, which tells nothing new of what it feeds."""
    after = files_of(new)
    return all(after[kind] or not rows for kind, rows in files_of(old).items())


def dump(models) -> dict[str, list[tuple]]:
    """Every row of the tables of leagues."""
    return {
        model._meta.db_table: sorted(model.objects.values_list(), key=repr)
        for model in models
        if model._meta.app_label == "leagues"
    }
