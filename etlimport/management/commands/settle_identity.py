import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from etlimport import errors
from etlimport.models import AmbiguousIdentity, ImportRun
from etlimport.reports import run_report
from etlimport.settle import settle_different, settle_same

USAGE_ERROR = 2
DRY_RUN_NOTE = " (dry run: nothing was changed; it can be settled so)"


class Command(BaseCommand):
    help = (
        "List what imports left ambiguous, or settle one of these questions. "
        "Exit codes: 0 listed or settled, 1 failed and rolled back, 2 unknown question, 3 refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("question", type=int, nargs="?", help="its number; without one the open ones are listed")
        answer = parser.add_mutually_exclusive_group()
        answer.add_argument("--same", action="store_true", help="the two are the same: merge them")
        answer.add_argument("--different", action="store_true", help="the two are different: do not ask again")
        parser.add_argument("--dry-run", action="store_true", help="do everything, commit nothing")
        parser.add_argument("--json", action="store_true", help="print JSON instead of lines for people")

    def handle(self, *args: Any, question: int | None, same: bool, different: bool, **options: Any) -> None:
        if question is None:
            self.list_open(as_json=options["json"])
            return
        ambiguity = AmbiguousIdentity.objects.filter(pk=question).first()
        if ambiguity is None:
            raise CommandError(f"There is no question {question}.", returncode=USAGE_ERROR)
        if same:
            self.merge(ambiguity, options)
        elif different:
            self.keep_apart(ambiguity, options)
        else:
            raise CommandError("Say --same or --different.", returncode=USAGE_ERROR)

    def list_open(self, *, as_json: bool) -> None:
        found = AmbiguousIdentity.objects.filter(status=AmbiguousIdentity.Status.OPEN).order_by("pk")
        if as_json:
            self.stdout.write(json.dumps([described(ambiguity) for ambiguity in found], indent=2))
            return
        for ambiguity in found:
            self.stdout.write(f"{ambiguity.pk}: {ambiguity.kind} {ambiguity} ({ambiguity.reason})")

    def merge(self, ambiguity: AmbiguousIdentity, options: dict[str, Any]) -> None:
        run = settle_same(ambiguity, dry_run=options["dry_run"])
        self.print_answer(ambiguity, merged(run, ambiguity), as_json=options["json"], run=run_report.as_json(run))
        if code := run_report.exit_code(run):
            sys.exit(code)

    def keep_apart(self, ambiguity: AmbiguousIdentity, options: dict[str, Any]) -> None:
        try:
            settle_different(ambiguity, dry_run=options["dry_run"])
        except errors.Refused as refused:
            raise CommandError(str(refused), returncode=errors.EXIT_REFUSED) from refused
        words = f"{ambiguity}{DRY_RUN_NOTE if options['dry_run'] else ''}"
        self.print_answer(ambiguity, words, as_json=options["json"])

    def print_answer(self, ambiguity: AmbiguousIdentity, words: str, *, as_json: bool, **more: Any) -> None:
        self.stdout.write(json.dumps(described(ambiguity) | more, indent=2) if as_json else words)


def merged(run: ImportRun, ambiguity: AmbiguousIdentity) -> str:
    if run_report.exit_code(run):
        return run.error
    if run.dry_run:
        return f"{ambiguity}{DRY_RUN_NOTE}"
    return f"{ambiguity}, as run {run.pk}; undo_run {run.pk} undoes it."


def described(ambiguity: AmbiguousIdentity) -> dict[str, Any]:
    """The question as an object that can be encoded as JSON."""
    return {
        "question": ambiguity.pk,
        "kind": ambiguity.kind,
        "league": ambiguity.league_key,
        "old": {"id": ambiguity.old_id, "label": ambiguity.old_label},
        "new": {"id": ambiguity.new_id, "label": ambiguity.new_label},
        "reason": ambiguity.reason,
        "status": ambiguity.status,
    }
