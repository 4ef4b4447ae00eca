"""Working tables are what their declarations say, and none hides a table of the site."""

import pytest
from django.apps import apps
from django.db import connection

from etlimport.database import fact_tables, working_tables
from etlimport.models import Alias, AmbiguousIdentity, ImportRun
from etlimport.pipeline import Options, run_import
from etlimport.sample import make_next, make_snapshot
from etlimport.settle import settle_same
from etlimport.tests.seasons import schedule
from etlimport.undo import undo_run
from leagues.demo import make_demo_accounts
from leagues.models import Player
from leagues.tests.factories import PlayerAssociationFactory
from leagues.working_tables import PREFIXES, WorkingTable

DECLARED = [
    table.name
    for module in (working_tables, fact_tables)
    for table in vars(module).values()
    if isinstance(table, WorkingTable)
]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def made(monkeypatch) -> dict[str, tuple[WorkingTable, list[str]]]:
    """Every working table that is made, by its name, and the columns the database gave it."""
    found = {}
    make = WorkingTable._make

    def watched(table, *arguments, **options):
        count = make(table, *arguments, **options)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table.name} WHERE 1 = 0")
            found[table.name] = table, [column[0] for column in cursor.description]
        return count

    monkeypatch.setattr(WorkingTable, "_make", watched)
    return found


def test_each_has_the_columns_it_is_declared_with(made, snapshot, tmp_path):
    make_snapshot(tmp_path / "first", players=150, seed=3, history=3)
    make_next(tmp_path / "first", tmp_path / "next", seed=3)
    over_two_seasons = [*schedule(), *schedule(1)]
    for rows in (schedule(), over_two_seasons):
        assert run_import(Options(snapshot(schedules=rows))).status == ImportRun.Status.PUBLISHED
    assert run_import(Options(tmp_path / "first")).status == ImportRun.Status.PUBLISHED
    make_demo_accounts("rally-demo")
    night = run_import(Options(tmp_path / "next"))
    assert night.status == ImportRun.Status.PUBLISHED
    PlayerAssociationFactory(player=Player.objects.filter(is_active=False).first())
    for question in AmbiguousIdentity.objects.filter(status="open"):
        if settle_same(question).status == ImportRun.Status.PUBLISHED:
            break
    one, other = Player.objects.filter(is_active=True).values_list("external_id", flat=True)[:2]
    Alias.objects.create(kind="player", label=one, means=f"{other} of old")
    rebuilt = run_import(Options(tmp_path / "next", rebuild=True))
    assert rebuilt.status == ImportRun.Status.PUBLISHED
    assert undo_run(rebuilt).status == ImportRun.Status.PUBLISHED

    astray = {name: columns for name, (table, columns) in made.items() if list(table.columns) != columns}
    assert astray == {}
    assert set(DECLARED) - made.keys() == set()


def test_no_table_of_an_app_is_named_like_one():
    tables = [model._meta.db_table for model in apps.get_models(include_auto_created=True)]
    assert [table for table in tables if table.startswith(PREFIXES)] == []


def test_one_that_could_hide_a_table_cannot_be_declared():
    with pytest.raises(ValueError, match="must begin with"):
        WorkingTable("leagues_team", "a team", {"id": "bigint"})
