"""What the pages of the control room say of a run, and that each costs few queries."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from etlimport import models
from etlimport.pipeline import Options, run_import
from etlimport.reports.changes import find_changes
from etlimport.tests.admin.pages import Status, make_run, page_of, sights
from leagues.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_a_rating_that_is_only_written_otherwise_is_no_change(two_runs):
    """83 in a number's column and 83 in what undo keeps are one."""
    assert "ratings changed" not in two_runs[1].diff


def test_the_changes_of_a_run_are_as_many_as_its_report_counts(two_runs):
    for run in two_runs:
        counts = {title: len(find_changes(run, title)) for title in run.diff}
        assert counts == {title: found["count"] for title, found in run.diff.items()}
        assert len(find_changes(run)) == sum(counts.values())
    for title, found in two_runs[1].diff.items():
        lines = {change.line for change in find_changes(two_runs[1], title)[0 : found["count"]]}
        assert set(found["items"]) <= lines, title


def test_changes_are_found_by_any_part_of_their_line_whatever_its_case(two_runs, log_in):
    run = two_runs[1]
    line = run.diff["players left"]["items"][0]
    address = reverse("admin:changes_of_run", args=[run.pk])
    response = log_in("viewer").get(address, {"q": line.upper(), "group": "players left"})
    assert {change.line.lower() for change in response.context["lines"]} == {line.lower()}
    for nothing in ("%", "_", "!", "no such line"):
        assert len(find_changes(run, "players left", nothing)) == 0
    assert list(find_changes(run, "no such group")) == []


def test_the_changes_of_a_run_do_not_move_when_a_later_run_changes_the_same_rows(two_runs, snapshots):
    run = two_runs[1]

    def corrections() -> set[str]:
        return {change.line.rpartition(": ")[2] for change in find_changes(run, "matches corrected")[0:1000]}

    before = corrections()
    assert before
    assert run_import(Options(source=snapshots / "first", force=True)).status == Status.PUBLISHED
    assert corrections() == before


def test_changes_come_in_pages(two_runs, log_in):
    run = two_runs[0]
    viewer = log_in("viewer")
    address = reverse("admin:changes_of_run", args=[run.pk])
    first, last = (viewer.get(address, {"page": page}).context["lines"] for page in ("1", "99999"))
    assert len(first) == 100
    assert first.has_next()
    assert not last.has_next()
    assert viewer.get(address, {"page": "x", "q": "\0"}).status_code == 200


def test_a_dry_run_shows_what_it_would_have_changed(snapshots, log_in):
    run = run_import(Options(source=snapshots / "first", dry_run=True, diff=True))
    response = log_in("viewer").get(reverse("admin:changes_of_run", args=[run.pk]))
    assert response.context["whole"]
    assert response.context["lines"].paginator.count == sum(found["count"] for found in run.diff.values())


def test_a_run_whose_undo_data_is_gone_shows_the_first_lines_and_says_so(two_runs, log_in):
    run = two_runs[0]
    run.row_changes.all().delete()
    run.inserted_ranges.all().delete()
    response = log_in("viewer").get(reverse("admin:changes_of_run", args=[run.pk]), {"group": "players joined"})
    assert response.context["lines"].paginator.count == 50 < run.diff["players joined"]["count"]
    assert b"the first lines of each group only" in response.content


def test_the_page_of_a_run_shows_its_numbers_times_and_what_users_own(two_runs, log_in):
    run = two_runs[1]
    run.refresh_from_db()
    context = log_in("viewer").get(page_of(run)).context
    files, things = (dict(table["lines"]) for table in context["tables"][:2])
    assert sum(numbers[0] for numbers in files.values()) == sum(c["read"] for c in run.counts["files"].values())
    assert set(things) == set(run.counts["things"])
    assert [took for _, took, _ in context["bars"]] == list(run.timings.values())


def test_rejected_rows_are_downloaded_as_csv(two_runs, log_in):
    run = two_runs[1]
    models.RejectedRow.objects.create(run=run, file="players.json", index=7, reason="=cmd()", content="{}")
    response = log_in("viewer").get(reverse("admin:rejects_of_run", args=[run.pk]))
    assert response["Content-Disposition"] == f'attachment; filename="rejected-rows-of-run-{run.pk}.csv"'
    rows = list(csv.DictReader(io.StringIO(response.getvalue().decode())))
    assert len(rows) == run.rejected_rows.count()
    assert "'=cmd()" in {row["reason"] for row in rows}


def test_a_failed_run_says_why(log_in):
    run = make_run(status=Status.REFUSED, reasons=["half of the <teams> are gone"])
    page = log_in("operator").get(page_of(run)).content
    assert b"half of the &lt;teams&gt; are gone" in page
    assert b"Undo" not in page


def test_the_dashboard_shows_scores_checks_and_alerts(log_in, two_runs):
    snapshot = models.HealthSnapshot.objects.first()
    snapshot.counts["contexts_missing"] = 3
    snapshot.save()
    models.AlertIncident.objects.create(key="health low", message="too low", opened_at=snapshot.created_at)
    response = log_in("viewer").get(reverse("admin:index"))
    page = response.content.decode()
    for shown in ("<polyline", "too low", "users with an active player and no league context", "fix_league_contexts"):
        assert shown in page


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_no_page_costs_a_query_per_row(log_in, place):
    viewer = log_in("viewer")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert viewer.get(sights(run)[place]).status_code == 200
        return len(captured)

    def fill():
        run = make_run(started_by=UserFactory(), diff={"teams left": {"count": 1, "items": ["Elm"]}})
        models.HealthSnapshot.objects.create(run=run, score=99, band="excellent", counts={"contexts_missing": 1})
        models.AmbiguousIdentity.objects.create(
            run=run, kind="team", old_id=run.pk, new_id=0, old_label="Elm", new_label="Oak", reason="alike"
        )
        return run

    run = fill()
    queries()
    few = queries()
    for _ in range(4):
        run = fill()
    assert queries() <= few
    assert few <= 20
