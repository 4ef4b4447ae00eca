import contextlib
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from etlimport.errors import EXIT_UNREADABLE
from etlimport.pipeline import Options, run_import
from etlimport.reports import run_report
from etlimport.resolve.forced import files_to_force
from etlimport.resolve.season_answers import given
from etlimport.run.progress import Display, Lines, Silent, bars


class Command(BaseCommand):
    help = (
        "Import a source's JSON files and publish them. "
        "Exit codes: 0 published or nothing to change, 1 failed and rolled back, "
        "2 usage or unreadable source, 3 refused by a safety check."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--source", required=True, type=Path, help="folder with the files, or one of folders")
        parser.add_argument("--league", action="append", default=[], help="only this league's code; repeatable")
        parser.add_argument("--dry-run", action="store_true", help="do everything, commit nothing")
        parser.add_argument("--diff", action="store_true", help="show what changes, grouped; all of it with --json")
        parser.add_argument(
            "--force",
            action="append",
            nargs="?",
            const="",
            default=[],
            metavar="LEAGUE:KIND",
            help="go on where a safety check refuses, with everything or with this kind of file; it is recorded",
        )
        parser.add_argument("--rebuild", action="store_true", help="delete the leagues' catalogue, create it anew")
        parser.add_argument(
            "--new-season", action="append", default=[], metavar="LEAGUE=KEY", help="this league begins a season now"
        )
        parser.add_argument(
            "--same-season",
            action="append",
            default=[],
            metavar="LEAGUE",
            help="this league goes on with its season",
        )
        parser.add_argument(
            "--season", action="append", default=[], metavar="LEAGUE=KEY", help="the season of rows that tell none"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of the report")
        parser.add_argument("--no-progress", action="store_true", help="do not show progress")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            seasons = given(options["new_season"], options["same_season"], options["season"])
            force_for = files_to_force(filter(None, options["force"]))
        except ValueError as error:
            raise CommandError(str(error), returncode=EXIT_UNREADABLE) from error
        asked = Options(
            source=Path(options["source"]),
            leagues=tuple(options["league"]),
            rebuild=options["rebuild"],
            dry_run=options["dry_run"],
            force="" in options["force"],
            force_for=force_for,
            diff=options["diff"],
            seasons=seasons,
        )
        with self.display(quiet=options["no_progress"] or options["json"]) as display:
            run = run_import(asked, display)
        if options["json"]:
            self.stdout.write(json.dumps(run_report.as_json(run), indent=2))
        else:
            self.stdout.write(run_report.as_text(run, diff=options["diff"]))
        if code := run_report.exit_code(run):
            sys.exit(code)

    def display(self, *, quiet: bool) -> contextlib.AbstractContextManager[Display]:
        if quiet:
            return contextlib.nullcontext(Silent())
        if sys.stderr.isatty():
            return bars(sys.stderr)
        return contextlib.nullcontext(Lines(self.stderr.write))
