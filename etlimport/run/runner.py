"""The one runner of imports, undos and settlings: lock, record, watch, work, and end with an outcome."""

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from etlimport.database import lock
from etlimport.errors import AuditFailed, DryRun, Refused
from etlimport.journal.undo_log import forget_old_undo
from etlimport.models import ImportRun
from etlimport.read import SourceRefused, SourceUnreadable
from etlimport.run import lifecycle
from etlimport.run.progress import Clock, Display, Silent
from etlimport.run.transaction import in_one_commit
from etlimport.run.watch import Watch

log = logging.getLogger(__name__)
Status, Cause = ImportRun.Status, ImportRun.Cause


@dataclass(frozen=True)
class Outcome:
    """How a run ended. `reasons`: why it did not publish, a sentence each; `cause`: what kind of reason that is."""

    status: ImportRun.Status
    reasons: tuple[str, ...] = ()
    cause: str = ""


@dataclass
class Job:
    """A run under way, with what the runner and the work tell each other.

    `warnings`: of what was done before the transaction; `findings`: of the transaction, so emptied when it begins anew.
    """

    run: ImportRun
    clock: Clock
    warnings: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    def finish(self, outcome: Outcome) -> ImportRun:
        return lifecycle.finish(
            self.run,
            outcome.status,
            reasons=list(outcome.reasons),
            cause=outcome.cause,
            step=self.clock.current,
            timings=self.clock.seconds,
            warnings=self.warnings + self.findings,
        )


class Work:
    """What a run does. Both parts may raise Refused, AuditFailed and DryRun; `change` is rolled back then."""

    def prepare(self, job: Job) -> Outcome | None:
        """What comes before the transaction; an outcome where that was all."""

    def change(self, job: Job) -> Outcome:
        """Everything that touches the catalogue, in one transaction."""
        raise NotImplementedError

    def after_dry_run(self, job: Job) -> None:
        """What a dry run keeps though everything it did is rolled back."""


def conduct(work: Work, fields: dict, display: Display | None = None, wait: float | None = None) -> ImportRun:
    """Do the work as a run of its own, recorded with these fields, and return that run, whatever came of it.

    `wait`: seconds for another run to end, IMPORT_LOCK_WAIT where it is not given. It raises nothing that a source, an
    operator or the database can cause.
    """
    with lock.import_lock(settings.IMPORT_LOCK_WAIT if wait is None else wait) as free:
        if not free:
            return lifecycle.start_refused(busy(), **fields)
        run = lifecycle.start(**fields)
        lifecycle.bury_dead(run)
        with Watch(run) as watch:
            return attempt(work, Job(run, Clock(display or Silent(), watch)))


def busy() -> str:
    first = lifecycle.running()
    if first is None:
        return "Another import holds the lock; try again when it is done."
    return (
        f"Run {first.pk} has been importing {first.source} since {timezone.localtime(first.started_at):%H:%M:%S} "
        f"(process {first.pid} on {first.host}); try again when it is done."
    )


def attempt(work: Work, job: Job) -> ImportRun:
    """Do the work and end its run with the outcome."""
    with ended_by_errors(job):
        if outcome := work.prepare(job):
            return job.finish(outcome)
        return in_one_commit(job.run, lambda: changed(work, job))
    if job.run.status == Status.PREVIEWED:
        work.after_dry_run(job)
    return job.run


def changed(work: Work, job: Job) -> ImportRun:
    """The change and the outcome, in the same commit."""
    job.findings = []
    run = job.finish(work.change(job))
    if run.status == Status.PUBLISHED:
        forget_old_undo()
    return run


@contextlib.contextmanager
def ended_by_errors(job: Job) -> Iterator[None]:
    """Turn what the work raises into the outcome of its run."""
    try:
        yield
    except DryRun:
        job.finish(Outcome(Status.PREVIEWED))
    except SourceUnreadable as error:
        job.finish(Outcome(Status.UNREADABLE, (str(error),), Cause.SOURCE))
    except SourceRefused as error:
        job.finish(Outcome(Status.REFUSED, (str(error),), Cause.SOURCE))
    except Refused as error:
        job.finish(Outcome(Status.REFUSED, tuple(error.reasons), error.cause))
    except AuditFailed as error:
        job.finish(Outcome(Status.FAILED, tuple(f"Rolled back: {reason}" for reason in error.reasons), Cause.AUDIT))
    except Exception as error:
        log.exception("run %s failed in the step %s", job.run.pk, job.clock.current, extra={"run": job.run.pk})
        cause = Cause.CONNECTION if isinstance(error, OperationalError | InterfaceError) else Cause.FAULT
        explained = f"Rolled back: {type(error).__name__} in the step “{job.clock.current}”: {error}"
        job.finish(Outcome(Status.FAILED, (explained,), cause))
