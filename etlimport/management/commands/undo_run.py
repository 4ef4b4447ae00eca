import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from etlimport import errors
from etlimport.models import ImportRun
from etlimport.reports import run_report
from etlimport.undo import undo_run

UNKNOWN_RUN = 2


class Command(BaseCommand):
    help = (
        "Put the catalogue back as it was before a published run; what users did since stays. "
        "Exit codes: 0 undone, 1 failed and rolled back, 2 unknown run, 3 refused, with the reasons."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=int, help="the number of the run")
        parser.add_argument("--dry-run", action="store_true", help="do everything, commit nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of the report")

    def handle(self, *args: Any, **options: Any) -> None:
        run = ImportRun.objects.filter(pk=options["run"]).first()
        if run is None:
            raise CommandError(f"There is no run {options['run']}.", returncode=UNKNOWN_RUN)
        undo = undo_run(run, dry_run=options["dry_run"])
        self.stdout.write(json.dumps(run_report.as_json(undo), indent=2) if options["json"] else as_text(undo))
        if code := run_report.exit_code(undo):
            sys.exit(code)


def as_text(undo: ImportRun) -> str:
    if run_report.exit_code(undo) == errors.EXIT_REFUSED:
        return f"REFUSED. Nothing was touched. {undo.error}"
    if run_report.exit_code(undo):
        return f"FAILED. {undo.error}"
    undone = undo.counts["undone"]
    lines = [f"Undoing {undo.source}, as run {undo.pk}:"]
    lines += [
        f"  {table}: {counts['deleted']:,} deleted, {counts['restored']:,} restored"
        for table, counts in undone["catalogue"].items()
    ]
    lines += [f"  {what}: {count:,}" for what, count in undone["users"].items()]
    lines += [f"  {line}" for line in undo.protection.get("repairs", [])[:20]]
    lines.append(f"Health score {undo.health_after:.1f} %")
    lines.append("Dry run: nothing was changed." if undo.dry_run else "Undone.")
    return "\n".join(lines)
