from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from rally.migrating import migration_lock


class Command(BaseCommand):
    help = "Apply migrations, schedule and roles, one process at a time: several replicas may start at once."

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        with migration_lock():
            call_command("migrate", interactive=False, verbosity=verbosity, stdout=self.stdout)
            for command in ("setup_schedule", "setup_roles"):
                call_command(command, verbosity=verbosity, stdout=self.stdout)
