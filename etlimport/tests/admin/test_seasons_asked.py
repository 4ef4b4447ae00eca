"""In the control room an operator answers whether a league begins a new season."""

import pytest
from django.urls import reverse

from etlimport.alerts.conditions import import_failed
from etlimport.models import ImportRun
from etlimport.pipeline import Options
from etlimport.tasks import import_snapshot, run_and_tell
from etlimport.tests.seasons import first_season, players
from etlimport.tests.sources import LEAGUE, imported
from leagues.models import Season

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asking(snapshot, settings) -> ImportRun:
    """A run that was refused because of one sign alone."""
    imported(snapshot(**first_season()))
    source = snapshot(**{**first_season(), "players": players(records=False)})
    settings.IMPORT_SOURCE = str(source)
    run = run_and_tell(Options(source))
    assert run.cause == ImportRun.Cause.SEASON
    return run


def test_the_page_of_the_run_offers_both_answers(log_in, asking):
    page = log_in("operator").get(reverse("admin:etlimport_importrun_change", args=[asking.pk])).content.decode()
    assert f'value="new {LEAGUE}=2025"' in page
    assert f'value="same {LEAGUE}"' in page


def test_who_may_not_start_imports_is_not_asked(log_in, asking):
    page = log_in("viewer").get(reverse("admin:etlimport_importrun_change", args=[asking.pk])).content.decode()
    assert "Import with these answers" not in page


@pytest.mark.parametrize(("answer", "keys"), [(f"new {LEAGUE}=2025", ["2024", "2025"]), (f"same {LEAGUE}", ["2024"])])
def test_an_answer_starts_the_import_again_and_it_goes_through(log_in, asking, launched, answer, keys):
    form = {"source": asking.source, "leagues": "", "seasons": [answer]}
    assert log_in("operator").post(reverse("admin:start_import"), form).status_code == 302
    ((_, arguments),) = launched
    assert arguments["seasons"] == [answer]
    run = ImportRun.objects.get(pk=import_snapshot(**arguments))
    assert run.status == ImportRun.Status.PUBLISHED
    assert list(Season.objects.order_by("key").values_list("key", flat=True)) == keys


def test_an_answer_that_cannot_be_read_is_told(log_in, asking, launched):
    form = {"source": asking.source, "seasons": ["new NSTF"]}
    response = log_in("operator").post(reverse("admin:start_import"), form)
    assert "write LEAGUE=KEY" in response.content.decode()
    assert launched == []


def test_the_alert_leads_to_the_page(asking):
    assert "answer on the page of the run" in import_failed()
