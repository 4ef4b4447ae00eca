"""Starting what takes long, from a page: by a worker where there is a broker, else in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

from celery import Task
from django.conf import settings
from kombu.exceptions import OperationalError

from etlimport.read import SourceUnreadable
from etlimport.read.files import find_files

TAKEN_UP_WITHIN = 900
"""Seconds after which a job nobody took up is dropped: whoever asked for it is no longer watching."""

MOST_SOURCES = 200
"""Folders offered on the page."""


class SourceNotAllowed(Exception):
    """The folder is neither IMPORT_SOURCE nor one of IMPORT_ROOTS, nor below them."""


class CannotLaunch(Exception):
    """The job was not started; the message says why and what to do."""


def launch(task: Task, **arguments) -> None:
    """Start a task and return at once. Raises CannotLaunch when the broker does not answer."""
    if settings.CELERY_TASK_ALWAYS_EAGER:
        launch_process(task, arguments)
        return
    try:
        task.apply_async(kwargs=arguments, expires=TAKEN_UP_WITHIN, retry=False)
    except (OperationalError, OSError) as error:
        raise CannotLaunch(f"The broker does not answer ({error}); try again when it does.") from error


def launch_process(task: Task, arguments: dict) -> None:
    """A process that outlives this one and the browser that asked for it."""
    settings.VAR_DIR.mkdir(exist_ok=True)
    name = task.name.rpartition(".")[2]
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_task", name, json.dumps(arguments)]
    with (settings.VAR_DIR / "jobs.log").open("ab") as output:
        subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def source_roots() -> list[Path]:
    """The folders a page may import, or import from below: what the environment names, nothing else."""
    named = [settings.IMPORT_SOURCE, *settings.IMPORT_ROOTS]
    return list(dict.fromkeys(Path(folder).resolve() for folder in named if folder))


def is_allowed(source: str | Path) -> bool:
    # Resolved, so that neither `..` nor a link leads out of the folder.
    resolved = Path(source).resolve()
    return any(resolved.is_relative_to(root) for root in source_roots())


def require_allowed(source: str) -> None:
    if not is_allowed(source):
        raise SourceNotAllowed(f"{source} is not below IMPORT_SOURCE or IMPORT_ROOTS: import it with run_etl.")


def sources() -> list[str]:
    """The snapshots a page offers: the roots that are one, and the folders right below IMPORT_ROOTS that are."""
    below = [folder for root in settings.IMPORT_ROOTS for folder in subfolders(Path(root).resolve())]
    candidates = dict.fromkeys([*source_roots(), *below])
    return [str(folder) for folder in candidates if is_allowed(folder) and holds_files(folder)][:MOST_SOURCES]


def subfolders(root: Path) -> list[Path]:
    try:
        return sorted((path for path in root.iterdir() if path.is_dir()), reverse=True)
    except OSError:
        return []


def holds_files(folder: Path) -> bool:
    try:
        return bool(find_files(folder))
    except SourceUnreadable:
        return False
