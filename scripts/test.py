"""All that `make test` does: lint, checks, then the tests on every database that is at hand.

    python scripts/test.py [PYTEST ARGUMENT ...]

The tests run on SQLite without Redis, then once more on PostgreSQL with Redis where both are found: at
DATABASE_URL and REDIS_URL, else on the standard ports of this machine. The last line says what ran.
Exit code 0: all passed, 1: something failed. Under CI=true whatever is not found is a failure.
"""

import os
import subprocess
import sys
from pathlib import Path

import psycopg2
import redis

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from conftest import find_browser, find_postgresql_programs  # noqa: E402

PYTHON = sys.executable
CHECKS = [
    [PYTHON, "-m", "ruff", "check", "--output-format=concise"],
    [PYTHON, "-m", "ruff", "format", "--check"],
    [PYTHON, str(Path(PYTHON).with_name("lint-imports")), "--no-logo"],
    [PYTHON, "-m", "mypy"],
    [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    [PYTHON, "manage.py", "check"],
]
EMBEDDED = {"DATABASE_URL": None, "REDIS_URL": None, "CELERY_BROKER_URL": None}


def main(pytest_arguments: list[str]) -> int:
    failed = [" ".join(command[1:]) for command in CHECKS if not succeeds(command, EMBEDDED)]
    servers, missing = find_servers()
    if not find_browser():
        missing.append("Chromium")
    if not find_postgresql_programs():
        missing.append("initdb")
    for name, variables in {"SQLite": EMBEDDED, **servers}.items():
        print(f"Tests on {name}:", flush=True)
        if not succeeds([PYTHON, "-m", "pytest", *pytest_arguments], variables):
            failed.append(f"tests on {name}")
    print(closing_line(["SQLite", *servers], missing))
    if failed:
        print(f"Failed: {'; '.join(failed)}.")
    return 1 if failed or (missing and in_ci()) else 0


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def succeeds(command: list[str], variables: dict[str, str | None]) -> bool:
    """Runs it at the root of the project with these variables set, or unset where None."""
    merged = {**os.environ, **variables}
    environment = {name: value for name, value in merged.items() if value is not None}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def closing_line(ran: list[str], missing: list[str]) -> str:
    line = f"Ran on: {'; '.join(ran)}."
    if missing:
        line += f" Not found: {', '.join(missing)}."
        line += " That is a failure under CI." if in_ci() else " What needs it did not run."
    return line


def find_servers() -> tuple[dict[str, dict[str, str]], list[str]]:
    """The variables of a run on real servers by what they are, or nothing; and what was not found."""
    database, cache = find_postgresql(), find_redis()
    missing = [name for name, found in (("PostgreSQL", database), ("Redis", cache)) if not found]
    if missing:
        return {}, missing
    (database_url, database_label), (redis_url, redis_label) = database, cache
    return {f"{database_label} + {redis_label}": {"DATABASE_URL": database_url, "REDIS_URL": redis_url}}, []


def find_postgresql() -> tuple[str, str] | None:
    """URL and label of the first PostgreSQL that lets us in; the tests make their own database on it."""
    for url in candidate_urls():
        try:
            connection = psycopg2.connect(url, connect_timeout=3)
        except psycopg2.OperationalError:
            continue
        version = connection.info.server_version // 10_000
        connection.close()
        return url, f"PostgreSQL {version}"
    return None


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
