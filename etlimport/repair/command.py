"""What the repair commands have in common: their options, and a report for people or for scripts."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from leagues.models import User

SHOWN = 25
USAGE_ERROR = 2


class RepairCommand(BaseCommand):
    """Prints findings one a line. Exit codes: 0 done (or nothing to do), 2 usage."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Show what would be done, change nothing.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def report(self, summary: str, counts: dict[str, int], findings: Sequence[Any], options: dict[str, Any]) -> None:
        """`findings` are dataclasses with a line of text each; only the first few are shown to people."""
        dry_run = options["dry_run"]
        if options["json"]:
            found = {"dry_run": dry_run, **counts, "findings": [asdict(finding) for finding in findings]}
            self.stdout.write(json.dumps(found))
            return
        for finding in findings[:SHOWN]:
            self.stdout.write(str(finding))
        if len(findings) > SHOWN:
            self.stdout.write(f"… and {len(findings) - SHOWN:,} more (all of them with --json)")
        self.stdout.write(summary + (" (dry run: nothing was changed)" if dry_run else ""))


def users_by_email(email: str | None) -> list[int] | None:
    """The id of the one user asked for, or None for all; exit code 2 where nobody has this address."""
    if email is None:
        return None
    return [one_user(f"There is no user with the email “{email}”.", email__iexact=email)]


def users_by_id(user_id: int | None) -> list[int] | None:
    if user_id is None:
        return None
    return [one_user(f"There is no user with the id {user_id}.", pk=user_id)]


def one_user(complaint: str, **lookup: Any) -> int:
    found = User.objects.filter(**lookup).values_list("pk", flat=True).first()
    if found is None:
        raise CommandError(complaint, returncode=USAGE_ERROR)
    return found
