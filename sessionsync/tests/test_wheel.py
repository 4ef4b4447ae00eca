"""The app by itself: its wheel, installed into a project with another user model and another context."""

import json
import os
import re
import shutil
import subprocess
import sys
import uuid
import zipfile
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.processes

APP = Path(__file__).parent.parent
PROJECT = APP / "tests" / "project"
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built without network from what is installed here."""
    folder = tmp_path_factory.mktemp("wheel")
    run([*PIP, "wheel", "--no-deps", "--no-index", "--no-build-isolation", str(APP), "-w", str(folder)], cwd=folder)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """A folder into which the wheel alone is installed."""
    folder = tmp_path_factory.mktemp("installed") / "site-of-the-wheel"
    run([*PIP, "install", "--no-deps", "--no-index", "--target", str(folder), str(wheel)], cwd=folder.parent)
    return folder


@pytest.fixture(params=["db", "cached_db"])
def manage(request, installed, tmp_path):
    """Runs a command of the project's `manage.py`, with the wheel and without this source; returns its output."""
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("__pycache__"))
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "PYTEST"))}

    def command(*arguments: str, database: dict) -> str:
        environment = {
            **inherited,
            "PYTHONPATH": str(installed),
            "DATABASE": json.dumps(database),
            "SESSION_ENGINE": f"sessionsync.backends.{request.param}",
        }
        return run([sys.executable, "manage.py", *arguments], cwd=project, env=environment)

    return command


def run(command: list[str], **how) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, **how)
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    return output


def sqlite(folder: Path) -> dict:
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "library.sqlite3")}


def database_like_ours(folder: Path) -> dict:
    """A new database of the kind the suite runs on. Django's test runner makes it, and drops it in the end."""
    ours = settings.DATABASES["default"]
    if "sqlite" in ours["ENGINE"]:
        return sqlite(folder)
    copied = {name: ours[name] for name in ("ENGINE", "HOST", "PORT", "USER", "PASSWORD")}
    return {**copied, "NAME": f"sessionsync_{uuid.uuid4().hex[:12]}"}


def test_the_wheel_holds_the_app_and_its_migrations_but_no_tests(wheel):
    packed = set(zipfile.ZipFile(wheel).namelist())
    ours = {
        f"sessionsync/{path.relative_to(APP).as_posix()}"
        for pattern in ("*.py", "*.html", "py.typed")
        for path in APP.rglob(pattern)
        if "tests" not in path.relative_to(APP).parts
    }
    assert {name for name in packed if not name.startswith("sessionsync-")} == ours
    assert "sessionsync/migrations/0001_initial.py" in packed


@pytest.mark.django_db
def test_in_another_project_a_publish_is_detected_refreshed_and_completed(manage, tmp_path):
    database = database_like_ours(tmp_path)
    assert "OK" in manage("test", "readers", "--noinput", database=database)


def test_another_project_needs_no_migrations_of_its_own_and_passes_all_checks(manage, tmp_path):
    database = sqlite(tmp_path)
    assert "No changes detected" in manage("makemigrations", "--check", "--dry-run", database=database)
    assert "no issues" in manage("check", "--fail-level", "WARNING", "--database", "default", database=database)


def test_the_commands_of_the_readme_work_in_its_order_the_demonstration_over_real_http_among_them(manage, tmp_path):
    commands = re.findall(r"^    python manage.py (.*)$", (APP / "README.md").read_text(), re.MULTILINE)
    output = {command: manage(*command.split(), database=sqlite(tmp_path)) for command in commands}
    assert next(iter(output)) == "migrate"
    assert "complete  The signal is complete" in output["session_refresh_demo"]
    assert output["session_refresh_demo"].endswith("Every session did what it should.\n")
