import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sessionsync.sessions import delete_expired_sessions, live_sessions


class Command(BaseCommand):
    help = "Delete sessions that have expired."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, **options: Any) -> None:
        deleted, live = delete_expired_sessions(), live_sessions().count()
        if options["json"]:
            self.stdout.write(json.dumps({"deleted": deleted, "live": live}))
        else:
            self.stdout.write(f"Deleted {deleted:,} expired sessions; {live:,} are live.")
