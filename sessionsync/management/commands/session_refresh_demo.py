from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.shortcuts import resolve_url

from sessionsync import demo


class Command(BaseCommand):
    help = (
        "Show how a publish reaches sessions: makes demo users and a test signal, walks through detect → "
        "refresh → complete over real HTTP against a server of its own, and cleans up."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--path", help="The page to ask for; default: the page after login.")

    def handle(self, **options: Any) -> None:
        try:
            demo.run(options["path"] or resolve_url(settings.LOGIN_REDIRECT_URL), self.stdout.write)
        except demo.DemoFailed as failure:
            raise CommandError(f"The demonstration failed: {failure}") from failure
        self.stdout.write(self.style.SUCCESS("Every session did what it should."))
