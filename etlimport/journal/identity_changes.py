"""Records which existing things a run found under a new name or key, and which of its matches were ambiguous."""

from django.db.models import Count

from etlimport import database
from etlimport.database import dialect
from etlimport.models import AmbiguousIdentity, IdentityChange, ImportRun
from leagues.models import CatalogueModel

CHANGES = {
    "league": """SELECT '' AS league_key, w.target_id, t.code AS old_label, w.code AS new_label, w.layer, w.evidence
                 FROM w_league w JOIN leagues_league t ON t.id = w.target_id WHERE t.code <> w.code""",
    "club": """SELECT '' AS league_key, w.target_id, t.name AS old_label, w.name AS new_label,
                      w.layer, w.evidence
               FROM w_club w JOIN leagues_club t ON t.id = w.target_id WHERE t.name <> w.name""",
    "series": """SELECT l.key AS league_key, w.target_id, t.name AS old_label, w.name AS new_label,
                      w.layer, w.evidence
               FROM w_series w
                 JOIN w_league l ON l.no = w.league_no
                 JOIN leagues_series t ON t.id = w.target_id WHERE t.name <> w.name""",
    "team": """SELECT l.key AS league_key, w.target_id, t.name AS old_label, w.name AS new_label,
                      w.layer, w.evidence
               FROM w_team w
               JOIN w_league l ON l.no = w.league_no
               JOIN leagues_team t ON t.id = w.target_id WHERE t.name <> w.name""",
    "player": """SELECT l.key AS league_key, w.target_id,
                        t.first_name || ' ' || t.last_name || ' (' || t.external_id || ')' AS old_label,
                        w.first_name || ' ' || w.last_name || ' (' || w.external_id || ')' AS new_label,
                        w.layer, w.evidence
                 FROM w_player w JOIN w_league l ON l.no = w.league_no JOIN leagues_player t ON t.id = w.target_id
                 WHERE t.external_id <> w.external_id OR t.name_key <> w.name_key""",
}
"""By kind of thing: SQL for a query of the rows that get another name or key, to be asked before the merge."""

NO_CHANGES = dict.fromkeys(CHANGES, 0)

AmbiguousPair = tuple[str, int, int, str, str, str]
"""(key of the league, id of the old row, number of the new thing, old label, new label, reason)."""

AMBIGUOUS = {
    "player": f"""
        SELECT l.key, p.id, w.no, p.first_name || ' ' || p.last_name || ' (' || p.external_id || ')',
               w.first_name || ' ' || w.last_name || ' (' || w.external_id || ')', pair.reason
        FROM (SELECT n.no, o.id, 'the same name, but nothing else says that they are the same person' AS reason
              FROM w_new_player n JOIN w_old_player o ON o.league_id = n.league_id AND o.name_key = n.name_key
              UNION ALL SELECT h.no, h.old_id, 'the same id and last name, but another given name'
              FROM w_reassigned_id h JOIN leagues_player p ON p.id = h.old_id JOIN w_player w ON w.no = h.no
              WHERE {dialect.last_word("p.name_key")} = {dialect.last_word("w.name_key")}) pair
        JOIN leagues_player p ON p.id = pair.id
        JOIN w_player w ON w.no = pair.no AND w.target_id IS NULL JOIN w_league l ON l.no = w.league_no
        WHERE p.id NOT IN (SELECT target_id FROM w_player WHERE target_id IS NOT NULL)""",
    "team": """
        SELECT l.key, t.id, w.no, t.name, w.name,
               'shares ' || s.shared || ' of ' || s.old_size || ' players: too few to be sure'
        FROM w_shared_roster s JOIN w_team w ON w.no = s.team_no AND w.target_id IS NULL
        JOIN w_league l ON l.no = w.league_no JOIN leagues_team t ON t.id = s.team_id AND t.is_active
        WHERE 3 * s.shared >= s.old_size AND t.id NOT IN (SELECT target_id FROM w_team WHERE target_id IS NOT NULL)""",
}
"""By kind of thing: SQL for a query of the unmatched pairs that may be the same thing.

It gives (key of the league, id of the old row, number of the new thing, old label, new label, reason).
"""

MAX_AMBIGUITIES = 1000
"""How many ambiguous pairs of a kind of thing are recorded. An operator would not go through more."""


def note_changes(run: ImportRun) -> dict[str, int]:
    """Record the rows that get another name or key. Returns how many there are of each kind of thing."""
    every = " UNION ALL ".join(
        f"SELECT '{kind}' AS kind, {kind}.* FROM ({sql}) {kind}" for kind, sql in CHANGES.items()
    )
    database.execute(
        f"""INSERT INTO {IdentityChange._meta.db_table}
                (run_id, kind, league_key, row_id, old_label, new_label, layer, evidence)
            SELECT {run.pk}, kind, league_key, target_id, substr(old_label, 1, 400), substr(new_label, 1, 400),
                   layer, substr(evidence, 1, 500)
            FROM ({every}) c"""
    )
    noted = IdentityChange.objects.filter(run=run).values_list("kind").annotate(Count("pk")).order_by()
    return NO_CHANGES | dict(noted)


def find_ambiguous() -> dict[str, list[AmbiguousPair]]:
    """The ambiguous pairs by kind of thing. `note_ambiguous` records them once the new rows have their ids."""
    return {kind: database.rows(f"{sql} LIMIT {MAX_AMBIGUITIES}") for kind, sql in AMBIGUOUS.items()}


def rekey_questions(model: type[CatalogueModel], mapping: str) -> None:
    """Set the new ids of rows in the questions about them. `mapping`: SQL for a query of (old_id, new_id)."""
    table = AmbiguousIdentity._meta.db_table
    for column in ("old_id", "new_id"):
        database.execute(
            f"""UPDATE {table} SET {column} = m.new_id FROM ({mapping}) m
                WHERE {table}.kind = %s AND {table}.{column} = m.old_id""",
            [model._meta.model_name],
        )


def note_ambiguous(run: ImportRun, found: dict[str, list[AmbiguousPair]]) -> int:
    """Record the ambiguous pairs as questions; one that an operator has decided is not asked again."""
    new_ids = {
        kind: dict(database.rows(f"SELECT no, target_id FROM w_{kind}")) for kind, pairs in found.items() if pairs
    }
    rows = [
        AmbiguousIdentity(
            run=run,
            kind=kind,
            league_key=league_key,
            old_id=old_id,
            new_id=new_ids[kind][no],
            old_label=old_label[:400],
            new_label=new_label[:400],
            reason=reason,
        )
        for kind, pairs in found.items()
        for league_key, old_id, no, old_label, new_label, reason in pairs
    ]
    AmbiguousIdentity.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
