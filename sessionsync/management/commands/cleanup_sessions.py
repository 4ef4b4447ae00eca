import json

from django.core.management.base import BaseCommand

from sessionsync.sessions import delete_expired_sessions, live_sessions


class Command(BaseCommand):
    help = "Delete sessions that have expired."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, **options):
        deleted, live = delete_expired_sessions(), live_sessions().count()
        if options["json"]:
            self.stdout.write(json.dumps({"deleted": deleted, "live": live}))
        else:
            self.stdout.write(f"Deleted {deleted:,} expired sessions; {live:,} are live.")
