"""How a run can end other than by publishing, each with the exit code of the command."""

from etlimport.models import ImportRun

EXIT_OK, EXIT_FAILED, EXIT_UNREADABLE, EXIT_REFUSED = 0, 1, 2, 3
Cause = ImportRun.Cause


class Refused(Exception):
    """A safety check says no: nothing was touched. `cause` is the kind of check."""

    def __init__(self, reasons: list[str], cause: ImportRun.Cause = Cause.UNSAFE):
        super().__init__("; ".join(reasons))
        self.reasons = reasons
        self.cause = cause


class AuditFailed(Exception):
    """The catalogue or what users own would not be right: everything is rolled back."""

    def __init__(self, reasons: list[str]):
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class DryRun(Exception):
    """Raised at the end of a dry run to roll everything back."""
