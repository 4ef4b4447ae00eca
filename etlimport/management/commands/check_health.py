import json
import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from etlimport.health import CheckResult, Health, UnknownCheck, compute_health, keep, run_check
from etlimport.repair.command import USAGE_ERROR, RepairCommand

UNHEALTHY = 1


class Command(RepairCommand):
    help = "Compute and keep the health score. Exit codes: 0 healthy, 1 a warning or worse, 2 usage."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--check", metavar="NAME", help="Only this check; it fails if its number is not 0.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            ok = self.run_one(options["check"], options["json"])
        else:
            ok = self.run_all(options["dry_run"], options["json"])
        if not ok:
            sys.exit(UNHEALTHY)

    def run_one(self, name: str, as_json: bool) -> bool:
        try:
            result = run_check(name)
        except UnknownCheck as error:
            raise CommandError(str(error), returncode=USAGE_ERROR) from error
        self.stdout.write(json.dumps(as_dict(result)) if as_json else str(result))
        return result.passed

    def run_all(self, dry_run: bool, as_json: bool) -> bool:
        health = compute_health()
        if not dry_run:
            keep(health)
        if as_json:
            self.stdout.write(json.dumps(summary(health)))
        else:
            for line in (*health.failing, health, *filter(None, [health.warning])):
                self.stdout.write(str(line))
        return health.ok


def as_dict(result: CheckResult) -> dict[str, Any]:
    return {
        "name": result.check.name,
        "number": result.number,
        "critical": result.check.critical,
        "description": result.check.description,
    }


def summary(health: Health) -> dict[str, Any]:
    return {
        "score": health.score,
        "band": health.band,
        "warning": health.warning,
        "counts": health.counts,
        "checks": [as_dict(result) for result in health.checks],
    }
