"""Undoing a published run: the catalogue as it was before it, row for row; what users did since stays."""

from functools import partial

from etlimport import database
from etlimport.journal.identity_changes import rekey_questions
from etlimport.journal.undo_log import LOGS
from etlimport.models import AmbiguousIdentity, ImportRun, ReKey
from etlimport.operation import operate
from etlimport.undo import owned, reasons
from etlimport.undo.addresses import remember_restored_keys
from etlimport.undo.working import Working, gone
from leagues.models import Player, Team

__all__ = ["undo_run"]


def undo_run(run: ImportRun, started_by=None, dry_run: bool = False) -> ImportRun:
    """Undo `run`; the new run of mode undo that did it, or that was refused or failed and says why.

    `run` becomes undone, as the database and the object handed in say. A dry run changes nothing.
    """
    undo = operate(
        partial(take_back, run.pk),
        reason="run undone",
        mode=ImportRun.Mode.UNDO,
        source=f"run {run.pk}",
        dry_run=dry_run,
        started_by=started_by,
    )
    run.refresh_from_db()
    return undo


def take_back(run_id: int, undo: ImportRun) -> None:
    """Undo the run within the transaction of `undo`. Raises Refused with every reason against it."""
    run = ImportRun.objects.get(pk=run_id)
    reasons.refuse_unless_undoable(run)
    working = Working(run)
    working.create()
    of_users = owned.take_back(working)
    reasons.refuse_if_touched_later(working)
    reasons.refuse_if_held(working)
    remember_restored_keys(working)
    undo.counts["undone"] = {"users": of_users, "catalogue": working.restore()}
    reopen_questions(run)
    for log in LOGS:
        log.objects.filter(run=run).delete()
    ImportRun.objects.filter(pk=run.pk).update(status=ImportRun.Status.UNDONE, undone_by=undo)


def reopen_questions(run: ImportRun) -> None:
    """Questions about rows that went go too, those the run answered are open again, and others follow their rows."""
    settled = AmbiguousIdentity.objects.filter(pk__in=run.counts.get("settled", []))
    settled.update(status=AmbiguousIdentity.Status.OPEN, decided_by=None, decided_at=None)
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
