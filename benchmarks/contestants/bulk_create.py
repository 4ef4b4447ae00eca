"""Django's own bulk_create with update_conflicts, a thousand rows at a time. It sets the ids of the objects."""

import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rally.settings")
django.setup()

from collections.abc import Hashable  # noqa: E402

from django.db import transaction  # noqa: E402
from django.db.models import Model  # noqa: E402

from benchmarks.contestants import contend  # noqa: E402
from benchmarks.outcomes import read_rows  # noqa: E402
from benchmarks.players import TABLES, Ids, fill  # noqa: E402


def upsert(objects: dict[Hashable, Model]) -> Ids:
    write(list(objects.values()))
    return {key: each.pk for key, each in objects.items()}


def write(objects: list[Model]) -> None:
    model = type(objects[0])
    table = TABLES[model]
    model.objects.bulk_create(
        objects,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=table.key,
        update_fields=(*table.fields, "updated_at"),
    )


@transaction.atomic
def import_players(source: Path) -> str:
    return str(fill(list(read_rows(source)), upsert, write))


if __name__ == "__main__":
    contend(import_players)
