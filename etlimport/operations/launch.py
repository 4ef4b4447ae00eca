"""Starts long tasks from a page: in a worker if there is a broker, else in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from celery import Task
from django.conf import settings
from kombu.exceptions import OperationalError

from etlimport.read import SourceUnreadable
from etlimport.read.files import find_files
from etlimport.sources import source_roots

EXPIRES_AFTER = 900
"""Seconds after which a task that no worker has started is dropped, as nobody is waiting for it any more."""

MAX_SOURCES = 200
"""How many folders the page offers."""


class SourceNotAllowed(Exception):
    """The folder is neither IMPORT_SOURCE nor one of IMPORT_ROOTS, nor below them."""


class CannotLaunch(Exception):
    """The job was not started; the message says why and what to do."""


def launch(task: Task[..., Any], **arguments: Any) -> None:
    """Start a task and return without waiting for it. Raises CannotLaunch if the broker does not answer."""
    if settings.CELERY_TASK_ALWAYS_EAGER:
        launch_process(task, arguments)
        return
    try:
        task.apply_async(kwargs=arguments, expires=EXPIRES_AFTER, retry=False)
    except (OperationalError, OSError) as error:
        raise CannotLaunch(f"The broker does not answer ({error}); try again when it does.") from error


def launch_process(task: Task[..., Any], arguments: dict[str, Any]) -> None:
    """Start the task in a process that keeps running when this one ends."""
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


def is_allowed(source: str | Path) -> bool:
    # The path is resolved, so that neither `..` nor a symbolic link leads out of the allowed folders.
    resolved = Path(source).resolve()
    return any(resolved.is_relative_to(root) for root in source_roots())


def require_allowed(source: str) -> None:
    if not is_allowed(source):
        raise SourceNotAllowed(f"{source} is not below IMPORT_SOURCE or IMPORT_ROOTS: import it with run_etl.")


def sources() -> list[str]:
    """The sources a page offers: allowed folders, and folders directly inside IMPORT_ROOTS, that hold files."""
    below = [folder for root in settings.IMPORT_ROOTS for folder in subfolders(Path(root).resolve())]
    candidates = dict.fromkeys([*source_roots(), *below])
    return [str(folder) for folder in candidates if is_allowed(folder) and holds_files(folder)][:MAX_SOURCES]


def subfolders(root: Path) -> list[Path]:
    try:
        return sorted((path for path in root.iterdir() if path.is_dir()), reverse=True)
    except OSError:
        return []


def holds_files(folder: Path) -> bool:
    try:
        return bool(find_files(folder, source_roots()))
    except SourceUnreadable:
        return False
