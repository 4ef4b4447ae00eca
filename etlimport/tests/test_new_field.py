"""A new plain field of a player is its column, one line in the kinds of files, and the template that shows it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from etlimport.tests.sources import player
from rally.tests.checkouts import copy_of_project

pytestmark = pytest.mark.processes


@pytest.fixture
def copy(tmp_path) -> Path:
    """A checkout of its own."""
    return copy_of_project(tmp_path / "rally")


def insert_after(path: Path, line: str, added: str) -> None:
    text = path.read_text()
    assert text.count(line) == 1
    path.write_text(text.replace(line, line + added))


def write(folder: Path, rows: list[dict]) -> None:
    folder.mkdir()
    (folder / "players.json").write_text(json.dumps(rows))


def manage(folder: Path, *arguments: str) -> str:
    given = {"DATABASE_URL": f"sqlite:///{folder}/site.sqlite3", "SECRET_KEY": "any", "DEBUG": "1", "REDIS_URL": ""}
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=folder,
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


FIELD = 'Field("matches_this_year", WHOLE, ("Matches this year",), fact_of="player", change="matches changed")'

SEEN = """
from django.test import Client
from leagues.models import Player, User
user = User.objects.create_user("staff@example.com", is_staff=True)
client = Client(SERVER_NAME="localhost")
client.force_login(user)
print(client.get(Player.objects.get().get_absolute_url()).content.decode())
"""


def test_it_is_read_kept_reported_and_shown(copy, tmp_path):
    insert_after(
        copy / "leagues/models/catalogue.py",
        "    pti = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)\n",
        "    matches_this_year = models.IntegerField(null=True, blank=True)\n",
    )
    insert_after(
        copy / "etlimport/kinds/files.py",
        '        Field("career_losses", WHOLE, ("Career Losses",), fact_of="player"),\n',
        f"        {FIELD},\n",
    )
    insert_after(
        copy / "templates/leagues/player.html", "{% block content %}\n", "Played: {{ player.matches_this_year }}\n"
    )
    manage(copy, "makemigrations", "leagues")
    manage(copy, "migrate", "-v0")

    for folder, matches in (("first", "7"), ("second", "12")):
        write(tmp_path / folder, [player(**{"Matches This Year": matches})])
        report = json.loads(manage(copy, "run_etl", "--source", str(tmp_path / folder), "--json"))
    assert report["counts"]["files"]["players.json"]["updated"] == 1
    assert report["diff"]["matches changed"]["items"] == ["Ann Hale: 7 → 12"]
    assert "Played: 12" in manage(copy, "shell", "-c", SEEN)

    write(tmp_path / "third", [player(**{"Matches This Year": "plenty"})])
    report = json.loads(manage(copy, "run_etl", "--source", str(tmp_path / "third"), "--json"))
    assert report["counts"]["files"]["players.json"]["repaired"] == 1
    assert "matches this year 'plenty' is no number" in manage(copy, "rejected_rows")
