"""django-import-export in bulk: no diffs, and the players there are found with one query."""

import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rally.settings")
django.setup()

import tablib  # noqa: E402
from import_export import fields, instance_loaders, resources, widgets  # noqa: E402

from benchmarks.contestants import contend  # noqa: E402
from benchmarks.players import FIELDS, KEY, make_leagues, read_players  # noqa: E402
from leagues.models import League, Player  # noqa: E402


class KnownLeague(widgets.ForeignKeyWidget):
    """A league by its code, without a query for each row."""

    leagues: dict[str, League] = {}

    def clean(self, value, row=None, **kwargs):
        return self.leagues[value]


class KnownPlayers(instance_loaders.BaseInstanceLoader):
    """The players there are, by league and id, fetched once."""

    def __init__(self, resource, dataset=None):
        super().__init__(resource, dataset)
        self.players = {(p.league.code, p.external_id): p for p in Player.objects.select_related("league")}

    def get_instance(self, row):
        return self.players.get((row["league"], row["external_id"]))


class PlayerResource(resources.ModelResource):
    league = fields.Field("league", "league", KnownLeague(League, "code"))

    class Meta:
        model = Player
        fields = (*KEY, *FIELDS)
        import_id_fields = KEY
        instance_loader_class = KnownPlayers
        use_bulk = True
        batch_size = 1000
        skip_diff = True
        skip_html_diff = True


def import_players(source: Path) -> str:
    rows = read_players(source)
    KnownLeague.leagues = make_leagues(rows)
    dataset = tablib.Dataset(headers=[*KEY, *FIELDS])
    dataset.extend(tuple(row.values()) for row in rows)
    result = PlayerResource().import_data(dataset, raise_errors=True)
    return str(result.totals)


if __name__ == "__main__":
    contend(import_players)
