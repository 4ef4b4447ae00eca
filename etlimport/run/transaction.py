"""The one transaction of a run: everything that touches the catalogue is in it, and ends in one commit or in none."""

import contextlib
import logging
from collections.abc import Callable, Iterator

from django.db import IntegrityError, OperationalError, connection, transaction

from etlimport import database
from etlimport.database import dialect, lock
from etlimport.models import ImportRun
from etlimport.protect import backup

log = logging.getLogger(__name__)

ATTEMPTS = 3
"""How often a run begins anew when what somebody did meanwhile and what it does cannot both be."""


def in_one_commit(run: ImportRun, work: Callable[[], ImportRun], *, lock_users: bool) -> ImportRun:
    """Do `work` in the transaction and return what it returns.

    A conflict with what somebody wrote at the same moment begins the transaction anew; staged rows stay.
    `lock_users`: nobody writes what users own meanwhile.
    """
    for attempt_no in range(1, ATTEMPTS + 1):
        try:
            with import_transaction(lock_users=lock_users):
                return work()
        except (OperationalError, IntegrityError) as error:
            if attempt_no == ATTEMPTS or not lock.is_conflict(error):
                raise
            log.warning("run %s begins anew: %s", run.pk, error, extra={"run": run.pk})
            run.refresh_from_db()  # nothing of what was rolled back is told
    raise AssertionError("the last attempt returns or raises")


@contextlib.contextmanager
def import_transaction(*, lock_users: bool) -> Iterator[None]:
    """Sees the database as of one moment: what users write meanwhile can neither help nor hurt the proof."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and dialect.on_postgresql():
            database.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            database.execute(lock.SAFE_COMMIT)
            if lock_users:
                backup.lock_user_tables()
        yield
