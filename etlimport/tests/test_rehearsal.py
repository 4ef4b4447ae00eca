"""A rehearsal says what a rebuild would lose, and keeps nothing of it."""

import pytest

from etlimport.models import ImportRun
from etlimport.pipeline import Options
from etlimport.rehearsal import rehearse_restore
from etlimport.tests.sources import dump, imported, two_teams
from leagues.models import PracticeTime, Team
from leagues.tests.factories import PracticeTimeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(snapshot):
    folder = snapshot(players=two_teams())
    imported(folder)
    for name in ("Elm 1", "Elm 1", "Oak 1"):
        PracticeTimeFactory(team=Team.objects.get(name=name))
    return folder


def test_what_would_be_lost_is_named_with_numbers(source, monkeypatch):
    from etlimport import pipeline

    merge = pipeline.merge_catalogue

    def careless(*arguments, **options):
        counts = merge(*arguments, **options)
        PracticeTime.objects.first().delete()
        return counts

    before = dump()
    monkeypatch.setattr(pipeline, "merge_catalogue", careless)
    rehearsal = rehearse_restore(Options(source))
    assert not rehearsal.safe
    assert rehearsal.lost == ["leagues.PracticeTime.team_id: 1 of 3 rows"]
    assert rehearsal.run.status == ImportRun.Status.FAILED
    assert dump() == before


def test_where_everything_comes_through_nothing_is_lost_and_nothing_is_kept(source):
    before = dump()
    rehearsal = rehearse_restore(Options(source))
    assert rehearsal.safe
    assert rehearsal.lost == []
    assert dump() == before
