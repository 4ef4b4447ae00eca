"""The one migrated database of a run: the databases of its workers and of sites are copies of it."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from rally.tests.sites import execute

MEMORY = "file:tests?mode=memory&cache=shared"
"""SQLite's name for a database in memory: one for all connections of a process, gone with the last of them."""


def template_of_run(folder: Path) -> str:
    """The name of the template, which on SQLite is its path. `folder` is the same for all workers of a run.

    Whoever comes first makes it; the others wait for that.
    """
    note = folder / "template"
    with (folder / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not note.exists():
            note.write_text(make_template(folder))
    return note.read_text()


def make_template(folder: Path) -> str:
    """A new database with every migration applied; its name."""
    database = connection.settings_dict
    kept = database["NAME"], database["TEST"]["NAME"]
    on_sqlite = connection.vendor == "sqlite"
    database["TEST"]["NAME"] = str(folder / "template.sqlite3") if on_sqlite else f"test_{kept[0]}_template"
    try:
        return connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        connection.close()
        database["NAME"], database["TEST"]["NAME"] = kept


def drop_template(folder: Path) -> None:
    """At the end of the run that may have made it; a file goes with its folder."""
    note = folder / "template"
    if connection.vendor != "sqlite" and note.exists():
        execute(os.environ["DATABASE_URL"], f'DROP DATABASE IF EXISTS "{note.read_text()}"')


@contextmanager
def tests_begin_with(template: str) -> Iterator[None]:
    """Within the block Django makes the tests' database from the template, and finds nothing to migrate."""
    test = connection.settings_dict["TEST"]
    if connection.vendor != "sqlite":
        test["TEMPLATE"] = template
        yield
        return
    test["NAME"] = MEMORY
    with closing(sqlite3.connect(MEMORY, uri=True)) as memory:
        copy_sqlite(template, memory)
        yield


def copy_sqlite(template: str, target: sqlite3.Connection) -> None:
    with closing(sqlite3.connect(template)) as source:
        source.backup(target)
