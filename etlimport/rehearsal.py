"""Rehearses a rebuild in a transaction that is always rolled back, to learn what it would lose."""

from dataclasses import dataclass, replace

from etlimport.models import ImportRun
from etlimport.pipeline import Options, run_import
from etlimport.run.progress import Display


@dataclass(frozen=True)
class Rehearsal:
    """A rehearsed rebuild. `lost`: a sentence about each kind of reference of which it would have lost rows."""

    run: ImportRun
    lost: list[str]

    @property
    def safe(self) -> bool:
        return self.run.status == ImportRun.Status.PREVIEWED and not self.lost


def rehearse_restore(options: Options, display: Display | None = None) -> Rehearsal:
    """Rebuild from a source as `run_etl --rebuild` would, roll everything back, and report what would be lost."""
    run = run_import(replace(options, rebuild=True, dry_run=True), display)
    before, after = run.protection.get("before", {}), run.protection.get("after", {})
    lost = [
        f"{name}: {count - after.get(name, 0):,} of {count:,} rows"
        for name, count in before.items()
        if count != after.get(name, 0)
    ]
    return Rehearsal(run, lost)
