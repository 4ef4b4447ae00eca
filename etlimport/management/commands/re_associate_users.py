from typing import Any

from django.core.management.base import CommandParser

from etlimport.repair import re_associate_users
from etlimport.repair.command import RepairCommand, users_by_email


class Command(RepairCommand):
    help = "Link users whose player is inactive to the same person's active player; report those who have none."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--specific-user", metavar="EMAIL", help="Only this user.")

    def handle(self, *args: Any, **options: Any) -> None:
        user_ids = users_by_email(options["specific_user"])
        findings = re_associate_users(user_ids, dry_run=options["dry_run"])
        findings.sort(key=lambda finding: not finding.restored)
        restored = sum(finding.restored for finding in findings)
        counts = {"restored": restored, "kept": len(findings) - restored}
        summary = "{restored:,} associations restored, {kept:,} kept on the inactive player".format(**counts)
        self.report(summary, counts, findings, options)
