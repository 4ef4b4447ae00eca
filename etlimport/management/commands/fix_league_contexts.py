from typing import Any

from django.core.management.base import CommandParser

from etlimport.repair import fix_league_contexts
from etlimport.repair.command import RepairCommand, users_by_email


class Command(RepairCommand):
    help = "Give users whose league context is missing, inactive or not one of theirs the best of their leagues."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--specific-user", metavar="EMAIL", help="Only this user.")

    def handle(self, *args: Any, **options: Any) -> None:
        user_ids = users_by_email(options["specific_user"])
        fixes = fix_league_contexts(user_ids, dry_run=options["dry_run"])
        cleared = sum(fix.new_league_id is None for fix in fixes)
        counts = {"fixed": len(fixes) - cleared, "cleared": cleared}
        summary = "{fixed:,} league contexts fixed, {cleared:,} cleared".format(**counts)
        self.report(summary, counts, fixes, options)
