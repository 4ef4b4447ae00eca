import sys

from django.core.management.base import BaseCommand, CommandError

from etlimport import errors, report
from etlimport.models import AmbiguousIdentity
from etlimport.settle import settle_different, settle_same

USAGE_ERROR = 2


class Command(BaseCommand):
    help = (
        "List what imports left ambiguous, or settle one of these questions. "
        "Exit codes: 0 listed or settled, 1 failed and rolled back, 2 unknown question, 3 refused."
    )

    def add_arguments(self, parser):
        parser.add_argument("question", type=int, nargs="?", help="its number; without one the open ones are listed")
        answer = parser.add_mutually_exclusive_group()
        answer.add_argument("--same", action="store_true", help="the two are the same: merge them")
        answer.add_argument("--different", action="store_true", help="the two are two: ask no more")

    def handle(self, *, question, same, different, **options):
        if question is None:
            self.list_open()
            return
        ambiguity = AmbiguousIdentity.objects.filter(pk=question).first()
        if ambiguity is None:
            raise CommandError(f"There is no question {question}.", returncode=USAGE_ERROR)
        if same:
            self.merge(ambiguity)
        elif different:
            self.keep_apart(ambiguity)
        else:
            raise CommandError("Say --same or --different.", returncode=USAGE_ERROR)

    def list_open(self) -> None:
        for ambiguity in AmbiguousIdentity.objects.filter(status=AmbiguousIdentity.Status.OPEN).order_by("pk"):
            self.stdout.write(f"{ambiguity.pk}: {ambiguity.kind} {ambiguity} ({ambiguity.reason})")

    def merge(self, ambiguity: AmbiguousIdentity) -> None:
        run = settle_same(ambiguity)
        code = report.exit_code(run)
        self.stdout.write(run.error if code else f"{ambiguity}, as run {run.pk}; undo_run {run.pk} undoes it.")
        if code:
            sys.exit(code)

    def keep_apart(self, ambiguity: AmbiguousIdentity) -> None:
        try:
            settle_different(ambiguity)
        except errors.Refused as refused:
            raise CommandError(str(refused), returncode=errors.EXIT_REFUSED) from refused
        self.stdout.write(str(ambiguity))
