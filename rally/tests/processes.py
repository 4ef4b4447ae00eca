"""Servers and commands run as real processes, as production starts them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def production_environment(**variables: str) -> dict[str, str]:
    """The environment of a configured production server, with these variables on top."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("DEBUG", "PROMETHEUS_MULTIPROC_DIR")}
    own_bin = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    return inherited | own_bin | {"SECRET_KEY": "only-for-tests-" + "k9Zq3" * 10} | variables


def run(command: list[str], environment: dict[str, str], timeout: float = 120) -> subprocess.CompletedProcess:
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=timeout, check=False
    )


@contextmanager
def running(command: list[str], environment: dict[str, str], log: Path):
    """The process while the block runs; afterwards it and its children are gone. `log` takes its output."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
    finally:
        stop(process)


def stop(process: subprocess.Popen) -> None:
    for sign, seconds in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
        try:
            os.killpg(process.pid, sign)
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            pass
        return


def wait_until(holds: Callable[[], bool], seconds: float = 30, pause: float = 0.1) -> None:
    """Returns as soon as `holds()` is true; AssertionError when it is not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"{holds} did not hold within {seconds} s"
        time.sleep(pause)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
