"""What an operator does to the catalogue besides importing: in one commit, audited and published alike."""

from collections.abc import Callable
from dataclasses import dataclass

from etlimport.check.audit import audit
from etlimport.errors import DryRun
from etlimport.health import note_health
from etlimport.models import ImportRun
from etlimport.publish import publish, remember_contexts
from etlimport.repair.contexts import fix_league_contexts
from etlimport.run.patience import with_patience
from etlimport.run.runner import Job, Outcome, Work, conduct
from etlimport.sources import forget_sources

MOST_LINES = 200
"""Repairs kept with a run, a line each."""


def operate(work: Callable[[ImportRun], None], *, reason: str, **fields) -> ImportRun:
    """Do `work` as a run of its own, recorded with these fields, and return that run, whatever came of it.

    `work` is handed the run and raises Refused where it cannot be done. `reason` is what the users whose
    context changes are told.
    """
    return conduct(Operation(work, reason), fields)


@dataclass
class Operation(Work):
    work: Callable[[ImportRun], None]
    reason: str

    def change(self, job: Job) -> Outcome:
        run, step = job.run, job.clock.step
        with step("protect"):
            remember_contexts()
        with step("merge"):
            self.work(run)
            forget_sources()
        with step("repair"):
            fixes = with_patience(lambda: fix_league_contexts(publish=False))
            run.protection = {"repairs": [str(fix) for fix in fixes[:MOST_LINES]]}
        with step("audit"):
            health = audit()
        with step("publish"):
            job.findings += note_health(run, health)
            if run.dry_run:
                raise DryRun
            run.session_version, run.counts["signals"] = with_patience(lambda: publish(self.reason))
        return Outcome(ImportRun.Status.PUBLISHED)
