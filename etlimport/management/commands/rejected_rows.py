import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from etlimport.models import ImportRun
from etlimport.repair.command import USAGE_ERROR
from etlimport.reports import rejected_rows


class Command(BaseCommand):
    help = (
        "Show the rows a run rejected, repaired or found to contradict others, and why. "
        "Exit codes: 0 shown, 2 unknown run or a file that cannot be written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", nargs="?", type=int, metavar="RUN", help="number of the run; the latest if absent")
        output = parser.add_mutually_exclusive_group()
        output.add_argument("--csv", type=Path, metavar="FILE", help="write all of them to this file")
        output.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, run: int | None, csv: Path | None, **options: Any) -> None:
        try:
            found = rejected_rows.find_run(run)
        except rejected_rows.UnknownRun as error:
            raise CommandError(str(error), returncode=USAGE_ERROR) from error
        if csv:
            self.write_csv(found, Path(csv))
        elif options["json"]:
            self.print_json(found)
        else:
            self.print_table(found)

    def write_csv(self, run: ImportRun, path: Path) -> None:
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                file.writelines(rejected_rows.as_csv(run))
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.", returncode=USAGE_ERROR) from error
        self.stdout.write(f"Run {run.pk}: {run.rejected_rows.count():,} rows written to {path}.")

    def print_json(self, run: ImportRun) -> None:
        self.stdout.write(json.dumps({"run": run.pk, "rows": list(rejected_rows.as_dicts(run))}, indent=2))

    def print_table(self, run: ImportRun) -> None:
        self.stdout.write(f"Run {run.pk} of {run.source or 'no source'}: {run.rejected_rows.count():,} rows")
        for line in rejected_rows.as_table(rejected_rows.rows_of(run).iterator()):
            self.stdout.write(line)
