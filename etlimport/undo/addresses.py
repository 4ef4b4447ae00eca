"""Addresses of the time between a run and its undo lead on, too."""

from etlimport.models import ReKey
from etlimport.undo.undo_tables import UndoTables, back
from leagues.former_keys import remember_former_keys
from leagues.models import CatalogueModel, Club, League, Player, Series, Team


def remember_restored_keys(tables: UndoTables) -> int:
    """Remember the keys a run gave, as former keys of those an undo is about to put back; how many."""
    return remember_former_keys(f"""
SELECT 'league' AS kind, '' AS league_key, t.key AS former_key, b.key AS current_key
FROM {pairs(tables, League)} JOIN leagues_league t ON t.id = p.new_id
UNION ALL
SELECT 'club', '', t.key, b.key FROM {pairs(tables, Club)} JOIN leagues_club t ON t.id = p.new_id
UNION ALL
SELECT 'series', {key_of("l")}, t.key, b.key
FROM {pairs(tables, Series)} JOIN leagues_series t ON t.id = p.new_id {joined(League, "l", "b.league_id")}
UNION ALL
SELECT 'team', {key_of("l")}, ts.key || '/' || tc.key || '/' || t.squad,
       {key_of("s")} || '/' || {key_of("c")} || '/' || b.squad
FROM {pairs(tables, Team)} JOIN leagues_team t ON t.id = p.new_id
JOIN leagues_series ts ON ts.id = t.series_id JOIN leagues_club tc ON tc.id = t.club_id
{joined(League, "l", "b.league_id")} {joined(Series, "s", "b.series_id")} {joined(Club, "c", "b.club_id")}
UNION ALL
SELECT 'player', {key_of("l")}, t.external_id, b.external_id
FROM {pairs(tables, Player)} JOIN leagues_player t ON t.id = p.new_id {joined(League, "l", "b.league_id")}
""")


def pairs(tables: UndoTables, model: type[CatalogueModel]) -> str:
    """SQL: the rows `b` an undo puts back, each with the id `p.new_id` that it has had since the run."""
    return f"""{back(model)} b JOIN (
        SELECT id AS old_id, id AS new_id FROM {back(model)} UNION ALL
        SELECT old_id, new_id FROM {ReKey._meta.db_table}
        WHERE run_id = {tables.run.pk} AND table_name = '{model._meta.db_table}'
    ) p ON p.old_id = b.id"""


def joined(model: type[CatalogueModel], name: str, column: str) -> str:
    """SQL: the row a restored one will refer to, as it is (`name`) and as it is put back (`b` + name)."""
    table = model._meta.db_table
    return f"""LEFT JOIN {table} {name} ON {name}.id = {column}
               LEFT JOIN {back(model)} b{name} ON b{name}.id = {column}"""


def key_of(name: str) -> str:
    return f"coalesce(b{name}.key, {name}.key)"
