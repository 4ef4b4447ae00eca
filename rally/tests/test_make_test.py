"""What `make test` finds, runs and says; the runs themselves are replaced, as they would run this again."""

import re
import subprocess

import psycopg2
import pytest
from django.core.management import get_commands

from scripts import test as make_test

POSTGRESQL = ("postgres://root@127.0.0.1:5432/postgres", "PostgreSQL 15")
REDIS = ("redis://127.0.0.1:6379/15", "Redis 7")


@pytest.fixture
def machine(monkeypatch):
    """Says what the machine has and which commands fail; gives the commands that were run, with variables."""

    def prepare(
        postgresql=POSTGRESQL, redis=REDIS, browser="/usr/bin/chromium", initdb="/usr/bin", ci="", failing="nothing"
    ):
        commands = []

        def code_of(command, variables):
            commands.append((command, variables))
            return int(failing in command)

        monkeypatch.setenv("CI", ci)
        monkeypatch.setenv("DATABASE_URL", "postgres://localhost/of_this_machine")
        monkeypatch.setattr(make_test, "find_postgresql", lambda: postgresql)
        monkeypatch.setattr(make_test, "find_redis", lambda: redis)
        monkeypatch.setattr(make_test, "find_browser", lambda: browser)
        monkeypatch.setattr(make_test, "find_postgresql_programs", lambda: initdb)
        monkeypatch.setattr(make_test, "code_of", code_of)
        return commands

    return prepare


def pytest_runs(commands):
    """(arguments, variables) of each run of the tests."""
    return [(command[3:], variables) for command, variables in commands if "pytest" in command]


def checks(commands):
    return [" ".join(command[1:]) for command, _ in commands if "pytest" not in command]


def test_with_both_servers_what_reaches_a_database_runs_there_again(machine, capsys):
    commands = machine()
    assert make_test.main([]) == 0
    (first, embedded), (second, servers) = pytest_runs(commands)
    assert embedded == {"DATABASE_URL": None, "REDIS_URL": None, "CELERY_BROKER_URL": None}
    assert servers == {"DATABASE_URL": POSTGRESQL[0], "REDIS_URL": REDIS[0]}
    assert second == [*first, "--database-only"]
    assert capsys.readouterr().out.endswith("Ran on: SQLite; PostgreSQL 15 + Redis 7.\n")


def test_without_a_server_they_run_on_sqlite_alone_and_it_says_so(machine, capsys):
    commands = machine(redis=None)
    assert make_test.main([]) == 0
    assert len(pytest_runs(commands)) == 1
    closing = "Ran on: SQLite. Not found: Redis. What needs it did not run.\n"
    assert capsys.readouterr().out.endswith(closing)


def test_the_quick_tier_lints_and_runs_on_sqlite_alone(machine, capsys):
    commands = machine(ci="true", browser=None)
    assert make_test.main(["--tier=quick"]) == 0
    assert all(check.startswith("-m ruff") for check in checks(commands))
    ((arguments, variables),) = pytest_runs(commands)
    assert arguments[-2:] == ["--tier", "quick"]
    assert variables["DATABASE_URL"] is None
    assert capsys.readouterr().out.endswith("Ran on: SQLite.\n")


def test_the_thorough_tier_measures_the_reached_lines_and_leaves_checks_to_make_test(machine):
    commands = machine()
    assert make_test.main(["--tier=thorough"]) == 0
    assert checks(commands) == []
    tiers = [arguments[arguments.index("--tier") + 1] for arguments, _ in pytest_runs(commands)]
    assert tiers == ["ordinary", "thorough", "thorough"]
    assert ["--cov" in arguments for arguments, _ in pytest_runs(commands)] == [True, False, False]


def test_too_few_reached_lines_are_a_failure(machine, capsys):
    machine(failing="--cov")
    assert make_test.main(["--tier=thorough"]) == 1
    assert "too few lines" in capsys.readouterr().out.splitlines()[-1]


def test_arguments_choose_among_the_tests_of_every_run_and_then_no_line_is_counted(machine):
    commands = machine()
    assert make_test.main(["--tier=thorough", "leagues", "-k", "admin"]) == 0
    assert len(pytest_runs(commands)) == 2
    assert all(arguments[-3:] == ["leagues", "-k", "admin"] for arguments, _ in pytest_runs(commands))


@pytest.mark.parametrize(("arguments", "code"), [(["leagues/tests/test_names.py"], 0), ([], 1)])
def test_chosen_tests_need_not_reach_a_database_but_of_all_some_must(machine, monkeypatch, arguments, code):
    machine()
    monkeypatch.setattr(
        make_test, "code_of", lambda command, variables: make_test.NOTHING_RAN if "--database-only" in command else 0
    )
    assert make_test.main(arguments) == code


@pytest.mark.parametrize("missing", ["postgresql", "redis", "browser", "initdb"])
@pytest.mark.parametrize("tier", ["ordinary", "thorough"])
def test_under_ci_whatever_is_missing_is_a_failure(machine, missing, tier):
    machine(ci="true", **{missing: None})
    assert make_test.main([f"--tier={tier}"]) == 1


@pytest.mark.parametrize("failing", ["ruff", "makemigrations", "pytest"])
def test_a_failure_is_named_and_the_rest_still_runs(machine, capsys, failing):
    commands = machine(failing=failing)
    assert make_test.main(["leagues"]) == 1
    assert len(pytest_runs(commands)) == 2
    assert "Failed: " in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.cluster
def test_without_a_database_url_a_server_of_their_own_runs_in_memory_for_as_long_as_the_tests(
    machine, monkeypatch, postgresql_programs, capsys
):
    machine(initdb=postgresql_programs)
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setattr(make_test, "folder_in_memory", lambda: "/dev/shm")
    seen = {}

    def code_of(command, variables):
        if "--database-only" in command:
            url = variables["DATABASE_URL"]
            seen[url] = make_test.version_of(url)
        return 0

    monkeypatch.setattr(make_test, "code_of", code_of)
    assert make_test.main([]) == 0
    ((url, version),) = seen.items()
    assert f"{version} in memory + Redis 7." in capsys.readouterr().out
    with pytest.raises(psycopg2.OperationalError):
        make_test.version_of(url)


def test_without_room_in_memory_that_of_this_machine_is_taken(machine, monkeypatch, capsys):
    machine()
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setattr(make_test, "folder_in_memory", lambda: None)
    assert make_test.main([]) == 0
    assert capsys.readouterr().out.endswith("Ran on: SQLite; PostgreSQL 15 + Redis 7.\n")


def test_a_server_is_looked_for_where_the_environment_says_and_nowhere_else(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://rally@db/rally")
    assert make_test.candidate_urls() == ["postgres://rally@db/rally"]


def test_else_on_the_standard_port_with_the_usual_users(monkeypatch):
    for name in ("DATABASE_URL", "PGHOST", "PGPORT", "PGUSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("USER", "ana")
    assert make_test.candidate_urls() == [
        f"postgres://{user}@127.0.0.1:5432/postgres" for user in ("ana", "postgres", "root")
    ]


def test_make_run_calls_commands_that_exist_on_a_snapshot_that_is_there():
    recipe = subprocess.run(
        ["make", "--dry-run", "--always-make", "run"], cwd=make_test.ROOT, capture_output=True, text=True, check=True
    ).stdout
    called = re.findall(r"manage\.py (\w+)", recipe)
    assert called == ["migrate_locked", "run_etl", "make_demo_accounts", "runserver"]
    assert set(called) <= set(get_commands())
    (source,) = re.findall(r"--source (\S+)", recipe)
    assert (make_test.ROOT / source).is_dir()
