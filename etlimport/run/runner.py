"""Runs imports, undos and settlings: takes the lock, records the run, does the work, and records the outcome."""

import contextlib
import logging
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

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
    """How a run ended. `reasons`: sentences about why it did not publish; `cause`: the kind of these reasons."""

    status: ImportRun.Status
    reasons: tuple[str, ...] = ()
    cause: str = ""


@dataclass
class Job:
    """A run in progress, as its runner and its work share it.

    `warnings`: those from before the transaction. `findings`: those from the transaction, which are dropped if it is
    repeated.
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


class Work(ABC):
    """What a run does. `prepare` and `change` may raise Refused, AuditFailed and DryRun, which roll `change` back."""

    def prepare(self, job: Job) -> Outcome | None:
        """The work before the transaction. Returns an outcome if the run ends with it."""
        return None

    @abstractmethod
    def change(self, job: Job) -> Outcome:
        """All changes of the catalogue, within one transaction."""

    def after_dry_run(self, job: Job) -> None:  # noqa: B027, as few kinds of work keep anything
        """Save what a dry run keeps, after everything it did was rolled back."""


def conduct(work: Work, fields: dict[str, Any], display: Display | None = None, wait: float | None = None) -> ImportRun:
    """Do the work as a run that is recorded with these fields. Returns the run, however it ended.

    `wait`: how many seconds to wait for another run to end, by default IMPORT_LOCK_WAIT. Errors that a source, an
    operator or the database can cause are recorded with the run and not raised.
    """
    with lock.import_lock(settings.IMPORT_LOCK_WAIT if wait is None else wait) as free:
        if not free:
            return lifecycle.start_refused(busy_message(), **fields)
        run = lifecycle.start(**fields)
        lifecycle.mark_dead(run)
        with Watch(run) as watch:
            return attempt(work, Job(run, Clock(display or Silent(), watch)))


def busy_message() -> str:
    first = lifecycle.running()
    if first is None:
        return "Another import holds the lock; try again when it is done."
    return (
        f"Run {first.pk} has been importing {first.source} since {timezone.localtime(first.started_at):%H:%M:%S} "
        f"(process {first.pid} on {first.host}); try again when it is done."
    )


def attempt(work: Work, job: Job) -> ImportRun:
    """Do the work and record its outcome."""
    with ended_by_errors(job):
        if outcome := work.prepare(job):
            return job.finish(outcome)
        return in_one_commit(job.run, lambda: change_and_finish(work, job))
    if job.run.status == Status.PREVIEWED:
        work.after_dry_run(job)
    return job.run


def change_and_finish(work: Work, job: Job) -> ImportRun:
    """Do the changes and record the outcome, which are committed together."""
    job.findings = []
    run = job.finish(work.change(job))
    if run.status == Status.PUBLISHED:
        forget_old_undo()
    return run


@contextlib.contextmanager
def ended_by_errors(job: Job) -> Iterator[None]:
    """Records an error that the work raises as the outcome of its run."""
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
