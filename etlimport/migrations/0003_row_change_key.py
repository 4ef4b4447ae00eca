"""What undo keeps of rows gets its natural key as primary key, and its content as text. What is kept stays."""

import django.db.models.deletion
from django.db import migrations, models

COPY = """
INSERT INTO etlimport_rowchange (run_id, table_name, row_id, deleted, before)
SELECT run_id, table_name, row_id, deleted, CAST(before AS text) FROM etlimport_formerrowchange
"""


class Migration(migrations.Migration):
    dependencies = [("etlimport", "0002_initial")]

    operations = [
        # Their names are wanted for the new table.
        migrations.RemoveConstraint("rowchange", "unique_row_change"),
        migrations.RemoveIndex("rowchange", "row_change_row"),
        migrations.RenameModel("RowChange", "FormerRowChange"),
        migrations.AlterField(
            "formerrowchange",
            "run",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="etlimport.importrun",
                db_index=False,
                db_constraint=False,
            ),
        ),
        migrations.CreateModel(
            name="RowChange",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run_id",
                        "table_name",
                        "row_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("table_name", models.CharField(max_length=100)),
                ("row_id", models.BigIntegerField()),
                ("deleted", models.BooleanField(db_default=False, default=False)),
                ("before", models.TextField()),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="row_changes",
                        to="etlimport.importrun",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
        migrations.DeleteModel("FormerRowChange"),
    ]
