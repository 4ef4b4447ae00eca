import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django_celery_beat.models import PeriodicTask

from etlimport.operations.schedule import setup_schedule


class Command(BaseCommand):
    help = "Write the schedule that the settings ask for; to be repeated whenever they change."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        done = setup_schedule()
        if options["json"]:
            self.stdout.write(json.dumps(done))
            return
        if not options["verbosity"]:
            return
        entries = PeriodicTask.objects.filter(name__in=done).select_related("crontab")
        when = {entry.name: str(entry.crontab) + ("" if entry.enabled else " (switched off)") for entry in entries}
        for name, what in done.items():
            self.stdout.write(f"{name}: {what}, {when.get(name, 'no longer asked for')}")
