from django.db import models

from etlimport.models.run import ImportRun


class RowChange(models.Model):
    """A row of the catalogue as it was before a run updated or deleted it, or a user's row that the run deleted.

    `before` is a JSON object of its columns. An import may write hundreds of thousands of these rows, so they are made
    cheap: `before` is a text, which is written twice as fast as a JSON column; the primary key is the only index; and
    there is no constraint by which the database would look up the run of every row.
    """

    pk = models.CompositePrimaryKey("run_id", "table_name", "row_id")
    run = models.ForeignKey(
        ImportRun, on_delete=models.CASCADE, related_name="row_changes", db_index=False, db_constraint=False
    )
    table_name = models.CharField(max_length=100)
    row_id = models.BigIntegerField()
    deleted = models.BooleanField(default=False, db_default=False)
    before = models.TextField()

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id} before run {self.run_id}"


class InsertedRange(models.Model):
    """The ids of the rows that a run inserted into a table: those above `after_id` and up to `last_id`.

    A range is enough, because only imports insert rows into the catalogue, and only one import runs at a time.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="inserted_ranges", db_index=False)
    table_name = models.CharField(max_length=100)
    after_id = models.BigIntegerField()
    last_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "table_name"], name="unique_inserted_range")]

    def __str__(self) -> str:
        return f"{self.table_name} {self.after_id + 1}–{self.last_id} by run {self.run_id}"


class ReKey(models.Model):
    """A rebuild gave a catalogue row a new id: what pointed at the old one points at the new one."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rekeys", db_index=False)
    table_name = models.CharField(max_length=100)
    old_id = models.BigIntegerField()
    new_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "table_name", "old_id"], name="unique_rekey")]

    def __str__(self) -> str:
        return f"{self.table_name} {self.old_id} → {self.new_id} by run {self.run_id}"


class OwnedChange(models.Model):
    """A user-owned reference into the catalogue that a run changed by a repair, or by merging two rows.

    `before_id` and `after_id` are the ids it held before and after; empty for none. `inserted`: whether the run made
    the row. `row_id` is a text, because the table of another app may have a primary key of any type.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="owned_changes", db_index=False)
    table_name = models.CharField(max_length=100)
    column_name = models.CharField(max_length=100)
    row_id = models.CharField(max_length=100)
    before_id = models.BigIntegerField(null=True)
    after_id = models.BigIntegerField(null=True)
    inserted = models.BooleanField(default=False)
    selected_at = models.DateTimeField(null=True, help_text="When the user had selected the league it led to before.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "table_name", "column_name", "row_id"], name="unique_owned_change")
        ]

    def __str__(self) -> str:
        return f"{self.table_name}.{self.column_name} of {self.row_id}: {self.before_id} → {self.after_id}"
