"""An app installed later is protected without a word to anybody: foreign key, one-to-one, many-to-many."""

import contextlib

import pytest
from django.apps import apps
from django.db import connection
from django.test import modify_settings

from etlimport.database.references import owned_references
from etlimport.models import AmbiguousIdentity, ImportRun
from etlimport.settle import settle_same
from etlimport.tests.sources import dump, imported, player, run_of, two_teams
from etlimport.undo import undo_run
from leagues.models import Player, Team

pytestmark = pytest.mark.django_db(transaction=True)


@contextlib.contextmanager
def installed(app: str):
    """As if the app had always been there. Django forgets who refers to whom only when it is told to."""
    try:
        with modify_settings(INSTALLED_APPS={"append": app}):
            apps.clear_cache()
            yield apps.get_app_config(app.rpartition(".")[2])
    finally:
        apps.clear_cache()


@pytest.fixture
def fanclub(transactional_db):
    """The app with its tables, for one test."""
    with installed("etlimport.tests.fanclub") as app:
        models = list(app.get_models())
        with connection.schema_editor() as editor:
            for model in models:
                editor.create_model(model)
        yield app
        with connection.schema_editor() as editor:
            for model in reversed(models):
                editor.delete_model(model)


@pytest.fixture
def fans(fanclub, snapshot):
    """Two teams imported; fans of Oak 1, a portrait of p5, p5 and p1 among their favourites."""
    imported(snapshot(players=two_teams()))
    fans = fanclub.get_model("FanClub").objects.create(
        team=Team.objects.get(name="Oak 1"), club=Team.objects.get(name="Oak 1").club
    )
    fans.favourites.set(Player.objects.filter(external_id__in=("p1", "p5")))
    eve = Player.objects.get(external_id="p5")
    fanclub.get_model("Portrait").objects.create(player=eve)
    fanclub.get_model("Badge").objects.create(player=eve, code="gold")
    fanclub.get_model("Locker").objects.create(player=eve, number=7)
    return fans


def held(fanclub) -> tuple:
    """What the app's rows lead to, in words."""
    fans, portrait = fanclub.get_model("FanClub").objects.get(), fanclub.get_model("Portrait").objects.get()
    favourites = set(fans.favourites.values_list("external_id", flat=True))
    badge, locker = fanclub.get_model("Badge").objects.get(), fanclub.get_model("Locker").objects.get()
    owners = {thing.player.external_id for thing in (portrait, badge, locker)}
    return fans.pk, fans.team.name, fans.club.name, favourites, owners, badge.code, locker.number


EVERYTHING = ("Oak 1", "Oak", {"p1", "p5"}, {"p5"}, "gold", 7)


def test_its_references_are_found_by_looking(fanclub):
    names = {reference.name for reference in owned_references()}
    assert {
        "fanclub.FanClub.team_id",
        "fanclub.FanClub.club_id",
        "fanclub.FanClub_favourites.player_id",
        "fanclub.Portrait.player_id",
        "fanclub.Badge.player_id",
        "fanclub.Locker.player_id",
    } <= names


@pytest.mark.parametrize("rebuild", [False, True], ids=["merge", "rebuild"])
def test_it_comes_through_whole(fanclub, fans, snapshot, rebuild):
    run = imported(snapshot(players=[*two_teams(), player("p9", "Zoe")]), rebuild=rebuild)
    assert held(fanclub) == (fans.pk, *EVERYTHING)
    assert run.protection["before"] == run.protection["after"]
    assert any("fanclub" in name for name in run.protection["before"])


@pytest.mark.parametrize("rebuild", [False, True], ids=["merge", "rebuild"])
def test_what_left_the_source_stays_for_it_as_an_inactive_row(fanclub, fans, snapshot, rebuild):
    imported(snapshot(players=two_teams()[:4]), rebuild=rebuild, force=True)
    assert held(fanclub) == (fans.pk, *EVERYTHING)
    assert not Team.objects.get(name="Oak 1").is_active
    assert not Player.objects.get(external_id="p5").is_active


@pytest.mark.parametrize("rebuild", [False, True], ids=["merge", "rebuild"])
def test_a_run_that_lost_one_of_its_rows_rolls_back(fanclub, fans, snapshot, rebuild, monkeypatch):
    """The proof is no formality: whoever deletes a row of a user behind its back is found out."""
    from etlimport import pipeline

    before = dump()
    merge = pipeline.merge_catalogue

    def careless(*arguments, **options):
        counts = merge(*arguments, **options)
        fanclub.get_model("Portrait").objects.all().delete()
        return counts

    monkeypatch.setattr(pipeline, "merge_catalogue", careless)
    run = run_of(snapshot(players=[*two_teams(), player("p9", "Zoe")]), rebuild=rebuild)
    assert run.status == ImportRun.Status.FAILED
    assert dump() == before


@pytest.fixture
def question(fanclub, fans, snapshot):
    """Whether p9, who is new, is p5, who has left."""
    run = imported(snapshot(players=[player("p9", "Eva", "Lind"), *two_teams()[:4], *two_teams()[5:]]), force=True)
    old, new = (Player.objects.get(external_id=known_as).pk for known_as in ("p5", "p9"))
    return AmbiguousIdentity.objects.create(run=run, kind="player", league_key="nstf", old_id=old, new_id=new)


def test_what_the_old_row_has_stays_when_two_are_settled_and_comes_back_when_that_is_undone(fanclub, fans, question):
    before = held(fanclub)
    run = settle_same(question)
    assert run.status == ImportRun.Status.PUBLISHED, run.error
    assert held(fanclub)[3:] == ({"p1", "p9"}, {"p9"}, "gold", 7)
    assert undo_run(run).status == ImportRun.Status.PUBLISHED
    assert held(fanclub) == before


def test_what_the_new_row_has_is_the_old_ones_when_two_are_settled_until_that_is_undone(fanclub, fans, question):
    new = Player.objects.get(external_id="p9")
    for model in ("Portrait", "Badge"):
        fanclub.get_model(model).objects.update(player=new)
    fanclub.get_model("Locker").objects.all().delete()
    fanclub.get_model("Locker").objects.create(player=new, number=7)
    before = held(fanclub)
    run = settle_same(question)
    assert run.status == ImportRun.Status.PUBLISHED, run.error
    assert {thing.pk for thing in fanclub.get_model("Locker").objects.all()} == {question.old_id}
    assert held(fanclub)[3:] == ({"p1", "p9"}, {"p9"}, "gold", 7)
    assert undo_run(run).status == ImportRun.Status.PUBLISHED
    assert held(fanclub) == before


@pytest.mark.parametrize(
    ("model", "values"), [("Badge", {"code": "silver"}), ("Locker", {"number": 8}), ("Portrait", {})]
)
def test_two_are_not_settled_while_both_have_what_can_be_there_but_once(fanclub, fans, question, model, values):
    fanclub.get_model(model).objects.create(player=Player.objects.get(external_id="p9"), **values)
    run = settle_same(question)
    assert run.status == ImportRun.Status.REFUSED
    assert "remove one of them first" in run.error
