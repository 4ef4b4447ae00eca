"""A run is seen while it moves and afterwards: each new step at once, and in the end where it ended."""

import pytest

from etlimport.models import ImportRun, RunProgress
from etlimport.run import lifecycle
from etlimport.run.watch import Watch, current_progress
from rally.tests.processes import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
Status = ImportRun.Status


@pytest.fixture
def watched(monkeypatch):
    """A run that has told its first step, and has all the time for telling more of the same."""
    monkeypatch.setattr("etlimport.run.watch.SECONDS_BETWEEN_NOTES", 0.01)
    run = lifecycle.start(source="somewhere")
    with Watch(run) as watch:
        watch.note("read", {"rows": 1})
        wait_until(lambda: seen(run) == ("read", {"rows": 1}))
        monkeypatch.setattr("etlimport.run.watch.SECONDS_BETWEEN_NOTES", 3600)
        yield run, watch


def seen(run: ImportRun) -> tuple[str, dict]:
    """The step and details of the run as others see them, who have nothing but what it wrote down."""
    return current_progress(ImportRun.objects.get(pk=run.pk))


def test_a_new_step_is_told_at_once(watched):
    run, watch = watched
    for step in ("resolve", "check", "merge"):
        watch.note(step, {})
        wait_until(lambda step=step: seen(run)[0] == step)


def test_a_run_that_died_tells_the_step_it_was_last_seen_in(watched):
    run, watch = watched
    watch.note("merge", {})
    wait_until(lambda: seen(run)[0] == "merge")
    (dead,) = lifecycle.mark_dead()
    assert (dead.status, dead.step) == (Status.DIED, "merge")
    assert "last seen in the step “merge”" in dead.error


def test_a_run_that_is_over_tells_its_last_step_whatever_was_noted_before():
    run = lifecycle.start(source="somewhere")
    RunProgress.objects.create(run=run, step="check", details={}, noted_at=run.started_at)
    lifecycle.finish(run, Status.PUBLISHED, step="publish")
    assert current_progress(run) == ("publish", {})


def test_what_cannot_be_noted_does_not_stop_the_run(watched, monkeypatch, caplog):
    run, watch = watched

    def broken(*_):
        raise RuntimeError("no room left")

    monkeypatch.setattr(Watch, "write_row", broken)
    monkeypatch.setattr(Watch, "write_file", broken)
    watch.note("merge", {})
    wait_until(lambda: "could not be noted" in caplog.text)
    monkeypatch.undo()
    watch.note("audit", {})
    wait_until(lambda: seen(run)[0] == "audit")
