"""Imports are started, undone and settled in the control room."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from etlimport import models, tasks
from etlimport.operations import launch
from etlimport.tests.admin.pages import Status, make_question, make_run, page_of
from leagues.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


# Starting


@pytest.fixture
def allowed(settings, snapshots):
    settings.IMPORT_SOURCE, settings.IMPORT_ROOTS = "", [str(snapshots)]
    return snapshots


def test_an_operator_starts_an_import_of_a_source_that_is_offered(log_in, allowed, launched):
    operator = log_in("operator")
    run = make_run()
    asked = {"source": str(allowed / "next"), "leagues": "ONE, TWO", "dry_run": "on"}
    response = operator.post(reverse("admin:start_import"), asked)
    assert response.url == reverse("admin:wait_for_import", args=[run.pk])
    ((name, arguments),) = launched
    assert name == "etlimport.tasks.import_snapshot"
    assert arguments == {
        "source": str(allowed / "next"),
        "leagues": ["ONE", "TWO"],
        "dry_run": True,
        "diff": True,
        "started_by": operator.user.pk,
    }
    entry = LogEntry.objects.get()
    assert entry.user == operator.user
    assert str(allowed / "next") in entry.change_message


@pytest.mark.parametrize("path", ["/etc", "{root}", "{root}/../", "{root}/first/../../../etc", ""])
def test_a_path_that_is_not_offered_is_refused(log_in, allowed, launched, path):
    response = log_in("operator").post(reverse("admin:start_import"), {"source": path.format(root=allowed)})
    assert response.status_code == 200
    assert response.context["form"].errors["source"]
    assert launched == []


def test_a_link_that_leads_out_of_the_folder_is_not_offered(settings, tmp_path, snapshots):
    (tmp_path / "elsewhere").symlink_to(snapshots / "first")
    settings.IMPORT_SOURCE, settings.IMPORT_ROOTS = "", [str(tmp_path)]
    assert launch.sources() == []
    assert not launch.is_allowed(tmp_path / "elsewhere")


def test_a_task_imports_nothing_that_is_not_allowed_whoever_sent_it(allowed):
    with pytest.raises(launch.SourceNotAllowed):
        tasks.import_snapshot.apply(kwargs={"source": "/etc"}, throw=True)
    assert not models.ImportRun.objects.exists()


def test_where_nothing_is_configured_the_page_says_what_to_set(log_in, settings):
    settings.IMPORT_SOURCE, settings.IMPORT_ROOTS = "", []
    assert b"IMPORT_ROOTS" in log_in("operator").get(reverse("admin:start_import")).content


def test_running_again_offers_what_the_run_did_but_never_force(log_in, allowed):
    run = make_run(source=str(allowed / "next"), mode="rebuild", leagues=["ONE"], forced=True)
    form = log_in("operator").get(reverse("admin:start_import"), {"again": run.pk}).context["form"]
    assert form["source"].value() == str(allowed / "next")
    assert form["leagues"].value() == "ONE"
    assert form["rebuild"].value() is True
    assert not form["force"].value()
    assert not form["dry_run"].value()


def test_one_kind_of_file_can_be_forced(log_in, allowed, launched):
    asked = {"source": str(allowed / "first"), "force_for": "NSTF:players, CITA:schedules"}
    assert log_in("operator").post(reverse("admin:start_import"), asked).status_code == 302
    ((_, arguments),) = launched
    assert arguments["force_for"] == ["NSTF:players", "CITA:schedules"]
    assert "force NSTF:players" in LogEntry.objects.get().change_message


def test_what_is_no_kind_of_file_cannot_be_forced(log_in, allowed, launched):
    asked = {"source": str(allowed / "first"), "force_for": "NSTF:everything"}
    assert b"write LEAGUE:kind" in log_in("operator").post(reverse("admin:start_import"), asked).content
    assert not launched


def test_a_broker_that_does_not_answer_is_told(log_in, allowed, settings, monkeypatch):
    def refuse(**_kwargs):
        raise ConnectionRefusedError("nobody there")

    settings.CELERY_TASK_ALWAYS_EAGER = False
    monkeypatch.setattr(tasks.import_snapshot, "apply_async", refuse)
    asked = {"source": str(allowed / "first")}
    response = log_in("operator").post(reverse("admin:start_import"), asked, follow=True)
    assert b"The broker does not answer" in response.content
    assert not LogEntry.objects.exists()


def test_who_started_an_import_is_led_to_its_run(log_in):
    operator = log_in("operator")
    before = make_run(started_by=operator.user)
    wait = reverse("admin:wait_for_import", args=[before.pk])
    live = reverse("admin:live_import") + f"?after={before.pk}"
    make_run(started_by=UserFactory())
    assert operator.get(wait).status_code == 200
    assert operator.get(live).json() == {"url": "", "done": False}
    mine = make_run(started_by=operator.user, status=Status.RUNNING)
    assert operator.get(wait).url == page_of(mine)
    assert operator.get(live).json()["url"] == page_of(mine)


def test_a_running_import_tells_its_step(log_in):
    run = make_run(status=Status.RUNNING)
    run.step = "merge"
    run.save()
    viewer = log_in("viewer")
    progress = viewer.get(reverse("admin:live_import"), {"run": run.pk}).json()
    assert (progress["done"], progress["step"]) == (False, "Merging")
    states = {step["name"]: step["state"] for step in progress["steps"]}
    assert (states["read"], states["merge"], states["publish"]) == ("done", "now", "to come")
    assert b"data-live=" in viewer.get(page_of(run)).content


@pytest.mark.parametrize("query", [{}, {"run": "x"}, {"run": "9" * 40}, {"run": "-1"}])
def test_a_live_address_without_a_run_is_not_found(log_in, query):
    assert log_in("viewer").get(reverse("admin:live_import"), query).status_code == 404


# Undoing


def test_an_undo_is_asked_for_then_started_and_written_down(log_in, launched):
    operator = log_in("operator")
    run = make_run()
    address = reverse("admin:undo_import", args=[run.pk])
    assert b"Undo run" in operator.get(address).content
    assert launched == []
    assert operator.post(address).status_code == 302
    assert launched == [("etlimport.tasks.undo_run", {"run": run.pk, "started_by": operator.user.pk})]
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.change_message) == (str(run.pk), f"Started the undo of run {run.pk}.")


def test_the_undo_task_puts_the_catalogue_back_in_the_name_of_who_asked(two_runs):
    person = UserFactory()
    tasks.undo_run.apply(kwargs={"run": two_runs[1].pk, "started_by": person.pk}, throw=True)
    two_runs[1].refresh_from_db()
    assert two_runs[1].status == Status.UNDONE
    assert two_runs[1].undone_by.started_by == person


# Deciding


def test_an_operator_decides_that_two_are_different(log_in):
    operator = log_in("operator")
    question = make_question(make_run())
    assert b"looks alike" in operator.get(reverse("admin:index")).content
    address = reverse("admin:decide_identity", args=[question.pk, "different"])
    assert b"Elm One" in operator.get(address).content
    operator.post(address)
    question.refresh_from_db()
    assert (question.status, question.decided_by) == ("different", operator.user)
    assert "different" in LogEntry.objects.get().change_message
    assert b"was decided before" in operator.post(address, follow=True).content


def test_an_operator_decides_that_two_are_the_same(log_in, two_runs):
    operator = log_in("operator")
    question = models.AmbiguousIdentity.objects.filter(status="open").first()
    response = operator.post(reverse("admin:decide_identity", args=[question.pk, "same"]), follow=True)
    assert b"are one now" in response.content
    question.refresh_from_db()
    assert question.status == "same"
    run = models.ImportRun.objects.first()
    assert (run.mode, run.started_by) == ("settle", operator.user)


def test_a_decision_that_is_refused_says_why(log_in):
    question = make_question(make_run())
    response = log_in("operator").post(reverse("admin:decide_identity", args=[question.pk, "same"]), follow=True)
    assert b"Nothing was changed." in response.content


def test_an_unknown_answer_is_not_found(log_in):
    question = make_question(make_run())
    assert log_in("operator").post(reverse("admin:decide_identity", args=[question.pk, "maybe"])).status_code == 404


# What the pages say
