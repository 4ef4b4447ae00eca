"""What an operator does to the catalogue besides importing: locked, in one commit, audited and published alike."""

import logging
from collections.abc import Callable
from functools import partial

from etlimport import dialect, runs
from etlimport.audit import audit
from etlimport.errors import AuditFailed, DryRun, Refused
from etlimport.models import ImportRun
from etlimport.pipeline import MOST_LINES, busy, in_one_commit, note_health
from etlimport.progress import Clock, Silent
from etlimport.publish import publish, remember_contexts
from etlimport.repair.contexts import fix_league_contexts
from etlimport.sources import forget_sources
from etlimport.undo_log import forget_old_undo

log = logging.getLogger(__name__)
Status = ImportRun.Status


def operate(work: Callable[[ImportRun], None], *, reason: str, **fields) -> ImportRun:
    """Do `work` as a run of its own, given as `fields`, and return that run, whatever came of it.

    `work` is handed the run and raises Refused where it cannot be done. `reason` is what the users whose
    context changes are told.
    """
    with dialect.import_lock() as free:
        if not free:
            return runs.start_refused(busy(), **fields)
        run = runs.start(**fields)
        runs.bury_dead(run)
        with runs.Watch(run) as watch:
            clock = Clock(Silent(), watch)
            return attempt(run, clock, partial(change, run, clock, work, reason))


def attempt(run: ImportRun, clock: Clock, in_transaction: Callable[[], None]) -> ImportRun:
    try:
        in_one_commit(run, in_transaction, lock_users=True)
    except DryRun:
        return runs.finish(run, Status.PREVIEWED, timings=clock.seconds)
    except Refused as error:
        return runs.finish(run, Status.REFUSED, error=str(error), timings=clock.seconds)
    except AuditFailed as error:
        return runs.finish(run, Status.FAILED, error=f"Rolled back: {error}", timings=clock.seconds)
    except Exception as error:
        log.exception("run %s failed in the step %s", run.pk, clock.current, extra={"run": run.pk})
        explained = f"Rolled back: {type(error).__name__} in the step “{clock.current}”: {error}"
        return runs.finish(run, Status.FAILED, error=explained, timings=clock.seconds)
    return run


def change(run: ImportRun, clock: Clock, work: Callable[[ImportRun], None], reason: str) -> None:
    with clock.step("protect"):
        remember_contexts()
    with clock.step("merge"):
        work(run)
        forget_sources()
    with clock.step("repair"):
        run.protection = {"repairs": [str(fix) for fix in fix_league_contexts(publish=False)[:MOST_LINES]]}
    with clock.step("audit"):
        health = audit()
    with clock.step("publish"):
        run.warnings = note_health(run, health)
        if run.dry_run:
            raise DryRun
        run.session_version, run.counts["signals"] = publish(reason)
        runs.finish(run, Status.PUBLISHED, timings=clock.seconds)
        forget_old_undo()
