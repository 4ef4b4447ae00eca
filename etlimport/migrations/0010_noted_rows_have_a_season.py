"""What undo needs of runs made before leagues had seasons: the one season that the rows' league was given.

Rows whose league a rebuild has replaced since have none; a run that noted such rows can no longer be undone, and says so.
"""

from django.db import migrations

TABLES = "'leagues_team', 'leagues_scheduledmatch', 'leagues_matchscore'"

ON_POSTGRESQL = f"""
    UPDATE etlimport_rowchange SET before = CAST(
        CAST(before AS jsonb) || jsonb_build_object('season_id', season.id) AS text)
    FROM leagues_season season
    WHERE table_name IN ({TABLES}) AND season.league_id = CAST(CAST(before AS json) ->> 'league_id' AS bigint)"""

ON_SQLITE = f"""
    UPDATE etlimport_rowchange SET before = json_set(before, '$.season_id', season.id)
    FROM leagues_season season
    WHERE table_name IN ({TABLES}) AND season.league_id = json_extract(before, '$.league_id')"""


def note_seasons(apps, schema_editor):
    schema_editor.execute(ON_POSTGRESQL if schema_editor.connection.vendor == "postgresql" else ON_SQLITE)


class Migration(migrations.Migration):

    dependencies = [
        ("etlimport", "0009_seasons"),
        ("leagues", "0008_every_team_has_a_season"),
    ]

    operations = [migrations.RunPython(note_seasons, migrations.RunPython.noop)]
