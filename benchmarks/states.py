"""What a site's database holds, as one value to compare: all tables of all apps but the records of runs."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256

from django.apps import apps
from django.db import connections, transaction
from django.db.models import DateTimeField, Model

from etlimport.tests.sources import RUN_TABLES
from rally.tests.sites import ALIAS


@dataclass(frozen=True)
class State:
    """By table: a digest of its rows, the same without the moments at which they were written, and their number."""

    exact: dict[str, str]
    timeless: dict[str, str]
    rows: dict[str, int]

    def differs_from(self, other: "State") -> list[str]:
        """The tables in which it does, apart from moments."""
        return [table for table, digest in self.timeless.items() if other.timeless[table] != digest]


def state() -> State:
    """What the site's database holds now, seen in one snapshot."""
    found = State({}, {}, {})
    with one_snapshot():
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if table not in RUN_TABLES:
                fields = model._meta.concrete_fields
                lasting = [nth for nth, field in enumerate(fields) if not isinstance(field, DateTimeField)]
                rows = list(rows_of(model))
                found.exact[table] = digest(map(repr, rows))
                found.timeless[table] = digest(repr([row[nth] for nth in lasting]) for row in rows)
                found.rows[table] = len(rows)
    return found


@contextmanager
def one_snapshot() -> Iterator[None]:
    """All queries within the block see the same moment."""
    with transaction.atomic(using=ALIAS):
        if connections[ALIAS].vendor == "postgresql":
            with connections[ALIAS].cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def rows_of(model: type[Model]) -> Iterable[tuple]:
    columns = [field.attname for field in model._meta.concrete_fields]
    return model._base_manager.using(ALIAS).order_by().values_list(*columns)


def digest(rows: Iterable[str]) -> str:
    """The same in whichever order the database gives the rows."""
    return sha256("\n".join(sorted(rows)).encode()).hexdigest()
