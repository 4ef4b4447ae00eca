"""A PostgreSQL of our own, from the server programs of this machine, to restart as we like."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rally.tests.machine import POSTGRESQL_USER, folder_in_memory
from rally.tests.processes import free_port
from rally.tests.sites import execute

OWNER = "rally"


class Cluster:
    def __init__(self, programs: Path, folder: Path):
        self.programs, self.folder, self.port = programs, folder, free_port()
        self.url = f"postgres://{OWNER}@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        self.call("initdb", "--auth=trust", f"--username={OWNER}", "--encoding=UTF8", "--no-locale", "--no-sync")
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "fsync": "off",  # we end its processes, not its machine
            "wal_writer_delay": "10s",  # what is not committed safely is lost in a crash
        }
        with (self.folder / "data" / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())

    def start(self) -> None:
        self.control("start")

    def stop(self) -> None:
        self.control("stop", "--mode=immediate")

    def restart(self, mode: str) -> None:
        """`fast` ends every connection and shuts down in order; `immediate` is a crash, recovered from at the start."""
        self.control("restart", f"--mode={mode}")

    def set(self, name: str, value: str | None) -> None:
        """For processes that come; None: as it was."""
        execute(self.url, f"ALTER SYSTEM RESET {name}" if value is None else f"ALTER SYSTEM SET {name} = '{value}'")

    def control(self, action: str, *options: str) -> None:
        """Returns when it is done: the server answers, or is gone."""
        self.call("pg_ctl", action, "--wait", "--silent", f"--log={self.folder / 'log'}", *options)

    def call(self, program: str, *arguments: str) -> None:
        """PostgreSQL refuses to run as root: then its own user does it."""
        rights = {"user": POSTGRESQL_USER, "group": POSTGRESQL_USER, "extra_groups": []} if os.geteuid() == 0 else {}
        command = [self.programs / program, "--pgdata", self.folder / "data", *arguments]
        subprocess.run(command, cwd=self.folder, stdout=subprocess.DEVNULL, check=True, **rights)


@contextmanager
def own_postgresql(programs: Path) -> Iterator[Cluster]:
    # Not in pytest's folder: where root runs the tests, nobody else may enter that one.
    with tempfile.TemporaryDirectory(prefix="rally-postgresql-", dir=folder_in_memory()) as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, POSTGRESQL_USER, POSTGRESQL_USER)
        cluster = Cluster(programs, Path(folder))
        cluster.create()
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
