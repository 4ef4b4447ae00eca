"""Django's own bulk_create with update_conflicts, a thousand rows at a time."""

import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rally.settings")
django.setup()

from benchmarks.contestants import contend  # noqa: E402
from benchmarks.players import FIELDS, KEY, as_players, read_players  # noqa: E402
from leagues.models import Player  # noqa: E402


def import_players(source: Path) -> str:
    players = as_players(read_players(source))
    Player.objects.bulk_create(players, batch_size=1000, update_conflicts=True, unique_fields=KEY, update_fields=FIELDS)
    return f"{len(players)} players"


if __name__ == "__main__":
    contend(import_players)
