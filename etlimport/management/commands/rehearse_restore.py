import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from etlimport import errors
from etlimport.pipeline import Options
from etlimport.rehearsal import rehearse_restore
from etlimport.reports import run_report


class Command(BaseCommand):
    help = (
        "Rehearse a rebuild: everything is done and rolled back, and what would have been lost is reported. "
        "Exit codes: 0 nothing would be lost, 1 something would, 2 unreadable source, 3 refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--source", required=True, type=Path, help="folder with the files, or one of folders")
        parser.add_argument("--league", action="append", default=[], help="only this league's code; repeatable")
        parser.add_argument("--dry-run", action="store_true", help="accepted for symmetry: a rehearsal always is one")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of the report")

    def handle(self, *args: Any, **options: Any) -> None:
        rehearsal = rehearse_restore(Options(source=Path(options["source"]), leagues=tuple(options["league"])))
        if options["json"]:
            found = {"safe": rehearsal.safe, "lost": rehearsal.lost, "run": run_report.as_json(rehearsal.run)}
            self.stdout.write(json.dumps(found, indent=2))
        else:
            self.stdout.write(run_report.as_text(rehearsal.run))
            verdict = "Nothing would be lost." if rehearsal.safe else "A rebuild would not come through:"
            self.stdout.write("\n".join([verdict, *(f"  {line}" for line in rehearsal.lost)]))
        if not rehearsal.safe:
            sys.exit(run_report.exit_code(rehearsal.run) or errors.EXIT_FAILED)
