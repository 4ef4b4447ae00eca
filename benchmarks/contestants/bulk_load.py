"""django-bulk-load: COPY to a temporary table, then UPDATE and INSERT."""

import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rally.settings")
django.setup()

from django.utils import timezone  # noqa: E402
from django_bulk_load import bulk_upsert_models  # noqa: E402

from benchmarks.contestants import contend  # noqa: E402
from benchmarks.players import KEY, as_players, read_players  # noqa: E402


def import_players(source: Path) -> str:
    players = as_players(read_players(source))
    now = timezone.now()
    for player in players:  # it knows no defaults of the database
        player.created_at = player.updated_at = now
    bulk_upsert_models(players, pk_field_names=KEY, insert_only_field_names=["created_at"])
    return f"{len(players)} players"


if __name__ == "__main__":
    contend(import_players)
