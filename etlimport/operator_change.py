"""What an operator does to the catalogue besides importing: in one commit, audited and published alike."""

from abc import ABC, abstractmethod

from etlimport.check.audit import audit_quickly
from etlimport.errors import DryRun
from etlimport.health import note_health
from etlimport.models import ImportRun
from etlimport.protect.backup import lock_user_tables
from etlimport.publish import publish, remember_contexts
from etlimport.repair.contexts import fix_league_contexts
from etlimport.run.patience import with_patience
from etlimport.run.runner import Job, Outcome, Work
from etlimport.sources import forget_sources

MOST_LINES = 200
"""Repairs kept with a run, a line each."""


class OperatorChange(Work, ABC):
    """A change by an operator. `reason` is what the users whose context changes are told."""

    reason: str

    def prepare_change(self, run: ImportRun) -> None:
        """All that touches nothing which users write or refer to. Raises Refused where it cannot be done."""

    @abstractmethod
    def complete_change(self, run: ImportRun) -> None:
        """The rest, which is to be short: until the commit users cannot write. Raises Refused as well."""

    def change(self, job: Job) -> Outcome:
        run, step = job.run, job.clock.step
        with step("merge"):
            self.prepare_change(run)
            forget_sources()
        with step("restore"):
            with_patience(lock_user_tables)
            remember_contexts()
            self.complete_change(run)
        with step("repair"):
            fixes = fix_league_contexts(publish=False)
            run.protection = {"repairs": [str(fix) for fix in fixes[:MOST_LINES]]}
        with step("audit"):
            health = audit_quickly()
        with step("publish"):
            job.findings += note_health(run, health)
            if run.dry_run:
                raise DryRun
            run.session_version, run.counts["signals"] = publish(self.reason)
        return Outcome(ImportRun.Status.PUBLISHED)
