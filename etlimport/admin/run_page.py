"""The contents of the page of one run."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from etlimport.models import ImportRun
from etlimport.operations import roles
from etlimport.reports import run_report
from etlimport.run.progress import STEPS
from etlimport.run.watch import current_progress
from leagues.models import User

Status, Mode = ImportRun.Status, ImportRun.Mode

SHORT_OUTCOMES: dict[str, str] = {
    Status.FAILED: "failed",
    Status.REFUSED: "refused",
    Status.UNREADABLE: "unreadable",
    Status.UNCHANGED: "unchanged",
}


def short_outcome(run: ImportRun) -> str:
    """The outcome in one or two words."""
    return SHORT_OUTCOMES.get(run.status, run.get_status_display()).lower()


def context(run: ImportRun, user: User | AnonymousUser) -> dict[str, Any]:
    """The context of the template `run.html`, without the run itself."""
    is_import = run.mode in (Mode.MERGE, Mode.REBUILD)
    rejected = run.rejected_rows.order_by("kind").values_list("kind").annotate(Count("pk"))
    return {
        "outcome": short_outcome(run),
        "headline": "" if run.status == Status.PUBLISHED else run_report.HEADLINES.get(run.status, ""),
        "live": f"{reverse('admin:live_import')}?run={run.pk}" if run.status == Status.RUNNING else "",
        "progress": progress(run),
        "seconds": run_report.seconds(run),
        "tables": [
            table("rows of file", run_report.FILE_COLUMNS, run.counts.get("files")),
            table("in the catalogue", run_report.THING_COLUMNS, run.counts.get("things")),
            table("what users own", ("before", "after"), owned_rows(run)),
        ],
        "identity": run_report.identity_line(run).splitlines(),
        "restored_by": run.protection.get("restored", {}),
        "repairs": run.protection.get("repairs", []),
        "bars": step_bars(run),
        "rejected": [(kind, count) for kind, count in rejected],
        "health": health_change(run),
        "changes": {title: found["count"] for title, found in run.diff.items()},
        "seasons": run.counts.get("seasons", []),
        "source_to_repeat": str(Path(run.source).resolve()),
        "to_force": run.counts.get("to force", []),
        "questions": run.counts.get("season questions", []),
        "may_start": is_import and user.has_perm(roles.START_IMPORT) and run.status != Status.RUNNING,
        "may_undo": run.status == Status.PUBLISHED and user.has_perm(roles.UNDO_RUN),
    }


def table(title: str, columns: tuple[str, ...], rows: dict[str, dict[str, int]] | None) -> dict[str, Any]:
    """The title, columns and lines of a table, without columns that have only zeros."""
    rows = rows or {}
    used = [column for column in columns if any(counts.get(column) for counts in rows.values())] or columns[:1]
    lines = [(name, [counts.get(column, 0) for column in used]) for name, counts in rows.items()]
    return {"title": title, "columns": used, "lines": lines, "is_wide": len(used) > 2}


def owned_rows(run: ImportRun) -> dict[str, dict[str, int]]:
    """How many user-owned rows hold each kind of reference, before and after the run."""
    before, after = run.protection.get("before", {}), run.protection.get("after", {})
    return {
        reference_title(name): {"before": count, "after": after.get(name, 0)} for name, count in before.items() if count
    }


def reference_title(reference: str) -> str:
    """`leagues.PracticeTime.team_id` → `practice times (team)`; unchanged if the model is no longer installed."""
    try:
        app, model, column = reference.split(".")
        return (
            f"{apps.get_model(app, model)._meta.verbose_name_plural} ({column.removesuffix('_id').replace('_', ' ')})"
        )
    except (LookupError, ValueError):
        return reference


def step_bars(run: ImportRun) -> list[tuple[str, float, float]]:
    """(step, its seconds, its percentage of the longest step), for a bar chart."""
    longest = max(run.timings.values(), default=0) or 1
    return [(STEPS.get(step, step), took, round(100 * took / longest, 1)) for step, took in run.timings.items()]


def total(rows: dict[str, dict[str, int]], columns: list[str]) -> int:
    return sum(counts.get(column, 0) for counts in rows.values() for column in columns)


def health_change(run: ImportRun) -> str:
    if run.health_after is None:
        return "–"
    if run.health_before is None or run.health_before == run.health_after:
        return f"{run.health_after:.1f}"
    return f"{run.health_before:.1f} → {run.health_after:.1f}"


def progress(run: ImportRun) -> dict[str, Any]:
    """How far a run is: its step among all steps, the rows read and the seconds passed so far."""
    step, details = current_progress(run)
    names = list(STEPS)
    at = names.index(step) if step in names else -1
    is_running = run.status == Status.RUNNING
    return {
        "done": not is_running,
        "outcome": short_outcome(run),
        "step": STEPS.get(step, "Starting"),
        "steps": [
            {"name": name, "title": title, "state": "done" if no < at else "now" if no == at else "to come"}
            for no, (name, title) in enumerate(STEPS.items())
        ],
        "rows": details.get("rows"),
        "seconds": round((timezone.now() - run.started_at).total_seconds(), 1)
        if is_running
        else run_report.seconds(run),
    }


def started_run(user: User, after: int) -> dict[str, Any]:
    """The address of the first run after number `after` that this user started; empty until there is one."""
    run = ImportRun.objects.filter(pk__gt=after, started_by=user).order_by("pk").first()
    url = reverse("admin:etlimport_importrun_change", args=[run.pk]) if run else ""
    return {"url": url, "done": bool(run)}
