"""A full rebuild with restore, in a transaction that is always rolled back: what would be lost, before it is."""

from dataclasses import dataclass, replace

from etlimport.models import ImportRun
from etlimport.pipeline import Options, run_import


@dataclass(frozen=True)
class Rehearsal:
    """`lost`: what the rebuild would have lost, in words; empty where everything would come through."""

    run: ImportRun
    lost: list[str]

    @property
    def safe(self) -> bool:
        return self.run.status == ImportRun.Status.PREVIEWED and not self.lost


def rehearse_restore(options: Options, display=None) -> Rehearsal:
    """Rebuild from a source as `run_etl --rebuild` would, keep nothing of it, and say what would be lost."""
    run = run_import(replace(options, rebuild=True, dry_run=True), display)
    before, after = run.protection.get("before", {}), run.protection.get("after", {})
    lost = [
        f"{name}: {count - after.get(name, 0):,} of {count:,} rows"
        for name, count in before.items()
        if count != after.get(name, 0)
    ]
    return Rehearsal(run, lost)
