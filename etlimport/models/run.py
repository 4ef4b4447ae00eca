from django.conf import settings
from django.db import models
from django.utils import timezone


class ImportRun(models.Model):
    """One import, undo or settling: its numbers, its changes and its outcome. Its row survives a rollback."""

    class Status(models.TextChoices):
        RUNNING = "running"
        PUBLISHED = "published"
        UNCHANGED = "unchanged", "nothing to change"
        PREVIEWED = "previewed", "dry run"
        FAILED = "failed", "failed and rolled back"
        REFUSED = "refused"
        UNREADABLE = "unreadable", "source unreadable"
        DIED = "died"
        UNDONE = "undone"

    class Cause(models.TextChoices):
        """The kind of reason for which a run did not publish."""

        BUSY = "busy", "somebody else holds what it needs"
        DROPS = "drops", "would lose too much at once"
        SEASON = "season", "it cannot tell which season it is"
        UNSAFE = "unsafe", "something it relies on is broken"
        SOURCE = "source", "what the source holds"
        NOT_POSSIBLE = "not possible", "what was asked for cannot be done"
        AUDIT = "audit", "the result would not be right"
        CONNECTION = "connection", "the connection to the database was lost"
        FAULT = "fault", "a fault of the program"

    class Mode(models.TextChoices):
        MERGE = "merge"
        REBUILD = "rebuild"
        SETTLE = "settle", "identities settled by an operator"
        UNDO = "undo"

    source = models.CharField(max_length=1000, blank=True)
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.MERGE)
    status = models.CharField(max_length=12, choices=Status, default=Status.RUNNING)
    leagues = models.JSONField(default=list, blank=True, help_text="Only these league codes; empty: all in the source.")
    forced = models.BooleanField(default=False)
    forced_for = models.JSONField(default=list, blank=True, help_text="Kinds of files that were forced: LEAGUE:kind.")
    answers = models.JSONField(default=list, blank=True, help_text="What an operator told of the seasons of leagues.")
    dry_run = models.BooleanField(default=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    host = models.CharField(max_length=200, blank=True)
    pid = models.IntegerField(null=True, blank=True)
    step = models.CharField(max_length=20, blank=True, help_text="The step it is in, or ended in.")
    cause = models.CharField(max_length=12, choices=Cause, blank=True)
    reasons = models.JSONField(default=list, blank=True, help_text="Why it did not publish, a sentence each.")
    counts = models.JSONField(default=dict, blank=True)
    timings = models.JSONField(default=dict, blank=True, help_text="Seconds per step.")
    warnings = models.JSONField(default=list, blank=True)
    protection = models.JSONField(default=dict, blank=True, help_text="What users own: before, after, how restored.")
    diff = models.JSONField(default=dict, blank=True, help_text="What the run changed, grouped.")
    session_version = models.BigIntegerField(null=True, blank=True)
    health_before = models.FloatField(null=True, blank=True)
    health_after = models.FloatField(null=True, blank=True)
    undone_by = models.OneToOneField("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="undoes")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"run {self.pk} ({self.get_status_display()})"

    @property
    def error(self) -> str:
        """All reasons in one text."""
        return "; ".join(self.reasons)


class RunProgress(models.Model):
    """How far a running import is.

    It is a table of its own because the row of the run itself is locked by the import's transaction.
    """

    run = models.OneToOneField(ImportRun, on_delete=models.CASCADE, primary_key=True, related_name="progress")
    step = models.CharField(max_length=20)
    details = models.JSONField(default=dict)
    noted_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"run {self.run_id}: {self.step}"


class RejectedRow(models.Model):
    """A row of a file that was not imported, or not as it is in the file, with its content and the reason."""

    class Kind(models.TextChoices):
        REJECTED = "rejected"
        CONTRADICTION = "contradiction", "duplicate that contradicts its twin"
        REPAIRED = "repaired", "imported without an unreadable value"

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rejected_rows")
    kind = models.CharField(max_length=15, choices=Kind, default=Kind.REJECTED)
    file = models.CharField(max_length=500)
    index = models.IntegerField(help_text="Position in the file, from 0.")
    reason = models.CharField(max_length=500)
    content = models.TextField()

    class Meta:
        ordering = ["run", "file", "index"]

    def __str__(self) -> str:
        return f"{self.file}[{self.index}]: {self.reason}"


class SourceFile(models.Model):
    """A file of the published snapshot, by which an identical file of a later snapshot is recognised."""

    path = models.CharField(max_length=500, unique=True, help_text="Relative to the source.")
    digest = models.CharField(max_length=64)
    content = models.CharField(max_length=64, default="", help_text="Digest of what its rows say, however written.")
    counts = models.JSONField(default=dict, help_text="Accounting of its rows.")
    scraped_at = models.DateTimeField(null=True, blank=True, help_text="When the last of its rows was scraped.")
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="source_files")

    def __str__(self) -> str:
        return self.path
