from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandParser

from etlimport.repair.command import RepairCommand, users_by_id
from leagues.discovery import discover_associations


def positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError(f"“{text}” is not a number above 0")
    return int(text)


class Command(RepairCommand):
    help = "Find users' players in other leagues: link them where that is certain, else suggest them to the user."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--limit", type=positive, metavar="N", help="At most N links and suggestions.")
        parser.add_argument("--user-id", type=positive, metavar="ID", help="Only this user.")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = discover_associations(
            users_by_id(options["user_id"]), limit=options["limit"], dry_run=options["dry_run"]
        )
        linked = sum(finding.linked for finding in findings)
        counts = {"linked": linked, "suggested": len(findings) - linked}
        summary = "{linked:,} players linked, {suggested:,} suggested".format(**counts)
        self.report(summary, counts, findings, options)
