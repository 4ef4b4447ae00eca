"""Why a run did not publish: a list of reasons and their cause in place of one text."""

from django.db import migrations, models


def take_over(apps, schema_editor):
    """What was one text is one reason."""
    runs = apps.get_model("etlimport", "ImportRun")
    for run in runs.objects.exclude(error="").only("pk", "error").iterator():
        runs.objects.filter(pk=run.pk).update(reasons=[run.error])


class Migration(migrations.Migration):
    dependencies = [("etlimport", "0003_row_change_key")]

    operations = [
        migrations.AddField(
            "importrun",
            "cause",
            models.CharField(
                blank=True,
                choices=[
                    ("busy", "somebody else holds what it needs"),
                    ("drops", "would lose too much at once"),
                    ("unsafe", "something it relies on is broken"),
                    ("source", "what the source holds"),
                    ("not possible", "what was asked for cannot be done"),
                    ("audit", "the result would not be right"),
                    ("connection", "the connection to the database was lost"),
                    ("fault", "a fault of the program"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            "importrun",
            "reasons",
            models.JSONField(
                blank=True, default=list, help_text="Why it did not publish, a sentence each."
            ),
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
        migrations.RemoveField("importrun", "error"),
        migrations.AlterField(
            "importrun",
            "status",
            models.CharField(
                choices=[
                    ("running", "Running"),
                    ("published", "Published"),
                    ("unchanged", "nothing to change"),
                    ("previewed", "dry run"),
                    ("failed", "failed and rolled back"),
                    ("refused", "Refused"),
                    ("unreadable", "source unreadable"),
                    ("died", "Died"),
                    ("undone", "Undone"),
                ],
                default="running",
                max_length=12,
            ),
        ),
    ]
