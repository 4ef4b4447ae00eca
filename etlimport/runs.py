"""The life of an `ImportRun`: started, watched while it moves, ended. Its row survives any rollback."""

import contextlib
import json
import logging
import os
import socket
import time
from threading import Event, Thread

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from etlimport import db, dialect
from etlimport.models import ImportRun, RunProgress

log = logging.getLogger(__name__)
Status = ImportRun.Status

SECONDS_BETWEEN_NOTES = 0.5
PATIENCE_WITH_DATABASE = 60
"""Seconds a run waits for its database to come back, to write down how it ended."""


@transaction.atomic
def start(**fields) -> ImportRun:
    """On disk when it returns: a crash of the database must not forget who is at work, nor give the number again."""
    if dialect.on_postgresql():
        db.execute(dialect.SAFE_COMMIT)
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
        finish(run, Status.DIED, step=step, error=ended)
    return dead


def find_dead() -> list[ImportRun]:
    """Mark runs as died whose process is gone; runs that live are left alone."""
    if not ImportRun.objects.filter(status=Status.RUNNING).exists():
        return []
    with dialect.import_lock() as free:
        return bury_dead() if free else []


def running() -> ImportRun | None:
    return ImportRun.objects.filter(status=Status.RUNNING).first()


class Watch:
    """Lets others see a run move while its transaction is open: each new step at once, progress in it now and then.

    By a thread of its own, so that the run waits for none of it: on PostgreSQL through a connection of its own;
    SQLite has one writer, so there by the lock's file. A run that is over in a moment costs nothing.
    """

    def __init__(self, run: ImportRun):
        self.run = run
        self.latest: tuple[str, dict] | None = None
        self.told: tuple[str, dict] | None = None
        self.news = Event()
        self.over = False
        self.own = connection.copy() if dialect.on_postgresql() else None
        self.thread = Thread(target=self.write_notes, name=f"watch of run {run.pk}", daemon=True)

    def __enter__(self):
        if self.own:
            self.own.inc_thread_sharing()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over = True
        self.news.set()
        self.thread.join()
        if self.own:
            self.own.close()
        elif dialect.lock_path().exists():
            dialect.lock_path().write_text("")

    def note(self, step: str, details: dict) -> None:
        """What the run does now: a step that is new is told at once, what is new in it within half a second."""
        new = step != self.run.step
        self.run.step = step
        self.latest = step, details
        if new and self.told:
            self.news.set()

    def write_notes(self) -> None:
        while not self.over:
            self.news.wait(SECONDS_BETWEEN_NOTES)
            self.news.clear()
            if self.latest is not self.told and not self.over:
                self.told = self.latest
                self.write(*self.told)

    def write(self, step: str, details: dict) -> None:
        try:
            self.write_row(step, details) if self.own else self.write_file(step, details)
        except Exception:  # whatever it is, the run goes on
            log.warning(
                "run %s: its progress could not be noted", self.run.pk, exc_info=True, extra={"run": self.run.pk}
            )

    def write_row(self, step: str, details: dict) -> None:
        with self.own.cursor() as cursor:
            # A run inside a test's transaction is not there for other connections: then nothing is noted.
            cursor.execute(
                f"""SET synchronous_commit = off;
                    INSERT INTO {RunProgress._meta.db_table} (run_id, step, details, noted_at)
                    SELECT id, %s, %s, %s FROM {ImportRun._meta.db_table} WHERE id = %s
                    ON CONFLICT (run_id) DO UPDATE SET step = excluded.step, details = excluded.details,
                                                       noted_at = excluded.noted_at""",
                [step, json.dumps(details), timezone.now(), self.run.pk],
            )

    def write_file(self, step: str, details: dict) -> None:
        dialect.lock_path().write_text(json.dumps({"run": self.run.pk, "step": step, "details": details}))


def live(run: ImportRun) -> tuple[str, dict]:
    """(step, details) of a run as of now; of one that is over its last step."""
    if run.status != Status.RUNNING:
        return run.step, {}
    if dialect.on_postgresql():
        progress = RunProgress.objects.filter(run=run).first()
        return (progress.step, progress.details) if progress else (run.step, {})
    with contextlib.suppress(OSError, ValueError):
        note = json.loads(dialect.lock_path().read_text())
        if note["run"] == run.pk:
            return note["step"], note["details"]
    return run.step, {}


def start_refused(reason: str, **fields) -> ImportRun:
    """The record of a run that found another one at work. On SQLite that one may not let us write it."""
    run = ImportRun(host=socket.gethostname(), pid=os.getpid(), **fields)
    run.status, run.error, run.finished_at = Status.REFUSED, reason, timezone.now()
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
