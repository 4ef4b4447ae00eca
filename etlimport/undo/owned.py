"""What users own, when a run is undone: what the run itself did to it is taken back, the rest stays."""

from etlimport import database
from etlimport.database.references import Reference, owned_references
from etlimport.models import OwnedChange, ReKey
from etlimport.undo.undo_tables import UndoTables, gone
from leagues.models import AssociationSuggestion, Player, PlayerAssociation, User

CHANGES = OwnedChange._meta.db_table
ASSOCIATION = PlayerAssociation._meta.db_table
SUGGESTION = AssociationSuggestion._meta.db_table
LEAGUE_SELECTED = User._meta.get_field("league_context").column


def take_back(tables: UndoTables) -> dict[str, int]:
    """The run's own changes, latest first: its repairs, then the new ids of a rebuild; how many references."""
    ask_again(tables)
    references = [reference for reference in owned_references() if reference.by_id]
    repairs = sum(take_back_own(tables.run.pk, reference) for reference in references)
    rekeyed = sum(rekey(tables.run.pk, reference) for reference in references)
    let_go(tables, references)
    return {"repairs taken back": repairs, "references to former ids": rekeyed}


def changes_of(run_id: int, reference: Reference) -> str:
    return f"c.run_id = {run_id} AND c.table_name = '{reference.table}' AND c.column_name = '{reference.column}'"


def ask_again(tables: UndoTables) -> None:
    """A suggestion that a link of the run answered is a question again."""
    database.execute(
        f"""UPDATE {SUGGESTION} SET status = 'open', decided_at = NULL
            WHERE status = 'accepted' AND (user_id, player_id) IN (
                SELECT a.user_id, a.player_id FROM {ASSOCIATION} a
                JOIN {CHANGES} c ON c.row_id = CAST(a.id AS text) AND c.after_id = a.player_id
                WHERE c.run_id = %s AND c.table_name = '{ASSOCIATION}' AND c.inserted)""",
        [tables.run.pk],
    )


def take_back_own(run_id: int, reference: Reference) -> int:
    """Undo what the run did to a reference, where nobody changed it since."""
    table, column, changes = reference.table, reference.column, changes_of(run_id, reference)
    if not database.value(f"SELECT 1 FROM {CHANGES} c WHERE {changes} LIMIT 1"):
        return 0
    row_id = f"CAST(c.row_id AS {reference.key_type})"
    undecided = "AND status = 'open'" if reference.model is AssociationSuggestion else ""
    removed = database.execute(
        f"""DELETE FROM {table} WHERE ({reference.primary_key}, {column}) IN (
                SELECT {row_id}, c.after_id FROM {CHANGES} c WHERE {changes} AND c.inserted) {undecided}"""
    )
    taken = f"AND NOT EXISTS (SELECT 1 FROM {table} o WHERE o.{column} = c.before_id)" if reference.unique else ""
    selected_at = ", league_context_selected_at = c.selected_at" if column == LEAGUE_SELECTED else ""
    return removed + database.execute(
        f"""UPDATE {table} SET {column} = c.before_id{selected_at} FROM {CHANGES} c
            WHERE {changes} AND NOT c.inserted AND {table}.{reference.primary_key} = {row_id}
              AND {table}.{column} IS NOT DISTINCT FROM c.after_id {taken}"""
    )


def rekey(run_id: int, reference: Reference) -> int:
    """What points at the new id of a rebuilt row points at its old one; what was attached since, too."""
    return database.execute(
        f"""UPDATE {reference.table} SET {reference.column} = k.old_id FROM {ReKey._meta.db_table} k
            WHERE k.run_id = %s AND k.table_name = %s AND k.new_id = {reference.table}.{reference.column}""",
        [run_id, reference.target_table],
    )


def let_go(tables: UndoTables, references: list[Reference]) -> None:
    """Clear the selections of rows that go, and delete unanswered suggestions of such players: neither keeps a row."""
    for reference in references:
        if reference.model is User and reference.nullable:
            database.execute(
                f"""UPDATE {reference.table} SET {reference.column} = NULL
                    WHERE {reference.column} IN (SELECT id FROM {gone(reference.target)})"""
            )
    database.execute(
        f"DELETE FROM {SUGGESTION} WHERE status = 'open' AND player_id IN (SELECT id FROM {gone(Player)})",
    )
