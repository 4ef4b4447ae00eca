"""The control room: who may see and do what, what its pages say, and that each costs few queries."""

import csv
import io
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from etlimport import models, tasks
from etlimport.admin import runs as runs_admin
from etlimport.operations import launch
from etlimport.operations.roles import setup_roles
from etlimport.pipeline import Options, run_import
from etlimport.reports.changes import find_changes
from etlimport.sample import make_next, make_snapshot
from leagues.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

Status = models.ImportRun.Status


@pytest.fixture(scope="session")
def snapshots(tmp_path_factory) -> Path:
    """A folder with the snapshots `first` and `next`."""
    root = tmp_path_factory.mktemp("snapshots")
    make_snapshot(root / "first", players=150, seed=3, history=2)
    make_next(root / "first", root / "next", seed=3)
    return root


@pytest.fixture
def log_in(client):
    """log_in(role) → client; a role is the name of a group."""

    def log_in(role: str):
        setup_roles()
        user = UserFactory(email=f"{role}@example.com", is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        client.user = user
        return client

    return log_in


@pytest.fixture
def launched(monkeypatch):
    """What would have been started: (task name, arguments)."""
    started = []
    monkeypatch.setattr(runs_admin, "launch", lambda task, **arguments: started.append((task.name, arguments)))
    return started


@pytest.fixture
def two_runs(snapshots):
    first = run_import(Options(source=snapshots / "first"))
    second = run_import(Options(source=snapshots / "next", force=True))
    assert [first.status, second.status] == [Status.PUBLISHED] * 2
    return first, second


def make_run(**fields) -> models.ImportRun:
    return models.ImportRun.objects.create(**{"source": "/snapshots", "status": Status.PUBLISHED, **fields})


def make_question(run: models.ImportRun) -> models.AmbiguousIdentity:
    return models.AmbiguousIdentity.objects.create(
        run=run, kind="team", old_id=1, new_id=2, old_label="Elm 1", new_label="Elm One", reason="looks alike"
    )


def page_of(run: models.ImportRun) -> str:
    return reverse("admin:etlimport_importrun_change", args=[run.pk])


def sights(run) -> list[str]:
    return [
        reverse("admin:index"),
        reverse("admin:etlimport_importrun_changelist"),
        page_of(run),
        reverse("admin:changes_of_run", args=[run.pk]),
        reverse("admin:rejects_of_run", args=[run.pk]),
        reverse("admin:live_import") + f"?run={run.pk}",
        reverse("admin:wait_for_import", args=[run.pk]),
    ]


def deeds(run, question) -> list[str]:
    return [
        reverse("admin:start_import"),
        reverse("admin:undo_import", args=[run.pk]),
        reverse("admin:decide_identity", args=[question.pk, "same"]),
        reverse("admin:decide_identity", args=[question.pk, "different"]),
    ]


# Who may do what


def test_a_viewer_sees_everything_and_can_act_on_nothing(log_in, launched):
    viewer = log_in("viewer")
    run = make_run()
    question = make_question(run)
    for address in sights(run):
        assert viewer.get(address).status_code == 200, address
    for address in deeds(run, question):
        assert viewer.get(address).status_code == 403, address
        assert viewer.post(address, {"source": "/snapshots"}).status_code == 403, address
    pages = b"".join(viewer.get(address).content for address in (reverse("admin:index"), page_of(run)))
    for button in (b"Start an import", b"Run again", b"Undo", b"decide/"):
        assert button not in pages
    assert launched == []
    question.refresh_from_db()
    assert question.status == "open"


def test_a_viewer_sees_nothing_that_is_peoples_own(log_in):
    viewer = log_in("viewer")
    for model in ("user", "captainmessage", "pollresponse", "availability", "playerassociation"):
        assert viewer.get(reverse(f"admin:leagues_{model}_changelist")).status_code == 403
    assert viewer.get(reverse("admin:sessionsync_usersession_changelist")).status_code == 403
    assert viewer.get(reverse("admin:leagues_team_changelist")).status_code == 200


def test_staff_without_a_group_sees_no_import(client):
    client.force_login(UserFactory(is_staff=True))
    run = make_run()
    assert b"Last runs" not in client.get(reverse("admin:index")).content
    for address in sights(run)[1:]:
        assert client.get(address).status_code == 403, address


def test_people_who_are_no_staff_are_sent_to_log_in(client):
    client.force_login(UserFactory())
    run = make_run()
    for address in (*sights(run), *deeds(run, make_question(run))):
        assert client.get(address).status_code == 302, address


def test_an_operator_may_not_touch_people_groups_or_the_schedule(log_in):
    operator = log_in("operator")
    for name in ("auth_group_add", "leagues_user_changelist", "django_celery_beat_periodictask_add"):
        assert operator.get(reverse(f"admin:{name}")).status_code == 403, name


def test_an_administrator_may_do_everything(log_in):
    administrator = log_in("administrator")
    run = make_run()
    for address in (*sights(run), *deeds(run, make_question(run))):
        assert administrator.get(address).status_code == 200, address
    assert administrator.get(reverse("admin:auth_group_add")).status_code == 200


def test_the_groups_can_be_made_again_and_lose_what_does_not_belong():
    counts = setup_roles()
    viewer = Group.objects.get(name="viewer")
    viewer.permissions.set(Group.objects.get(name="administrator").permissions.all())
    assert setup_roles() == counts
    assert viewer.permissions.count() == counts["viewer"] < counts["operator"] < counts["administrator"]


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
