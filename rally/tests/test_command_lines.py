"""Every command line in the documents runs as it stands there.

Each document gets a checkout of its own as `make run` leaves it, and its lines are run one after the other, as by
somebody who types them in: first the blocks marked `sh`, then what stands in the text, then the lines for cron.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from celery.schedules import crontab

from rally.tests.checkouts import copy_of_project
from rally.tests.documents import DOCUMENTS, Document
from rally.tests.processes import production_environment

STAND_INS = {
    "make": ('make --dry-run "$@"', "would install packages, serve for ever, or run these tests again"),
    "docker": ("true", "needs a Docker daemon; test_containers.py tests the Dockerfile and compose.yaml"),
    "pip": ("true", "would change the packages that the tests run on; CI installs the lock before it tests"),
    "pre-commit": ("true", "need not be installed; test_code_checks.py tests its configuration"),
    "uv": ("true", "would ask PyPI for versions; test_lock.py holds the lock against this line"),
    "gunicorn": ('gunicorn --check-config "$@"', "serves for ever; test_entry_points.py starts it"),
    "celery": ('celery "$@" --help', "works for ever; test_entry_points.py starts worker and beat"),
    "redis-cli": ("true", "would empty the Redis that other tests are using"),
}
"""What runs in place of a program, and why. Whatever is not here is the program itself."""

OF_POSTGRESQL, OF_SQLITE = ("pg_dump", "pg_restore"), ("sqlite3",)
"""What needs a database of its kind does nothing on the other. Documents that call the former run on both."""

PROGRAMS = {*STAND_INS, *OF_POSTGRESQL, *OF_SQLITE, "bash", "git", "python", "python3"}
IS_COMMAND_LINE = re.compile(rf"(\.venv/bin/\S+|{'|'.join(map(re.escape, PROGRAMS))}) \S").match
CRON = re.compile(r"((?:\S+ +){5})(.+)")

pytestmark = pytest.mark.processes


def script_of(document: Document) -> str:
    """All that is to be run, in order."""
    blocks = [content for language, content in document.blocks() if language == "sh"]
    in_the_text = [f"{span}\n" for span in document.spans() if IS_COMMAND_LINE(span)]
    return "".join([*blocks, *in_the_text])


def calls_one_of(document: Document, programs: tuple[str, ...]) -> bool:
    return any(re.search(rf"^{program} ", script_of(document), re.MULTILINE) for program in programs)


CRON_LINES = [
    line
    for document in DOCUMENTS
    for language, content in document.blocks()
    if language == "crontab"
    for line in content.splitlines()
]


@pytest.fixture(scope="module")
def environment_folder(tmp_path_factory) -> Path:
    """Like the environment of the tests, but for the programs that have a stand-in."""
    folder, ours = tmp_path_factory.mktemp("environment"), Path(sys.prefix)
    for name in ("lib", "pyvenv.cfg"):
        (folder / name).symlink_to(ours / name)
    (folder / "bin").mkdir()
    for program in (ours / "bin").iterdir():
        if program.name not in STAND_INS:
            (folder / "bin" / program.name).symlink_to(program)
    for name, (line, _why) in STAND_INS.items():
        write_stand_in(folder / "bin" / name, line)
    return folder


def write_stand_in(path: Path, line: str) -> None:
    path.write_text(f'#!/bin/sh\nPATH="${{PATH#*:}}"\nexec {line}\n')
    path.chmod(0o755)


@pytest.fixture(scope="module")
def as_made(environment_folder, tmp_path_factory) -> Path:
    """A checkout after `make run`."""
    checkout = copy_of_project(tmp_path_factory.mktemp("made") / "rally")
    (checkout / ".venv").symlink_to(environment_folder)
    for line in ("migrate_locked -v0", "run_etl --source sample_data --no-progress", "make_demo_accounts"):
        run_in(checkout, f"DEBUG=1 python manage.py {line}")
    return checkout


@pytest.fixture
def checkout(as_made, tmp_path) -> Path:
    """One for a single document."""
    return shutil.copytree(as_made, tmp_path / "rally", symlinks=True)


def run_in(checkout: Path, script: str, without: tuple[str, ...] = OF_POSTGRESQL, database_url: str = "") -> None:
    """Run the script in the checkout, on its SQLite unless another database is given.

    The programs `without` do nothing. AssertionError, with the line and what it said, where one fails.
    """
    absent = checkout / ".venv-absent"
    absent.mkdir(exist_ok=True)
    for program in without:
        write_stand_in(absent / program, "true")
    environment = production_environment(
        DATABASE_URL=database_url or f"sqlite:///{checkout}/rally.sqlite3", REDIS_URL="", CELERY_BROKER_URL=""
    )
    environment["PATH"] = f"{checkout}/.venv/bin:{absent}:{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", script],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-1500:]}\n{done.stderr[-2500:]}"


@pytest.mark.parametrize("document", list(filter(script_of, DOCUMENTS)), ids=str)
def test_the_lines_of_a_document_run_in_their_order(document, checkout):
    run_in(checkout, script_of(document))


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "document", [document for document in DOCUMENTS if calls_one_of(document, OF_POSTGRESQL)], ids=str
)
def test_those_that_call_programs_of_postgresql_run_there(document, environment_folder, empty_database, tmp_path):
    checkout = copy_of_project(tmp_path / "rally")
    (checkout / ".venv").symlink_to(environment_folder)
    run_in(checkout, script_of(document), OF_SQLITE, empty_database)


@pytest.mark.parametrize("line", CRON_LINES)
def test_a_line_for_cron_is_one_and_its_command_runs(line, checkout):
    schedule, command = CRON.fullmatch(line).groups()
    crontab(*schedule.split())
    # On a server the checkout and the snapshots have places of their own.
    here = command.replace("/srv/rally", str(checkout)).replace("/srv/snapshots", f"{checkout}/sample_data")
    assert here.startswith(f"cd {checkout} && ")
    run_in(checkout, here)
