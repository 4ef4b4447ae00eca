"""django-bulk-load, which uses COPY to a temporary table, then UPDATE and INSERT.

Ids are read back with one query, which is cheaper than having it return all objects.
"""

import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rally.settings")
django.setup()

from collections.abc import Hashable  # noqa: E402

from django.db import transaction  # noqa: E402
from django.db.models import Model  # noqa: E402
from django_bulk_load import bulk_upsert_models  # noqa: E402

from benchmarks.contestants import contend  # noqa: E402
from benchmarks.outcomes import read_rows  # noqa: E402
from benchmarks.players import TABLES, Ids, fill, key_of, read_ids  # noqa: E402


def upsert(objects: dict[Hashable, Model]) -> Ids:
    write(list(objects.values()))
    ids = read_ids(type(next(iter(objects.values()))))
    return {key: ids[key_of(each)] for key, each in objects.items()}


def write(objects: list[Model]) -> None:
    model = type(objects[0])
    table = TABLES[model]
    written = {*table.key, *table.fields, "updated_at"}
    bulk_upsert_models(
        objects,
        pk_field_names=table.key,
        insert_only_field_names=[field.name for field in model._meta.fields if field.attname not in written],
        model_changed_field_names=["updated_at"],
    )


@transaction.atomic
def import_players(source: Path) -> str:
    return str(fill(list(read_rows(source)), upsert, write))


if __name__ == "__main__":
    contend(import_players)
