import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from etlimport.alerts import check_alerts


class Command(BaseCommand):
    help = (
        "Check whether anything is wrong; notify ADMINS and ALERT_WEBHOOK once, and once more when it is over. "
        "Exit codes: 0 all is well, 1 something is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        incidents = check_alerts()
        if options["json"]:
            found = [
                {"key": incident.key, "message": incident.message, "since": incident.first_seen.isoformat()}
                for incident in incidents
            ]
            self.stdout.write(json.dumps({"open": found}))
        else:
            for incident in incidents:
                self.stdout.write(f"{incident.key}: {incident.message}")
            if not incidents:
                self.stdout.write("All is well.")
        if incidents:
            sys.exit(1)
