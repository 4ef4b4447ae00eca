"""Writes the progress of a run where others can read it while the run's transaction is open, and reads it there."""

import contextlib
import json
import logging
from threading import Event, Thread
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from etlimport.database import dialect, lock
from etlimport.models import ImportRun, RunProgress

log = logging.getLogger(__name__)

SECONDS_BETWEEN_NOTES = 0.5


Details = dict[str, Any]
"""What is known about the progress within a step: `rows` read so far."""


class Watch:
    """Writes the progress of a run: a new step at once, progress within a step every half second.

    A thread writes it, so that the run does not wait: on PostgreSQL over a connection of its own; with SQLite, which
    allows only one writer, into a file. A run that ends within half a second writes nothing.
    """

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self.latest: tuple[str, Details] | None = None
        self.written: tuple[str, Details] | None = None
        self.has_news = Event()
        self.over = False
        self.own_connection = connection.copy() if dialect.on_postgresql() else None
        self.thread = Thread(target=self.write_notes, name=f"watch of run {run.pk}", daemon=True)

    def __enter__(self) -> "Watch":
        if self.own_connection:
            self.own_connection.inc_thread_sharing()
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over = True
        self.has_news.set()
        self.thread.join()
        if self.own_connection:
            self.own_connection.close()
        else:
            lock.progress_path().unlink(missing_ok=True)

    def note(self, step: str, details: Details) -> None:
        """To be called by the run when it begins a step or makes progress in it."""
        new = step != self.run.step
        self.run.step = step
        self.latest = step, details
        if new and self.written:
            self.has_news.set()

    def write_notes(self) -> None:
        while not self.over:
            self.has_news.wait(SECONDS_BETWEEN_NOTES)
            self.has_news.clear()
            latest = self.latest
            if latest and latest is not self.written and not self.over:
                self.written = latest
                self.write(*latest)

    def write(self, step: str, details: Details) -> None:
        try:
            if self.own_connection:
                self.write_row(self.own_connection, step, details)
            else:
                self.write_file(step, details)
        except Exception:  # no error here must stop the run
            log.warning(
                "run %s: its progress could not be noted", self.run.pk, exc_info=True, extra={"run": self.run.pk}
            )

    def write_row(self, own_connection: BaseDatabaseWrapper, step: str, details: Details) -> None:
        with own_connection.cursor() as cursor:
            # Other connections do not see a run that a test has made in its transaction. Then nothing is written.
            cursor.execute(
                f"""SET synchronous_commit = off;
                    INSERT INTO {RunProgress._meta.db_table} (run_id, step, details, noted_at)
                    SELECT id, %s, %s, %s FROM {ImportRun._meta.db_table} WHERE id = %s
                    ON CONFLICT (run_id) DO UPDATE SET step = excluded.step, details = excluded.details,
                                                       noted_at = excluded.noted_at""",
                [step, json.dumps(details), timezone.now(), self.run.pk],
            )

    def write_file(self, step: str, details: Details) -> None:
        path = lock.progress_path()
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps({"run": self.run.pk, "step": step, "details": details}))
        draft.replace(path)  # so that nobody reads a file that is not complete


def current_progress(run: ImportRun) -> tuple[str, Details]:
    """(step, details) of a running run as it was last written; the last step of a run that has ended."""
    if run.status != ImportRun.Status.RUNNING:
        return run.step, {}
    if dialect.on_postgresql():
        progress = RunProgress.objects.filter(run=run).first()
        return (progress.step, progress.details) if progress else (run.step, {})
    with contextlib.suppress(OSError, ValueError):
        note = json.loads(lock.progress_path().read_text())
        if note["run"] == run.pk:
            return note["step"], note["details"]
    return run.step, {}
