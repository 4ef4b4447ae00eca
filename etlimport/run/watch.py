"""Letting others see a run move while its transaction is open."""

import contextlib
import json
import logging
from threading import Event, Thread

from django.db import connection
from django.utils import timezone

from etlimport.database import dialect, lock
from etlimport.models import ImportRun, RunProgress

log = logging.getLogger(__name__)

SECONDS_BETWEEN_NOTES = 0.5


class Watch:
    """Lets others see a run move while its transaction is open: each new step at once, progress in it now and then.

    By a thread of its own, so that the run waits for none of it: on PostgreSQL through a connection of its own;
    SQLite has one writer, so there by a file. A run that is over in a moment costs nothing.
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
        else:
            lock.progress_path().unlink(missing_ok=True)

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
        path = lock.progress_path()
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps({"run": self.run.pk, "step": step, "details": details}))
        draft.replace(path)  # so that a reader sees the whole of a note


def live(run: ImportRun) -> tuple[str, dict]:
    """(step, details) of a run as of now; of one that is over its last step."""
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
