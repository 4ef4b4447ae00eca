import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from etlimport.operations.roles import setup_roles


class Command(BaseCommand):
    help = "Make the groups viewer, operator and administrator, or bring them up to date; to be repeated at will."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = setup_roles()
        if options["json"]:
            self.stdout.write(json.dumps(counts))
            return
        if not options["verbosity"]:
            return
        for name, number in counts.items():
            self.stdout.write(f"{name}: {number} permissions")
