"""One import, from files to a published snapshot: the steps in the order of the design's table.

read and stage fill temporary tables and touch nothing else; everything after them is one transaction that
ends in one commit or in none.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from etlimport import sources
from etlimport.check import accounting
from etlimport.check.answers import answers_left_behind
from etlimport.check.audit import audit, audit_catalogue
from etlimport.check.drops import refuse_drops
from etlimport.check.preconditions import refuse_unless_safe
from etlimport.check.season_questions import refuse_unless_season_is_clear
from etlimport.errors import DryRun
from etlimport.health import CheckResult, Health, note_health
from etlimport.journal.diff import describe_changes
from etlimport.journal.former_keys import remember_changed_keys
from etlimport.journal.identity_changes import NO_CHANGES, find_ambiguous, note_ambiguous, note_changes
from etlimport.journal.undo_log import UndoLog
from etlimport.merge.entity import Counts
from etlimport.merge.new_seasons import describe_new_seasons
from etlimport.merge.previous import link_previous_teams
from etlimport.merge.steps import merge_catalogue
from etlimport.models import ImportRun, RejectedRow
from etlimport.protect.backup import Backup, lock_user_tables
from etlimport.protect.proof import Proof
from etlimport.protect.rebuild import Rebuild
from etlimport.publish import MADE_OF, publish, remember_contexts
from etlimport.read import LabelBook, SourceUnreadable
from etlimport.read.files import written
from etlimport.repair.after_import import Repairs, repair
from etlimport.resolve import resolve_everything
from etlimport.resolve.aliases import Aliases
from etlimport.resolve.forced import Forced, forced
from etlimport.resolve.season_answers import NOTHING_SAID, AnswersAsGiven
from etlimport.resolve.seasons import LeagueSeasons
from etlimport.run.patience import with_patience
from etlimport.run.progress import Display
from etlimport.run.runner import Job, Outcome, Work, conduct
from leagues.models import Club

Status = ImportRun.Status

STEPS = ("resolve", "check", "protect", "merge", "restore", "repair", "audit", "publish")
"""The steps of the transaction, each a method of `Change`."""

MOST_LINES = 200
"""Repairs kept with a run, a line each."""

PEOPLE = {"players", "roster spots"}
"""The kinds of things in which somebody is recognised."""


@dataclass
class Options:
    """What a run is asked to do; `leagues`: codes, empty for all that the source has.

    `force`: whether to go on with everything that a safety check speaks against; `force_for`: with these kinds of files
    of these leagues only, each as LEAGUE:kind.
    `seasons`: what an operator answers where the files do not tell of which season they are.
    """

    source: Path
    leagues: tuple[str, ...] = ()
    rebuild: bool = False
    dry_run: bool = False
    force: bool = False
    force_for: tuple[str, ...] = ()
    diff: bool = False
    started_by: object = None
    seasons: AnswersAsGiven = NOTHING_SAID

    def as_fields(self) -> dict[str, Any]:
        return {
            "source": written(self.source),
            "leagues": list(self.leagues),
            "mode": ImportRun.Mode.REBUILD if self.rebuild else ImportRun.Mode.MERGE,
            "dry_run": self.dry_run,
            "forced": self.force,
            "forced_for": list(self.force_for),
            "answers": self.seasons.as_list(),
            "started_by": self.started_by,
        }


Hook = Callable[[str], None]


def run_import(options: Options, display: Display | None = None, hook: Hook | None = None) -> ImportRun:
    """Import a source and return its `ImportRun`, whatever came of it; it raises nothing a source can cause.

    `hook` is called with the name of each step of the transaction once it is done.
    """
    return conduct(Import(options, hook or (lambda step: None)), options.as_fields(), display)


@dataclass
class Import(Work):
    """What an import does. `notes`: rows without a place, and contradictions, yet to be saved."""

    options: Options
    hook: Hook
    book: LabelBook = field(default_factory=LabelBook)
    files: list[sources.ReadFile] = field(default_factory=list)
    notes: list[RejectedRow] = field(default_factory=list)

    @cached_property
    def aliases(self) -> Aliases:
        return Aliases()

    @cached_property
    def forced(self) -> Forced:
        return forced(self.options.force, self.options.force_for, self.aliases)

    def prepare(self, job: Job) -> Outcome | None:
        """The step read, with staging; an outcome where the files say what is already published."""
        with job.clock.step("read"):
            self.find_files()
            if not sources.all_known(self.files):
                self.read_and_stage(job)
                if not sources.recognise(self.files):
                    return None
                if not self.options.dry_run:
                    sources.remember_bytes(self.files)
        job.run.counts = {"files": sources.counts_of_known_files(self.files), "things": {}}
        return Outcome(Status.UNCHANGED)

    def find_files(self) -> None:
        options = self.options
        everything_anew = any(
            (options.rebuild, options.force, options.force_for, options.leagues, options.seasons.as_list())
        )
        self.files = sources.gather(self.options.source, self.aliases, use_known=not everything_anew)

    def read_and_stage(self, job: Job) -> None:
        asked = sources.AskedFor(self.options.leagues, self.aliases)
        job.warnings += sources.read_and_stage(self.files, self.book, job.run, job.clock, asked, forced=self.forced)
        if missing := asked.missing(self.book.leagues):
            raise SourceUnreadable(f"The source has no rows of {', '.join(missing)}.")

    def change(self, job: Job) -> Outcome:
        """The other steps, one after the other."""
        change = Change(self, job)
        for step in STEPS:
            with job.clock.step(step):
                getattr(change, step)()
            self.hook(step)
        return Outcome(Status.PUBLISHED if change.anything else Status.UNCHANGED)

    def after_dry_run(self, job: Job) -> None:
        RejectedRow.objects.bulk_create(self.notes, batch_size=1000)


class Change:
    """The steps of an import that touch the database, and what they hand to one another.

    What takes long comes first and locks nothing that users write. What concerns their rows comes last, after all
    else that could fail: in a rebuild they cannot write from `restore` to the commit.
    """

    known: bool
    seasons: list[LeagueSeasons]
    ambiguous: dict[str, list[tuple[Any, ...]]]
    proof: Proof
    things: dict[str, Counts]
    of_catalogue: list[CheckResult] | None
    repairs: Repairs
    health: Health

    def __init__(self, work: Import, job: Job):
        self.work, self.job, self.run, self.options = work, job, job.run, work.options
        self.undo_log = UndoLog(self.run)
        self.rebuild = Rebuild(self.undo_log) if self.options.rebuild else None
        self.changed: set[str] = set()

    @property
    def anything(self) -> bool:
        """Whether the run changed anything that somebody could see."""
        return bool(self.repairs or self.changed)

    def resolve(self) -> None:
        answers = self.options.seasons.read(self.work.aliases)
        resolved = resolve_everything(self.work.book, self.work.aliases, answers)
        self.known, self.seasons = resolved.known, resolved.seasons
        self.job.warnings += self.work.aliases.warnings()
        self.ambiguous = find_ambiguous() if self.known else {}

    def check(self) -> None:
        refuse_unless_safe()
        refuse_unless_season_is_clear(self.run, self.seasons)
        refuse_drops(self.run, self.work.forced)
        if self.known:
            self.job.warnings += answers_left_behind()

    def protect(self) -> None:
        remember_contexts()
        self.proof = Proof()

    def merge(self) -> None:
        self.note_identities()
        if self.rebuild:
            self.rebuild.set_aside()
        self.things = merge_catalogue(self.undo_log)
        self.changed = {name for name, counts in self.things.items() if counts.changed}
        placed = accounting.count_placed(self.undo_log)
        if self.rebuild:
            self.rebuild.tell_what_became()
        link_previous_teams(self.undo_log)
        self.undo_log.close()
        self.work.notes = accounting.account_for(self.run, self.work.files, placed)
        self.describe()
        self.of_catalogue = audit_catalogue()

    def note_identities(self) -> None:
        """Write down what keeps its row under a new name or key, and where the old addresses lead."""
        empty = self.undo_log.was_empty(Club)
        self.run.counts["identity changes"] = dict(NO_CHANGES) if empty else note_changes(self.run)
        if self.known:
            remember_changed_keys(self.undo_log)

    def describe(self) -> None:
        """What the run did, for its report."""
        run, options = self.run, self.options
        run.counts["things"] = {name: asdict(counts) for name, counts in self.things.items()}
        run.counts["seasons"] = describe_new_seasons(self.seasons)
        run.counts["ambiguous"] = note_ambiguous(run, self.ambiguous)
        run.diff = describe_changes(run.pk, full=options.dry_run and options.diff)
        if not options.dry_run:
            sources.remember_sources(self.work.files, run, partial=bool(options.leagues))
            RejectedRow.objects.bulk_create(self.work.notes, batch_size=1000)

    def restore(self) -> None:
        if self.rebuild:
            with_patience(lock_user_tables)
        with self.telling(lambda: self.proof.protection.as_json()):
            self.proof.prove()
        if self.rebuild:
            remember_contexts()
            backup = Backup()
            self.rebuild.hand_over()
            with self.telling(lambda: backup.protection.as_json()):
                backup.prove(self.rebuild.moved)

    @contextlib.contextmanager
    def telling(self, protection: Callable[[], dict[str, Any]]) -> Iterator[None]:
        """A run that fails in the block tells what it would have lost."""
        try:
            yield
        finally:
            self.run.protection = protection()

    def repair(self) -> None:
        people_changed = bool(self.rebuild or self.changed & PEOPLE)
        self.repairs = with_patience(lambda: repair(self.run, people_changed=people_changed))
        self.run.protection |= {"repairs": self.repairs.lines()[:MOST_LINES]}

    def audit(self) -> None:
        self.health = audit(self.of_catalogue)

    def publish(self) -> None:
        run = self.run
        self.job.findings += note_health(run, self.health)
        if self.options.dry_run:
            raise DryRun
        if self.anything:
            contexts_stand = not (self.repairs or self.rebuild or self.changed & MADE_OF)
            run.session_version, run.counts["signals"] = with_patience(
                lambda: publish(contexts_stand=contexts_stand, users_may_write=not self.rebuild)
            )
