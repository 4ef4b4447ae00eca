"""All that `make test`, `make test-quick` and `make test-thorough` do.

    python scripts/test.py [--tier quick|ordinary|thorough] [PYTEST ARGUMENT ...]

ordinary   lint, checks, then the tests on SQLite without Redis; then, on PostgreSQL with Redis, those tests
           that reach a database or Redis
quick      lint, then on SQLite the tests that start no program, with few random examples
thorough   the lines that the ordinary tests reach, against the floor in pyproject.toml; then on both what takes
           long: thousands of random examples, large sizes

PostgreSQL and Redis are looked for at DATABASE_URL and REDIS_URL, else on the standard ports of this machine. Without a
DATABASE_URL the tests take a PostgreSQL of their own that keeps its data in memory, where its programs are installed.
The last line says what ran. Exit code 0: all passed, 1: something failed. Under CI=true whatever is not found
is a failure. As many tests run at once as there are cores; `-n0` among the arguments runs one after the other.
"""

import argparse
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import psycopg2
import redis

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rally.tests.clusters import own_postgresql  # noqa: E402
from rally.tests.machine import find_browser, find_postgresql_programs, folder_in_memory  # noqa: E402

PYTHON = sys.executable
LINT = [
    [PYTHON, "-m", "ruff", "check", "--output-format=concise"],
    [PYTHON, "-m", "ruff", "format", "--check"],
]
CHECKS = {
    "quick": LINT,
    "ordinary": [
        *LINT,
        [PYTHON, str(Path(PYTHON).with_name("lint-imports")), "--no-logo"],
        [PYTHON, "-m", "mypy"],
        [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
        [PYTHON, "manage.py", "check"],
    ],
    "thorough": [],
}
"""What comes before the tests of a tier."""
EMBEDDED = {"DATABASE_URL": None, "REDIS_URL": None, "CELERY_BROKER_URL": None}
NOTHING_RAN = 5
"""The exit code of pytest if no test was selected."""
FAST_COVERAGE = {"COVERAGE_CORE": "sysmon"} if sys.version_info >= (3, 12) else {}


def main(arguments: list[str]) -> int:
    tier, chosen = parse(arguments)
    with ExitStack() as started:
        servers, missing = ({}, []) if tier == "quick" else find_servers(started)
        failed = run(tier, chosen, servers)
    print(closing_line(["SQLite", *servers], missing))
    if failed:
        print(f"Failed: {'; '.join(failed)}.")
    return 1 if failed or (missing and in_ci()) else 0


def run(tier: str, chosen: list[str], servers: dict[str, dict[str, str]]) -> list[str]:
    """Make the checks and run the tests of a tier. Returns what failed."""
    failed = [" ".join(command[1:]) for command in CHECKS[tier] if code_of(command, EMBEDDED)]
    if tier == "thorough" and not chosen:
        print("Lines that the tests reach on SQLite:", flush=True)
        if code_of(pytest("ordinary", "--cov", "--cov-report=term"), EMBEDDED | FAST_COVERAGE):
            failed.append("tests on SQLite, or too few lines reached")
    print("Tests on SQLite:", flush=True)
    if code_of(pytest(tier, *chosen), EMBEDDED):
        failed.append("tests on SQLite")
    for name, variables in servers.items():
        print(f"Tests on {name}:", flush=True)
        code = code_of(pytest(tier, "--database-only", *chosen), variables)
        if code and not (chosen and code == NOTHING_RAN):
            failed.append(f"tests on {name}")
    return failed


def parse(arguments: list[str]) -> tuple[str, list[str]]:
    """The tier, and the arguments for pytest that choose among its tests."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--tier", choices=list(CHECKS), default="ordinary")
    options, chosen = parser.parse_known_args(arguments)
    return options.tier, chosen


def pytest(tier: str, *arguments: str) -> list[str]:
    """One worker a core; a module that starts programs stays on one of them."""
    at_once = ["-n", "auto", "--maxprocesses", "8", "--dist", "loadgroup"]
    return [PYTHON, "-m", "pytest", *at_once, "--tier", tier, *arguments]


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def code_of(command: list[str], variables: dict[str, str | None]) -> int:
    """Run it at the root of the project with these variables set, or unset where None; its exit code."""
    merged = {**os.environ, **variables}
    environment = {name: value for name, value in merged.items() if value is not None}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def closing_line(ran: list[str], missing: list[str]) -> str:
    line = f"Ran on: {'; '.join(ran)}."
    if missing:
        line += f" Not found: {', '.join(missing)}."
        line += " That is a failure under CI." if in_ci() else " What needs it did not run."
    return line


def find_servers(started: ExitStack) -> tuple[dict[str, dict[str, str]], list[str]]:
    """(environment variables for the tests on real servers, by the names of these servers; what this machine lacks).

    A server of the tests' own runs until `started` is closed.
    """
    programs, cache = find_postgresql_programs(), find_redis()
    database = start_postgresql(programs, started) or find_postgresql()
    found = {"PostgreSQL": database, "Redis": cache, "Chromium": find_browser(), "initdb": programs}
    missing = [name for name, what in found.items() if not what]
    if not database or not cache:
        return {}, missing
    (database_url, database_label), (redis_url, redis_label) = database, cache
    return {f"{database_label} + {redis_label}": {"DATABASE_URL": database_url, "REDIS_URL": redis_url}}, missing


def start_postgresql(programs: Path | None, started: ExitStack) -> tuple[str, str] | None:
    """(URL, name with version) of one in memory; None where DATABASE_URL names another, or this machine has no room."""
    if not programs or os.environ.get("DATABASE_URL") or not folder_in_memory():
        return None
    url = started.enter_context(own_postgresql(programs)).url
    return url, f"{version_of(url)} in memory"


def find_postgresql() -> tuple[str, str] | None:
    """(URL, name with version) of the first PostgreSQL that accepts a connection. Tests create their own database."""
    for url in candidate_urls():
        try:
            return url, version_of(url)
        except psycopg2.OperationalError:
            continue
    return None


def version_of(url: str) -> str:
    """`PostgreSQL 15`. Raises OperationalError where none accepts a connection."""
    connection = psycopg2.connect(url, connect_timeout=3)
    version = connection.info.server_version // 10_000
    connection.close()
    return f"PostgreSQL {version}"


def candidate_urls() -> list[str]:
    given = os.environ.get("DATABASE_URL", "")
    if given and not given.startswith("sqlite"):
        return [given]
    host, port = os.environ.get("PGHOST", "127.0.0.1"), os.environ.get("PGPORT", "5432")
    users = dict.fromkeys([os.environ.get("PGUSER"), os.environ.get("USER"), "postgres", "root"])
    return [f"postgres://{user}@{host}:{port}/postgres" for user in users if user]


def find_redis() -> tuple[str, str] | None:
    url = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/15"
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=3) as server:
            version = server.info("server")["redis_version"].partition(".")[0]
    except redis.RedisError:
        return None
    return url, f"Redis {version}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
