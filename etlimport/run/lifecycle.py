"""Records the start and the end of a run in its `ImportRun`, whose row survives any rollback."""

import contextlib
import logging
import os
import socket
import time
from collections.abc import Iterator
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from etlimport import database
from etlimport.database import dialect, lock
from etlimport.models import ImportRun
from etlimport.run.watch import current_progress

log = logging.getLogger(__name__)
Status, Cause = ImportRun.Status, ImportRun.Cause

PATIENCE_WITH_DATABASE = 60
"""Seconds a run waits for a database that has gone away, to record how it ended."""


@transaction.atomic
def start(**fields: Any) -> ImportRun:
    """Record a run that begins. It is on disk when this returns, so that no crash of the database loses its number."""
    if dialect.on_postgresql():
        database.execute(lock.SAFE_COMMIT)
    return ImportRun.objects.create(host=socket.gethostname(), pid=os.getpid(), **fields)


def finish(run: ImportRun, status: str, **fields: Any) -> ImportRun:
    """Record the end of a run: of a published one within its transaction, of all others outside of it."""
    for name, value in {"status": status, "finished_at": timezone.now(), **fields}.items():
        setattr(run, name, value)
    if connection.in_atomic_block:
        run.save()
    else:
        save_through_restart(run)
    return run


def save_through_restart(run: ImportRun) -> None:
    """Save the outcome, even if the database is away and comes back within PATIENCE_WITH_DATABASE seconds."""
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
    """Save the outcome, unless the import's commit succeeded and only the answer to it was lost."""
    kept = ImportRun.objects.select_for_update().get(pk=run.pk)
    if kept.status in (Status.PUBLISHED, Status.UNCHANGED):
        run.refresh_from_db()
    else:
        run.save()


def mark_dead(current: ImportRun | None = None) -> list[ImportRun]:
    """Mark all running runs but the current one as died. To be called only by the holder of the import lock."""
    running = ImportRun.objects.filter(status=Status.RUNNING)
    dead = list(running.exclude(pk=current.pk) if current else running)
    for run in dead:
        step = current_progress(run)[0]
        ended = f"The process was ended from outside; it was last seen in the step “{step or 'start'}”."
        finish(run, Status.DIED, step=step, reasons=[ended])
    return dead


def find_dead() -> list[ImportRun]:
    """Mark the runs whose process has ended as died. Returns them."""
    if not ImportRun.objects.filter(status=Status.RUNNING).exists():
        return []
    with lock.import_lock() as free:
        return mark_dead() if free else []


def running() -> ImportRun | None:
    return ImportRun.objects.filter(status=Status.RUNNING).first()


def start_refused(reason: str, **fields: Any) -> ImportRun:
    """Record a run that did not begin because another one is running. With SQLite that one may prevent the record."""
    run = ImportRun(host=socket.gethostname(), pid=os.getpid(), **fields)
    run.status, run.cause, run.reasons = Status.REFUSED, Cause.BUSY, [reason]
    run.finished_at = timezone.now()
    with contextlib.suppress(OperationalError), busy_timeout(seconds=2), transaction.atomic():
        run.save()
    return run


@contextlib.contextmanager
def busy_timeout(seconds: float) -> Iterator[None]:
    """With SQLite: how long to wait for another process that writes."""
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
