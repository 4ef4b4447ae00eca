import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from leagues.stale_contexts import clear_stale_contexts


class Command(BaseCommand):
    help = (
        "Clear selected leagues and teams that are inactive or no longer open to their user; "
        "their next request selects their best league."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Count only.")
        parser.add_argument("--json", action="store_true", help="For scripts.")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        cleared = clear_stale_contexts(dry_run)
        if options["json"]:
            self.stdout.write(json.dumps({"dry_run": dry_run, **asdict(cleared)}))
            return
        verb = "Would clear" if dry_run else "Cleared"
        self.stdout.write(f"{verb} {cleared.leagues:,} selected leagues and {cleared.teams:,} selected teams.")
