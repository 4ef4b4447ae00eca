"""The transaction of a run, in which it changes the catalogue and publishes it, or changes nothing at all.

Its isolation level is READ COMMITTED, so that it never fails because users have written something since it began. It
still sees one consistent state of the catalogue, because only imports write it, and only one import runs at a time.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Iterator

from django.db import IntegrityError, OperationalError, connection, transaction

from etlimport import database
from etlimport.database import dialect, lock
from etlimport.errors import Cause, Refused
from etlimport.models import ImportRun

log = logging.getLogger(__name__)

ATTEMPTS = 3
"""How often the transaction is tried if it conflicts with what users have written meanwhile."""

PAUSE = 1.0
"""Seconds between two attempts."""


def in_one_commit(run: ImportRun, work: Callable[[], ImportRun]) -> ImportRun:
    """Do `work` in the transaction and return what it returns.

    If it conflicts with what somebody has written at the same time, the transaction is repeated; the staged rows are
    kept. Raises Refused if a lock could not be taken in any attempt.
    """
    for attempt_no in range(1, ATTEMPTS + 1):
        try:
            with import_transaction():
                return work()
        except (OperationalError, IntegrityError) as error:
            if not lock.is_conflict(error):
                raise
            if attempt_no == ATTEMPTS:
                if lock.is_lock_timeout(error):
                    raise Refused([f"Busy: a lock could not be had: {error}"], Cause.BUSY) from error
                raise
            log.warning("run %s begins anew: %s", run.pk, error, extra={"run": run.pk})
            run.refresh_from_db()  # so that the run reports nothing that was rolled back
            time.sleep(PAUSE)
    raise AssertionError("the last attempt returns or raises")


@contextlib.contextmanager
def import_transaction() -> Iterator[None]:
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and dialect.on_postgresql():
            database.execute(lock.SAFE_COMMIT)
        yield
