"""One import, from files to a published snapshot: the steps in the order of the design's table.

read and stage fill temporary tables and touch nothing else; everything after them is one transaction that
ends in one commit or in none.
"""

import contextlib
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path

from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from etlimport import accounting, db, dialect, runs
from etlimport.audit import audit
from etlimport.diff import describe_changes
from etlimport.errors import AuditFailed, DryRun, Refused
from etlimport.former import remember_changed_keys
from etlimport.health import Health
from etlimport.health import keep as keep_health
from etlimport.identities import NO_CHANGES, find_ambiguous, note_ambiguous, note_changes
from etlimport.merge.steps import merge_catalogue, refuse_drops
from etlimport.models import HealthSnapshot, ImportRun, RejectedRow
from etlimport.progress import Clock, Silent
from etlimport.protect import backup
from etlimport.protect.backup import Backup
from etlimport.protect.proof import Proof
from etlimport.protect.rebuild import Rebuild
from etlimport.publish import MADE_OF, publish, remember_contexts
from etlimport.read import LabelBook, SourceRefused, SourceUnreadable
from etlimport.repair.after_import import repair
from etlimport.resolve import resolve_everything
from etlimport.resolve.aliases import Aliases
from etlimport.safety import validate
from etlimport.sources import (
    AskedFor,
    ReadFile,
    counts_of_known,
    gather,
    read_and_stage,
    recognise,
    remember_bytes,
    remember_sources,
)
from etlimport.undo_log import UndoLog, forget_old_undo
from leagues.models import Club

log = logging.getLogger(__name__)
Status = ImportRun.Status

MOST_LINES = 200
"""Repairs kept with a run, a line each."""

PEOPLE = {"players", "roster spots"}
"""The kinds of things in which somebody is recognised."""

ATTEMPTS = 3
"""How often a run begins anew when what somebody did meanwhile and what it does cannot both be."""


@dataclass
class Options:
    """What a run is asked to do; `leagues`: codes, empty for all that the source has."""

    source: Path
    leagues: tuple[str, ...] = ()
    rebuild: bool = False
    dry_run: bool = False
    force: bool = False
    diff: bool = False
    started_by: object = None

    def as_fields(self) -> dict:
        return {
            "source": str(self.source),
            "leagues": list(self.leagues),
            "mode": ImportRun.Mode.REBUILD if self.rebuild else ImportRun.Mode.MERGE,
            "dry_run": self.dry_run,
            "forced": self.force,
            "started_by": self.started_by,
        }


@dataclass
class Import:
    """A run under way: what its steps hand to one another.

    `warnings`: of reading; `low_health`: of the transaction, so made anew with it.
    """

    run: ImportRun
    options: Options
    clock: Clock
    book: LabelBook = field(default_factory=LabelBook)
    files: list[ReadFile] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    low_health: list[str] = field(default_factory=list)
    notes: list[RejectedRow] = field(default_factory=list)

    @cached_property
    def aliases(self) -> Aliases:
        return Aliases()


def run_import(options: Options, display=None, hook: Callable[[str], None] | None = None) -> ImportRun:
    """Import a source and return its `ImportRun`, whatever came of it; it raises nothing a source can cause.

    `hook` is called with the name of each step of the transaction once it is done.
    """
    with dialect.import_lock() as free:
        if not free:
            return runs.start_refused(busy(), **options.as_fields())
        run = runs.start(**options.as_fields())
        runs.bury_dead(run)
        with runs.Watch(run) as watch:
            clock = Clock(display or Silent(), watch)
            return attempt(Import(run, options, clock), hook or (lambda step: None))


def busy() -> str:
    first = runs.running()
    if first is None:
        return "Another import holds the lock; try again when it is done."
    return (
        f"Run {first.pk} has been importing {first.source} since {timezone.localtime(first.started_at):%H:%M:%S} "
        f"(process {first.pid} on {first.host}); try again when it is done."
    )


def attempt(job: Import, hook: Callable[[str], None]) -> ImportRun:
    """Do the import and end its run with the outcome."""
    run = job.run
    try:
        with job.clock.step("read"):
            if everything_is_known(job):
                return runs.finish(run, Status.UNCHANGED, **outcome(job), counts=known_counts(job))
            stage_rows(job)
            if recognise(job.files):
                if not job.options.dry_run:
                    remember_bytes(job.files)
                return runs.finish(run, Status.UNCHANGED, **outcome(job), counts=known_counts(job))
        in_one_commit(run, lambda: work_through(job, hook), lock_users=job.options.rebuild)
    except DryRun:
        RejectedRow.objects.bulk_create(job.notes, batch_size=1000)
        return runs.finish(run, Status.PREVIEWED, **outcome(job))
    except SourceUnreadable as error:
        return runs.finish(run, Status.UNREADABLE, error=str(error), **outcome(job))
    except (Refused, SourceRefused) as error:
        return runs.finish(run, Status.REFUSED, error=str(error), **outcome(job))
    except AuditFailed as error:
        return runs.finish(run, Status.FAILED, error=f"Rolled back: {error}", **outcome(job))
    except Exception as error:
        log.exception("run %s failed in the step %s", run.pk, job.clock.current, extra={"run": run.pk})
        explained = f"Rolled back: {type(error).__name__} in the step “{job.clock.current}”: {error}"
        return runs.finish(run, Status.FAILED, error=explained, **outcome(job))
    return run


def outcome(job: Import) -> dict:
    return {"step": job.clock.current, "timings": job.clock.seconds, "warnings": job.warnings + job.low_health}


# read and stage


def everything_is_known(job: Import) -> bool:
    """Find the files; whether all of them are those of the published snapshot."""
    options = job.options
    job.files = gather(options.source, job.aliases, use_known=not (options.rebuild or options.leagues))
    return all(file.known for file in job.files)


def known_counts(job: Import) -> dict:
    return {"files": {file.path.relative: counts_of_known(file.known) for file in job.files}, "things": {}}


def stage_rows(job: Import) -> None:
    asked = AskedFor(job.options.leagues, job.aliases)
    job.warnings += read_and_stage(job.files, job.book, job.run, job.clock, asked, force=job.options.force)
    if missing := asked.missing(job.book.leagues):
        raise SourceUnreadable(f"The source has no rows of {', '.join(missing)}.")


# One transaction: resolve, check, protect, merge, restore, repair, audit, publish


def in_one_commit(run: ImportRun, work: Callable[[], None], *, lock_users: bool) -> None:
    """Everything that touches the catalogue.

    A conflict with what somebody wrote at the same moment begins the transaction anew; staged rows stay.
    `lock_users`: nobody writes what users own meanwhile.
    """
    for attempt_no in range(1, ATTEMPTS + 1):
        try:
            with import_transaction(lock_users=lock_users):
                work()
            return
        except (OperationalError, IntegrityError) as error:
            if attempt_no == ATTEMPTS or not dialect.is_conflict(error):
                raise
            log.warning("run %s begins anew: %s", run.pk, error, extra={"run": run.pk})
            run.refresh_from_db()  # nothing of what was rolled back is told


@contextlib.contextmanager
def import_transaction(*, lock_users: bool):
    """Sees the database as of one moment: what users write meanwhile can neither help nor hurt the proof."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and dialect.on_postgresql():
            db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            db.execute(dialect.SAFE_COMMIT)
            if lock_users:
                backup.lock_user_tables()
        yield


def work_through(job: Import, hook: Callable[[str], None]) -> None:
    run, options = job.run, job.options
    undo_log = UndoLog(run)

    @contextlib.contextmanager
    def step(name: str):
        with job.clock.step(name):
            yield
        hook(name)

    with step("resolve"):
        known = resolve_everything(job.book, job.aliases)
        ambiguous = find_ambiguous() if known else {}
    with step("check"):
        check(options)
    with step("protect"):
        remember_contexts()
        protected = Backup() if options.rebuild else Proof()
    with step("merge"):
        run.counts["identity changes"] = dict(NO_CHANGES) if undo_log.was_empty(Club) else note_changes(run)
        if known:
            remember_changed_keys()
        rebuild = Rebuild(undo_log) if options.rebuild else None
        if rebuild:
            rebuild.clear()
        things = merge_catalogue(undo_log)
        changed = {name for name, counts in things.items() if counts.changed}
        placed = accounting.count_placed(undo_log)
    with step("restore"):
        moved = rebuild.regain() if rebuild else {}
        try:
            protected.prove(moved)
        finally:  # a run that fails here tells what it would have lost
            run.protection = protected.protection.as_json()
    with step("repair"):
        repairs = repair(run, moved, rebuilt=options.rebuild, people_changed=bool(rebuild or changed & PEOPLE))
    with step("audit"):
        job.notes = accounting.account_for(run, job.files, placed)
        health = audit()
    with step("publish"):
        run.counts["things"] = {name: asdict(counts) for name, counts in things.items()}
        run.counts["ambiguous"] = note_ambiguous(run, ambiguous)
        run.protection |= {"repairs": repairs.lines()[:MOST_LINES]}
        undo_log.close()
        run.diff = describe_changes(run.pk, full=options.dry_run and options.diff)
        job.low_health = note_health(run, health)
        if options.dry_run:
            raise DryRun
        contexts_stand = not (repairs or rebuild or changed & MADE_OF)
        conclude(job, changed=bool(repairs or changed), contexts_stand=contexts_stand)


def conclude(job: Import, *, changed: bool, contexts_stand: bool) -> None:
    """Publish what changed, and keep what the next run and an undo need."""
    run = job.run
    if changed:
        run.session_version, run.counts["signals"] = publish(contexts_stand=contexts_stand)
    remember_sources(job.files, job.book, run, partial=bool(job.options.leagues))
    RejectedRow.objects.bulk_create(job.notes, batch_size=1000)
    runs.finish(run, Status.PUBLISHED if changed else Status.UNCHANGED, **outcome(job))
    forget_old_undo()


def note_health(run: ImportRun, health: Health) -> list[str]:
    """Record the health a run leaves behind; a warning where it is low."""
    run.health_before = HealthSnapshot.objects.values_list("score", flat=True).first()
    run.health_after = health.score
    keep_health(health, run)
    return [health.warning] if health.warning else []


def check(options: Options) -> None:
    """Refuse before anything is touched. Raises Refused with every reason."""
    if problems := validate():
        raise Refused([str(problem) for problem in problems], forcible=False)
    if not options.force:
        refuse_drops()
