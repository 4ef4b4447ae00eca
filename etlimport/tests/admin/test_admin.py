import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from etlimport import models
from leagues.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

SHOWN = ["importrun", "rejectedrow", "identitychange", "ambiguousidentity", "alias", "healthsnapshot"]


@pytest.fixture
def operator(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def make_run(number: int) -> models.ImportRun:
    """A run with one of everything it may leave behind."""
    run = models.ImportRun.objects.create(source=f"/snapshots/{number}", started_by=UserFactory())
    models.RejectedRow.objects.create(run=run, file="players.json", index=1, reason="no team", content="{}")
    labels = {"run": run, "kind": "team", "old_label": "Birchwood 1", "new_label": "Birchwood 2"}
    models.IdentityChange.objects.create(**labels, row_id=1, layer="shared roster")
    models.AmbiguousIdentity.objects.create(**labels, old_id=number, new_id=number + 1, reason="two of a name")
    models.Alias.objects.create(kind="team", league_key="l", label=f"Birch {number}", means="Birchwood")
    models.HealthSnapshot.objects.create(run=run, score=99.5, band="excellent")
    return run


def url(name: str, page: str, *args) -> str:
    return reverse(f"admin:etlimport_{name}_{page}", args=args)


@pytest.mark.parametrize("name", SHOWN)
def test_an_operator_can_search_and_filter_without_a_query_per_row(operator, name):
    def listed(**query) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as captured:
            response = operator.get(url(name, "changelist"), query)
        return response.context["cl"].result_count, len(captured)

    make_run(1)
    assert listed()[0] == 1
    few = listed()[1]
    make_run(2)
    make_run(3)
    assert listed() == (3, few)
    assert listed(q="no such thing")[0] == 0


def test_the_rejected_rows_of_one_run_are_found_by_its_number(operator):
    make_run(1)
    run = make_run(2)
    response = operator.get(url("rejectedrow", "changelist"), {"q": run.pk})
    assert [row.run for row in response.context["cl"].result_list] == [run]


def test_what_an_import_recorded_cannot_be_changed(operator):
    run = make_run(1)
    page = url("importrun", "change", run.pk)
    assert operator.get(page).status_code == 200
    assert operator.post(page, {"status": "published"}).status_code == 403
    assert operator.post(url("importrun", "delete", run.pk), {"post": "yes"}).status_code == 403


def test_an_operator_writes_an_alias(operator):
    alias = {"kind": "team", "league_key": "", "label": "Birchwood F", "means": "Birchwood 6"}
    assert operator.post(url("alias", "add"), alias).status_code == 302
    assert models.Alias.objects.get().means == "Birchwood 6"
