"""The report of a run: as text for people and as one JSON object for scripts."""

from typing import Any

from django.utils import timezone

from etlimport import errors
from etlimport.models import ImportRun

Status = ImportRun.Status

EXIT_CODES: dict[str, int] = {
    Status.PUBLISHED: errors.EXIT_OK,
    Status.UNCHANGED: errors.EXIT_OK,
    Status.PREVIEWED: errors.EXIT_OK,
    Status.UNREADABLE: errors.EXIT_UNREADABLE,
    Status.REFUSED: errors.EXIT_REFUSED,
}
"""The exit codes of commands by the status of their run. Any other status is a failure."""

FORCIBLE = {ImportRun.Cause.DROPS, ImportRun.Cause.SOURCE}
"""The causes of a refusal that --force overrides."""

FILE_COLUMNS = ("read", "inserted", "updated", "unchanged", "duplicate", "rejected", "repaired")
THING_COLUMNS = ("inserted", "updated", "unchanged", "deactivated")

HEADLINES: dict[str, str] = {
    Status.PUBLISHED: "Published.",
    Status.UNCHANGED: "Nothing to change: these files are already published.",
    Status.PREVIEWED: "Dry run: nothing was changed. This is what a run would do.",
    Status.FAILED: "FAILED. Everything was rolled back; the site shows what it showed before.",
    Status.REFUSED: "REFUSED. Nothing was touched.",
    Status.UNREADABLE: "The source could not be read. Nothing was touched.",
}


def exit_code(run: ImportRun) -> int:
    return EXIT_CODES.get(run.status, errors.EXIT_FAILED)


def as_json(run: ImportRun) -> dict[str, Any]:
    """The run as an object that can be encoded as JSON."""
    return {
        "run": run.pk,
        "status": run.status,
        "mode": run.mode,
        "source": run.source,
        "leagues": run.leagues,
        "forced": run.forced,
        "forced_for": run.forced_for,
        "dry_run": run.dry_run,
        "step": run.step,
        "error": run.error,
        "seconds": seconds(run),
        "timings": run.timings,
        "counts": run.counts,
        "protection": run.protection,
        "health": {"before": run.health_before, "after": run.health_after},
        "session_version": run.session_version,
        "warnings": run.warnings,
        "diff": run.diff,
    }


def what_to_force(run: ImportRun) -> list[str]:
    """The options with which the same import would go on."""
    refused = run.counts.get("to force", [])
    return [f"--force {part}" for part in [*run.forced_for, *refused]] if refused else ["--force"]


def seconds(run: ImportRun) -> float:
    return round(((run.finished_at or timezone.now()) - run.started_at).total_seconds(), 3)


def as_text(run: ImportRun, *, diff: bool = False) -> str:
    """The report for people. `diff`: whether to show the first changes of each group."""
    parts = [f"Run {run.pk or '(not recorded)'}: {HEADLINES.get(run.status, run.get_status_display())}"]
    if run.reasons:
        parts.append("\n".join(f"  {reason}" for reason in run.reasons))
    if run.cause in FORCIBLE and not run.forced:
        parts.append(f"  If that is right, run again with {' '.join(what_to_force(run))}; it is recorded.")
    if files := run.counts.get("files"):
        parts.append(table("rows of file", FILE_COLUMNS, files))
    if things := run.counts.get("things"):
        parts.append(table("in the catalogue", THING_COLUMNS, things))
    parts += run.counts.get("seasons", [])
    parts += [
        identity_line(run),
        protection_lines(run),
        changes(run, items=10 if diff else 0),
        health_line(run),
    ]
    parts += [f"Warning: {warning}" for warning in run.warnings]
    parts.append(timing_line(run))
    return "\n\n".join(part for part in parts if part)


def table(title: str, columns: tuple[str, ...], rows: dict[str, dict[str, int]]) -> str:
    width = max(len(title), *(len(name) for name in rows))
    lines = [title.ljust(width) + "".join(f"{column:>13}" for column in columns)]
    lines += [
        name.ljust(width) + "".join(f"{counts.get(column, 0):>13,}" for column in columns)
        for name, counts in rows.items()
    ]
    return "\n".join(lines)


def identity_line(run: ImportRun) -> str:
    changed = {kind: count for kind, count in run.counts.get("identity changes", {}).items() if count}
    parts = [f"{count:,} {kind}" for kind, count in changed.items()]
    line = f"Identity changes (the same row under a new name or id): {', '.join(parts)}" if parts else ""
    if ambiguous := run.counts.get("ambiguous"):
        line += f"\nAmbiguous, to be settled in the admin: {ambiguous:,}"
    if contradictions := run.counts.get("contradictions"):
        line += f"\nDuplicates that contradict their twin: {contradictions:,}"
    return line.strip()


def protection_lines(run: ImportRun) -> str:
    before = run.protection.get("before", {})
    held = {name: count for name, count in before.items() if count}
    if not held:
        return ""
    after = run.protection.get("after", {})
    total, left = sum(held.values()), sum(after.get(name, 0) for name in held)
    rebuilt = run.mode == ImportRun.Mode.REBUILD
    counts = f"backed up {total:,}, restored {left:,}" if rebuilt else f"{total:,} rows before, {left:,} after"
    lines = [f"What users own: {counts}"]
    lines += [f"  {name}: {count:,} → {after.get(name, 0):,}" for name, count in held.items()]
    if how := run.protection.get("restored"):
        lines.append("  restored by " + ", ".join(f"{layer}: {count:,}" for layer, count in how.items()))
    if rebuilt:
        lines.append(f"  team ids preserved: {run.protection.get('team_ids_preserved', 1):.0%}")
    repairs = run.protection.get("repairs", [])
    lines += [f"  {line}" for line in repairs[:20]]
    if len(repairs) > 20:
        lines.append(f"  … and {len(repairs) - 20:,} more")
    return "\n".join(lines)


def changes(run: ImportRun, items: int) -> str:
    lines = []
    for group, found in run.diff.items():
        lines.append(f"  {group}: {found['count']:,}")
        lines += [f"    {line}" for line in found["items"][:items]]
        if items and found["count"] > items:
            lines.append(f"    … and {found['count'] - items:,} more (--json lists them all)")
    return "\n".join(["Changes", *lines]) if lines else ""


def health_line(run: ImportRun) -> str:
    if run.health_after is None:
        return ""
    before = f" (before: {run.health_before:.1f} %)" if run.health_before is not None else ""
    return f"Health score {run.health_after:.1f} %{before}"


def timing_line(run: ImportRun) -> str:
    steps = ", ".join(f"{step} {took:.2f}" for step, took in run.timings.items())
    return f"Took {seconds(run):.2f} s" + (f" ({steps})" if steps else "")
