import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from leagues.demo import NothingImported, make_demo_accounts

LOCAL_PASSWORD = "rally-demo"


class Command(BaseCommand):
    help = "Make a player, a captain and a staff account to try the site with, and print how to log in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--yes", action="store_true", help="Also outside DEBUG; the accounts then get a random password."
        )

    def handle(self, *args: Any, yes: bool, **options: Any) -> None:
        if not (settings.DEBUG or yes):
            raise CommandError("Demo accounts are for trying the site: one may administer it. Add --yes to insist.")
        password = LOCAL_PASSWORD if settings.DEBUG else secrets.token_urlsafe(12)
        try:
            accounts = make_demo_accounts(password)
        except NothingImported as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write("Log in as:")
        for account in accounts:
            self.stdout.write(f"  {account.role:8} {account.email:22} {account.password}  {account.player}")
