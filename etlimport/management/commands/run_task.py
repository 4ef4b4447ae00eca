import json
from typing import Any

from celery import Task
from django.core.management.base import BaseCommand, CommandError, CommandParser

from etlimport import tasks

USAGE_ERROR = 2


class Command(BaseCommand):
    help = "Run one of the scheduled tasks in this process, as a worker would; without a name, list them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", help="such as check_health")
        parser.add_argument("arguments", nargs="?", default="{}", help="a JSON object")

    def handle(self, *args: Any, name: str | None, arguments: str, **options: Any) -> None:
        known = {key: task for key, task in vars(tasks).items() if isinstance(task, Task)}
        if name is None:
            for key, task in known.items():
                self.stdout.write(f"{key}: {task.__doc__.splitlines()[0] if task.__doc__ else ''}".rstrip(": "))
            return
        if name not in known:
            raise CommandError(f"There is no task “{name}”. There are: {', '.join(known)}.", returncode=USAGE_ERROR)
        try:
            given = json.loads(arguments)
        except ValueError as error:
            raise CommandError(f"The arguments are not JSON: {error}", returncode=USAGE_ERROR) from error
        self.stdout.write(json.dumps(known[name].apply(kwargs=given, throw=True).get()))
