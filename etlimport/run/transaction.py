"""The one transaction of a run: everything that touches the catalogue is in it, and ends in one commit or in none.

It is of the level READ COMMITTED: what users write while it is open can then never make it fail for having happened
after it began. Only imports write the catalogue, and only one is at work at a time, so of the catalogue it sees one
state all the same.
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
"""How often a run begins anew when what somebody did meanwhile and what it does cannot both be."""

PAUSE = 1.0
"""Seconds before it does."""


def in_one_commit(run: ImportRun, work: Callable[[], ImportRun]) -> ImportRun:
    """Do `work` in the transaction and return what it returns.

    A conflict with what somebody wrote at the same moment begins the transaction anew; staged rows stay. Raises Refused
    where somebody holds a lock for too long each time.
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
            run.refresh_from_db()  # nothing of what was rolled back is told
            time.sleep(PAUSE)
    raise AssertionError("the last attempt returns or raises")


@contextlib.contextmanager
def import_transaction() -> Iterator[None]:
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and dialect.on_postgresql():
            database.execute(lock.SAFE_COMMIT)
        yield
