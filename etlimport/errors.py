"""The exceptions that end a run without publishing, and the exit codes of the commands."""

from etlimport.models import ImportRun

EXIT_OK, EXIT_FAILED, EXIT_UNREADABLE, EXIT_REFUSED = 0, 1, 2, 3
Cause = ImportRun.Cause


class Refused(Exception):
    """A safety check failed before anything was changed. `reasons` holds one sentence for each of its findings."""

    def __init__(self, reasons: list[str], cause: ImportRun.Cause = Cause.UNSAFE) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons
        self.cause = cause


class AuditFailed(Exception):
    """The changed catalogue, or what users own, is not consistent, so everything is rolled back."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class DryRun(Exception):
    """Not an error: raised at the end of a dry run to roll everything back."""
