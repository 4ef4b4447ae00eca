"""django-import-export in bulk mode: without diffs, with one query for the existing rows and with references as ids.

Leagues, clubs, series and teams, which have no rows of their own in the file, are written by Django's bulk_create.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rally.settings")
django.setup()

import tablib  # noqa: E402
from django.db import transaction  # noqa: E402
from import_export import fields, instance_loaders, resources, results, widgets  # noqa: E402

from benchmarks.contestants import contend  # noqa: E402
from benchmarks.contestants.bulk_create import upsert  # noqa: E402
from benchmarks.outcomes import Outcome, read_rows  # noqa: E402
from benchmarks.players import STAMPS, TABLES, key_of, make_parents, players_of, read_ids, spots_of  # noqa: E402
from leagues.models import Player, RosterSpot  # noqa: E402


class Known(instance_loaders.BaseInstanceLoader):
    """The existing rows by key, read once."""

    def __init__(self, resource, dataset=None):
        super().__init__(resource, dataset)
        self.instances = {key_of(each): each for each in resource.get_queryset()}

    def get_instance(self, row):
        return self.instances.get(tuple(row[name] for name in self.resource.get_import_id_fields()))


class Result(results.RowResult):
    """The result of a row without the text of its instance, which would query the relations of every row."""

    def add_instance_info(self, instance):
        pass


class Bulk(resources.ModelResource):
    class Meta:
        instance_loader_class = Known
        use_bulk = True
        batch_size = 1000
        skip_diff = True
        skip_html_diff = True

    @classmethod
    def get_row_result_class(cls):
        return Result

    def init_instance(self, row=None):
        return self._meta.model(**STAMPS)

    def load(self, values: Iterable[tuple]) -> int:
        """Write rows, given in the order of the table's key and fields. Returns how many were new or changed."""
        table = TABLES[self._meta.model]
        dataset = tablib.Dataset(headers=[*table.key, *table.fields])
        dataset.extend(values)
        totals = self.import_data(dataset, raise_errors=True).totals
        return totals["new"] + totals["update"]


class PlayerResource(Bulk):
    league_id = fields.Field("league_id", "league_id", widgets.IntegerWidget())

    class Meta:
        model = Player
        import_id_fields = TABLES[Player].key
        fields = (*TABLES[Player].key, *TABLES[Player].fields)


class RosterSpotResource(Bulk):
    player_id = fields.Field("player_id", "player_id", widgets.IntegerWidget())
    team_id = fields.Field("team_id", "team_id", widgets.IntegerWidget())

    class Meta:
        model = RosterSpot
        import_id_fields = TABLES[RosterSpot].key
        fields = (*TABLES[RosterSpot].key, *TABLES[RosterSpot].fields)


@transaction.atomic
def import_players(source: Path) -> str:
    rows = list(read_rows(source))
    parents = make_parents(rows, upsert)
    players = PlayerResource().load(players_of(rows, parents.leagues))
    spots = RosterSpotResource().load(spots_of(rows, parents, read_ids(Player)))
    return str(Outcome(players, spots))


if __name__ == "__main__":
    contend(import_players)
