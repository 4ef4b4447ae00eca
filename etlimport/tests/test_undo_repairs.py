"""What a run did to the links between people and players is undone with it, unless they have used it since."""

import pytest

from etlimport.database.references import owned_references
from etlimport.journal.undo_log import LOGS
from etlimport.models import ImportRun, OwnedChange
from etlimport.tests.sources import catalogue, dump, imported, player, two_teams
from etlimport.tests.undoing import owned, refused, undone
from leagues.models import (
    AssociationSuggestion,
    Player,
    PlayerAssociation,
    Team,
    User,
)
from leagues.tests.factories import (
    PlayerAssociationFactory,
    PracticeTimeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def elsewhere(external_id="x1", club="Elm", league="CITA"):
    return player(external_id, "Ann", "Hale", team=f"{club} 7", series="Series 7", club=club, League=league)


@pytest.fixture
def ann(snapshot):
    """A user linked to Ann Hale of Elm, who looks at her league."""
    imported(snapshot(players=two_teams()))
    hale = Player.objects.get(external_id="p1")
    user = UserFactory(first_name="Ann", last_name="Hale", league_context=hale.league)
    PlayerAssociationFactory(user=user, player=hale, is_primary=True)
    return user


def test_a_link_the_run_itself_made_does_not_stand_in_the_way(ann, snapshot):
    before = catalogue(), owned()
    run = imported(snapshot(players=[*two_teams(), elsewhere()]))
    assert ann.associations.count() == 2
    undone(run)
    assert (catalogue(), owned()) == before


def test_a_suggestion_nobody_answered_goes_but_an_answer_stands_in_the_way(ann, snapshot):
    run = imported(snapshot(players=[*two_teams(), elsewhere(club="Ash")]))
    suggestion = ann.suggestions.get()
    suggestion.status = AssociationSuggestion.Status.DECLINED
    suggestion.save()
    assert "1 association suggestion of users would lose their player" in refused(run)
    suggestion.status = AssociationSuggestion.Status.OPEN
    suggestion.save()
    undone(run)
    assert not ann.suggestions.exists()


def test_a_suggestion_that_a_link_answered_is_asked_again(ann, snapshot):
    imported(snapshot(players=[*two_teams(), elsewhere(club="Ash")]))
    run = imported(snapshot(players=[*two_teams(), elsewhere()]))
    assert ann.suggestions.get().status == AssociationSuggestion.Status.ACCEPTED
    undone(run)
    assert ann.suggestions.get().status == AssociationSuggestion.Status.OPEN
    assert ann.associations.count() == 1


def test_an_association_the_run_moved_moves_back(ann, snapshot):
    """Ann left, and came back under another id: the run linked her again, on the same name at the same club."""
    imported(snapshot(players=two_teams()[1:]), force=True)
    before = catalogue(), owned()
    run = imported(snapshot(players=[*two_teams()[1:], player("q9", "Ann", "Hale")]), force=True)
    undone(run)
    assert (catalogue(), owned()) == before


def test_a_league_context_the_run_repaired_is_noted(ann, snapshot):
    User.objects.filter(pk=ann.pk).update(league_context=None)
    run = imported(snapshot(players=[*two_teams(), player("p9", "Zoe")]))
    change = OwnedChange.objects.get(run=run)
    assert (change.table_name, change.column_name, change.row_id) == ("leagues_user", "league_context_id", str(ann.pk))
    assert (change.before_id, change.after_id) == (None, User.objects.get(pk=ann.pk).league_context_id)


def test_a_repair_writes_to_no_other_models_than_it_says(ann, snapshot):
    """Ann plays elsewhere, too, perhaps at Ash, and has lost her league."""
    PracticeTimeFactory(team=Team.objects.first())
    imported(snapshot(players=two_teams()[1:]), force=True)
    User.objects.filter(pk=ann.pk).update(league_context=None)
    before = dump()
    back = [*two_teams()[1:], player("q9", "Ann", "Hale"), elsewhere(), elsewhere("x2", club="Ash", league="CNSWPL")]
    run = imported(snapshot(players=back), force=True)
    tables = {reference.table for reference in owned_references()}
    changed = {table for table, rows in dump().items() if table in tables and rows != before[table]}
    assert changed == {model._meta.db_table for model in (PlayerAssociation, AssociationSuggestion, User)}
    assert len(run.protection["repairs"]) == 3


def test_only_the_last_runs_are_kept_undoable(ann, snapshot, settings):
    settings.ETL_UNDOABLE_RUNS = 1
    first = ImportRun.objects.get()
    imported(snapshot(players=[*two_teams(), elsewhere()]))
    assert not any(log.objects.filter(run=first).exists() for log in LOGS)
    assert "ETL_UNDOABLE_RUNS" in refused(first)
