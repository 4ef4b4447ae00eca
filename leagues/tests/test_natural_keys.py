"""Rows are looked up by their natural keys, which keeps them unique."""

import pytest
from django.db import IntegrityError, connection, transaction

from leagues.models import MatchScore, Player, ScheduledMatch, Series, Team
from leagues.tests.factories import PlayerFactory

pytestmark = pytest.mark.django_db


def test_two_players_of_a_league_cannot_have_one_id():
    player = PlayerFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        PlayerFactory(league=player.league, external_id=player.external_id)


@pytest.mark.sqlite
@pytest.mark.parametrize("model", [MatchScore, Player, ScheduledMatch, Series, Team])
def test_sqlite_looks_a_row_up_by_its_whole_natural_key(model):
    (constraint,) = (found for found in model._meta.constraints if found.name.startswith("unique_"))
    columns = [model._meta.get_field(name).column for name in constraint.fields]
    query = f"SELECT id FROM {model._meta.db_table} WHERE {' AND '.join(f'{column} = 1' for column in columns)}"
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {query}")
        assert constraint.name in str(cursor.fetchall())


@pytest.mark.postgresql
def test_on_postgresql_no_foreign_key_could_point_at_a_natural_key():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'unique_player_league'")
        assert "WHERE (league_id IS NOT NULL)" in cursor.fetchone()[0]
