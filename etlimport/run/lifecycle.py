"""The life of an `ImportRun`: started, watched while it moves, ended. Its row survives any rollback."""

import contextlib
import logging
import os
import socket
import time

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from etlimport import database
from etlimport.database import dialect, lock
from etlimport.models import ImportRun
from etlimport.run.watch import live

log = logging.getLogger(__name__)
Status, Cause = ImportRun.Status, ImportRun.Cause

PATIENCE_WITH_DATABASE = 60
"""Seconds a run waits for its database to come back, to write down how it ended."""


@transaction.atomic
def start(**fields) -> ImportRun:
    """On disk when it returns: a crash of the database must not forget who is at work, nor give the number again."""
    if dialect.on_postgresql():
        database.execute(lock.SAFE_COMMIT)
    return ImportRun.objects.create(host=socket.gethostname(), pid=os.getpid(), **fields)


def finish(run: ImportRun, status: str, **fields) -> ImportRun:
    """End a run; called outside the import's transaction for every outcome but a published one."""
    for name, value in {"status": status, "finished_at": timezone.now(), **fields}.items():
        setattr(run, name, value)
    if connection.in_atomic_block:
        run.save()
    else:
        save_through_restart(run)
    return run


def save_through_restart(run: ImportRun) -> None:
    """Save the outcome even when the database went away in the middle: it may be back in a moment."""
    deadline = time.monotonic() + PATIENCE_WITH_DATABASE
    while True:
        try:
            return save_unless_committed(run)
        except (OperationalError, InterfaceError):
            if time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(1)


@transaction.atomic
def save_unless_committed(run: ImportRun) -> None:
    """Save the outcome, but where the import's commit went through and only its answer was lost, that one stands."""
    kept = ImportRun.objects.select_for_update().get(pk=run.pk)
    if kept.status in (Status.PUBLISHED, Status.UNCHANGED):
        run.refresh_from_db()
    else:
        run.save()


def bury_dead(current: ImportRun | None = None) -> list[ImportRun]:
    """Mark the runs that were cut off as died. Only to be called by who holds the import's lock."""
    dead = list(ImportRun.objects.filter(status=Status.RUNNING).exclude(pk=current and current.pk))
    for run in dead:
        step = live(run)[0]
        ended = f"The process was ended from outside; it was last seen in the step “{step or 'start'}”."
        finish(run, Status.DIED, step=step, reasons=[ended])
    return dead


def find_dead() -> list[ImportRun]:
    """Mark runs as died whose process is gone; runs that live are left alone."""
    if not ImportRun.objects.filter(status=Status.RUNNING).exists():
        return []
    with lock.import_lock() as free:
        return bury_dead() if free else []


def running() -> ImportRun | None:
    return ImportRun.objects.filter(status=Status.RUNNING).first()


def start_refused(reason: str, **fields) -> ImportRun:
    """The record of a run that found another one at work. On SQLite that one may not let us write it."""
    run = ImportRun(host=socket.gethostname(), pid=os.getpid(), **fields)
    run.status, run.cause, run.reasons = Status.REFUSED, Cause.BUSY, [reason]
    run.finished_at = timezone.now()
    with contextlib.suppress(OperationalError), patience(seconds=2), transaction.atomic():
        run.save()
    return run


@contextlib.contextmanager
def patience(seconds: float):
    """How long to wait for SQLite's writer."""
    if dialect.on_postgresql():
        yield
        return
    with connection.cursor() as cursor:
        usual = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
