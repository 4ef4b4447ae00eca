"""A published run is undone: the catalogue as it was, row for row; what users did since stays."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from etlimport.models import AmbiguousIdentity, ImportRun, InsertedRange, RowChange, SourceFile
from etlimport.pipeline import Options, run_import
from etlimport.references import catalogue_models, owned_references
from etlimport.sample import make_next, make_snapshot
from etlimport.undo import undo_run
from leagues.models import (
    AssociationSuggestion,
    Availability,
    Player,
    PlayerAssociation,
    PracticeTime,
    ScheduledMatch,
    Team,
)
from leagues.tests.factories import (
    AvailabilityFactory,
    PlayerAssociationFactory,
    PollFactory,
    PracticeTimeFactory,
    UserFactory,
)
from sessionsync.models import RefreshSignal
from sessionsync.versions import current_version

Status = ImportRun.Status
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory):
    """Two nights of the same invented leagues, with renames, re-keyings, leavers and newcomers between."""
    folder = tmp_path_factory.mktemp("nights")
    make_snapshot(folder / "old", players=250, seed=3, history=2)
    make_next(folder / "old", folder / "new", seed=3)
    return folder / "old", folder / "new"


@pytest.fixture
def first_night(snapshots):
    run = run_import(Options(source=snapshots[0]))
    assert run.status == Status.PUBLISHED, run.error
    give_people_things()
    return run


@pytest.fixture
def second_night(first_night, snapshots):
    return import_next(snapshots)


def import_next(snapshots, **options):
    run = run_import(Options(source=snapshots[1], force=True, **options))
    assert run.status == Status.PUBLISHED, run.error
    return run


def give_people_things():
    """Things of users on every fifth team and player, whoever of these is gone the next night."""
    for team in Team.objects.filter(is_active=True).order_by("pk")[::5]:
        PracticeTimeFactory(team=team)
        PollFactory(team=team)
    for player in Player.objects.filter(is_active=True).order_by("pk")[::5]:
        user = UserFactory(first_name=player.first_name, last_name=player.last_name, league_context=player.league)
        PlayerAssociationFactory(user=user, player=player, is_primary=True)
    for match in ScheduledMatch.objects.order_by("pk")[::20]:
        AvailabilityFactory(match=match)


def dump(models=None):
    """{table: rows with all columns, by id}."""
    with connection.cursor() as cursor:
        return {model._meta.db_table: rows_of(cursor, model) for model in models or catalogue_models()}


def rows_of(cursor, model):
    cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY {model._meta.pk.column}")
    return cursor.fetchall()


def owned_dump():
    models = {reference.model for reference in owned_references()} - {AssociationSuggestion}
    return dump(sorted(models, key=lambda model: model._meta.label))


def undone(run, **options):
    undo = undo_run(run, **options)
    assert undo.status == Status.PUBLISHED, undo.error
    return undo


def refused(run):
    undo = undo_run(run)
    assert undo.status == Status.REFUSED, undo.error
    return undo.error


@pytest.mark.parametrize("rebuild", [False, True], ids=["merge", "rebuild"])
def test_the_catalogue_is_as_it_was_before_the_run_byte_for_byte(first_night, snapshots, rebuild):
    before, owned = dump(), owned_dump()
    run = import_next(snapshots, rebuild=rebuild)
    assert dump() != before
    undo = undone(run)
    assert dump() == before
    assert owned_dump() == owned
    run.refresh_from_db()
    assert (run.status, run.undone_by) == (Status.UNDONE, undo)
    assert undo.mode == ImportRun.Mode.UNDO


@pytest.mark.parametrize("rebuild", [False, True], ids=["merge", "rebuild"])
def test_what_users_did_since_stays(first_night, snapshots, rebuild):
    kept = Team.objects.filter(practice_times__isnull=False, is_active=True).order_by("pk").first()
    label = kept.natural_key()
    before = dump()
    run = import_next(snapshots, rebuild=rebuild)
    now = PracticeTime.objects.order_by("pk").first().team
    added = PracticeTimeFactory(team=now, location="Court 9")
    removed = PollFactory(team=now)
    removed.delete()
    undone(run)
    assert dump() == before
    added.refresh_from_db()
    assert added.team.natural_key() == label
    assert added.location == "Court 9"
