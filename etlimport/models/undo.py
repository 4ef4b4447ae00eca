from django.db import models

from etlimport.models.run import ImportRun


class RowChange(models.Model):
    """A catalogue row as it was, by column, before a run updated or deleted it; a user's row that it deleted.

    A night may write hundreds of thousands of these, so each costs as little as can be: `before` is a JSON object as
    text, which is written twice as fast as one the database takes apart, the key is the only index, and the database
    does not look up the run of every single row.
    """

    pk = models.CompositePrimaryKey("run_id", "table_name", "row_id")
    run = models.ForeignKey(
        ImportRun, on_delete=models.CASCADE, related_name="row_changes", db_index=False, db_constraint=False
    )
    table_name = models.CharField(max_length=100)
    row_id = models.BigIntegerField()
    deleted = models.BooleanField(default=False, db_default=False)
    before = models.TextField()

    def __str__(self):
        return f"{self.table_name} {self.row_id} before run {self.run_id}"


class InsertedRange(models.Model):
    """The ids a run inserted into a table: more than `after_id`, at most `last_id`.

    Only an import writes the catalogue and only one runs at a time, so a range says it all.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="inserted_ranges", db_index=False)
    table_name = models.CharField(max_length=100)
    after_id = models.BigIntegerField()
    last_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "table_name"], name="unique_inserted_range")]

    def __str__(self):
        return f"{self.table_name} {self.after_id + 1}–{self.last_id} by run {self.run_id}"


class ReKey(models.Model):
    """A rebuild gave a catalogue row a new id: what pointed at the old one points at the new one."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rekeys", db_index=False)
    table_name = models.CharField(max_length=100)
    old_id = models.BigIntegerField()
    new_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "table_name", "old_id"], name="unique_rekey")]

    def __str__(self):
        return f"{self.table_name} {self.old_id} → {self.new_id} by run {self.run_id}"


class OwnedChange(models.Model):
    """A user's reference into the catalogue that a run itself changed: by a repair, or by settling who is who.

    Empty `before_id` or `after_id`: it led nowhere. `inserted`: the run made the row. `row_id` is text, since
    an app's own table may be keyed by anything.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="owned_changes", db_index=False)
    table_name = models.CharField(max_length=100)
    column_name = models.CharField(max_length=100)
    row_id = models.CharField(max_length=100)
    before_id = models.BigIntegerField(null=True)
    after_id = models.BigIntegerField(null=True)
    inserted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "table_name", "column_name", "row_id"], name="unique_owned_change")
        ]

    def __str__(self):
        return f"{self.table_name}.{self.column_name} of {self.row_id}: {self.before_id} → {self.after_id}"
