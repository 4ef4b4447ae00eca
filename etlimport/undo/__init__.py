"""Undoing a published run: the catalogue as it was before it, row for row; what users did since stays."""

from dataclasses import dataclass

from etlimport import database
from etlimport.journal.identity_changes import rekey_questions
from etlimport.journal.undo_log import LOGS
from etlimport.models import Alias, AmbiguousIdentity, ImportRun, ReKey
from etlimport.operator_change import OperatorChange
from etlimport.run.runner import conduct
from etlimport.undo import owned, reasons
from etlimport.undo.undo_tables import UndoTables, gone
from leagues.models import Player, Team, User

__all__ = ["undo_run"]


def undo_run(run: ImportRun, started_by: User | None = None, dry_run: bool = False) -> ImportRun:
    """Undo `run`; the new run of mode undo that did it, or that was refused or failed and says why.

    `run` becomes undone, as the database and the object handed in say. A dry run changes nothing.
    """
    undo = conduct(
        Undo(run.pk),
        {
            "mode": ImportRun.Mode.UNDO,
            "source": f"run {run.pk}",
            "dry_run": dry_run,
            "started_by": started_by,
        },
    )
    run.refresh_from_db()
    return undo


@dataclass
class Undo(OperatorChange):
    """Takes back the run of that number."""

    run_id: int
    reason = "run undone"

    def prepare_change(self, run: ImportRun) -> None:
        self.undone = ImportRun.objects.get(pk=self.run_id)
        reasons.refuse_unless_undoable(self.undone)
        self.tables = UndoTables(self.undone)
        reasons.refuse_if_noted_without(self.tables)
        self.tables.create()
        reasons.refuse_if_touched_later(self.tables, self.tables.of_catalogue)
        self.tables.restore_unreferenced()
        reopen_questions(self.undone)

    def complete_change(self, run: ImportRun) -> None:
        of_users = owned.take_back(self.tables)
        reasons.refuse_if_touched_later(self.tables, self.tables.of_users)
        reasons.refuse_if_held(self.tables)
        self.tables.restore_referenced()
        run.counts["undone"] = {"users": of_users, "catalogue": self.tables.counts}
        for log in LOGS:
            log.objects.filter(run=self.undone).delete()
        ImportRun.objects.filter(pk=self.run_id).update(status=ImportRun.Status.UNDONE, undone_by=run)


def reopen_questions(run: ImportRun) -> None:
    """Questions about rows that went go too, those the run answered are open again, and others follow their rows.

    The aliases that the answers made go with them.
    """
    settled = AmbiguousIdentity.objects.filter(pk__in=run.counts.get("settled", []))
    settled.update(status=AmbiguousIdentity.Status.OPEN, decided_by=None, decided_at=None)
    Alias.objects.filter(pk__in=run.counts.get("aliases", [])).delete()
    for model in (Team, Player):
        rekey_questions(
            model,
            f"""SELECT new_id AS old_id, old_id AS new_id FROM {ReKey._meta.db_table}
                WHERE run_id = {run.pk} AND table_name = '{model._meta.db_table}'""",
        )
        database.execute(
            f"""DELETE FROM {AmbiguousIdentity._meta.db_table}
                WHERE run_id = %s AND kind = %s AND new_id IN (SELECT id FROM {gone(model)})""",
            [run.pk, model._meta.model_name],
        )
