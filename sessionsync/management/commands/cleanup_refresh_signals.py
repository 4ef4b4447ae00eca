import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessionsync.conf import option
from sessionsync.publishing import delete_old_signals


class Command(BaseCommand):
    help = "Delete refresh signals that were completed long ago."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=float, help="Older than this; default: SIGNAL_RETENTION_DAYS.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, **options: Any) -> None:
        days = option("SIGNAL_RETENTION_DAYS") if options["days"] is None else options["days"]
        if not 0 <= days <= 36500:
            raise CommandError("--days must be between 0 and 36500.")
        deleted = delete_old_signals(days)
        if options["json"]:
            self.stdout.write(json.dumps({"deleted": deleted, "days": days}))
        else:
            self.stdout.write(f"Deleted {deleted:,} signals completed more than {days:g} days ago.")
