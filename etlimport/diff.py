"""What a run changes, in words and grouped: for a preview, for its report, for its page in the admin.

Asked of the open transaction after the merge, when old and new can both be seen.
"""

from etlimport import db, dialect
from etlimport.models import IdentityChange, RowChange
from etlimport.undo_log import UndoLog

ITEMS_KEPT = 50
"""How many lines of a group are kept with the run; the full list is made for a preview that asks for it."""

IDENTITY = {
    "leagues re-keyed": "league",
    "series renamed": "series",
    "clubs renamed": "club",
    "teams renamed": "team",
    "players renamed or re-keyed": "player",
}

PLAYER = "t.first_name || ' ' || t.last_name"
MATCH = "h.name || ' – ' || a.name || ', ' || t.date"
LINE = "t.home_label || ' – ' || t.away_label || ', ' || t.date"
SPOT = "p.first_name || ' ' || p.last_name || ' at ' || x.name"

THINGS = {
    "leagues_team": ("teams", "t.name", ""),
    "leagues_player": ("players", PLAYER, ""),
    "leagues_rosterspot": (
        "roster spots",
        SPOT,
        "JOIN leagues_player p ON p.id = t.player_id JOIN leagues_team x ON x.id = t.team_id",
    ),
    "leagues_scheduledmatch": (
        "scheduled matches",
        MATCH,
        "JOIN leagues_team h ON h.id = t.home_team_id JOIN leagues_team a ON a.id = t.away_team_id",
    ),
    "leagues_matchscore": ("match lines", LINE, ""),
}
"""By table: what its rows are called, SQL for one of them in words, and the joins that needs."""


def describe_changes(log: UndoLog, *, full: bool = False) -> dict[str, dict]:
    """{group: {"count": n, "items": [lines]}} of what the run changed, empty groups left out."""
    groups = {title: renamed(log, kind) for title, kind in IDENTITY.items()}
    for table, (things, label, joins) in THINGS.items():
        groups[f"{things} joined"] = joined(log, table, label, joins)
        if table != "leagues_matchscore":
            groups[f"{things} left"] = f"""SELECT {label} FROM {table} t {joins}
                WHERE t.id IN (SELECT id FROM w_left WHERE table_name = '{table}')"""
    groups["ratings changed"] = changed(log, "leagues_player", f"{PLAYER} || ': '", "pti")
    groups["matches moved"] = changed(
        log, "leagues_scheduledmatch", f"{MATCH} || ': '", "date", THINGS["leagues_scheduledmatch"][2]
    )
    groups["matches corrected"] = changed(log, "leagues_matchscore", f"{LINE} || ': '", "scores")
    found = {title: counted(sql, full) for title, sql in groups.items()}
    return {title: group for title, group in found.items() if group["count"]}


def counted(sql: str, full: bool) -> dict:
    count = db.value(f"SELECT count(*) FROM ({sql}) x")
    items = db.rows(sql if full else f"{sql} LIMIT {ITEMS_KEPT}") if count else []
    return {"count": count, "items": [line for (line,) in items]}


def renamed(log: UndoLog, kind: str) -> str:
    return f"""SELECT old_label || ' → ' || new_label || ' (' || layer || ')' AS line
               FROM {IdentityChange._meta.db_table} WHERE run_id = {log.run.pk} AND kind = '{kind}'"""


def joined(log: UndoLog, table: str, label: str, joins: str) -> str:
    """Rows the run inserted, but for those a rebuild only made anew."""
    before = next((highest for model, highest in log.highest.items() if model._meta.db_table == table), None)
    if before is None:
        return f"SELECT {label} AS line FROM {table} t {joins} WHERE false"
    return f"""SELECT {label} AS line FROM {table} t {joins} WHERE t.id > {before} AND t.id NOT IN (
                   SELECT new_id FROM etlimport_rekey WHERE run_id = {log.run.pk} AND table_name = '{table}')"""


def changed(log: UndoLog, table: str, label: str, column: str, joins: str = "") -> str:
    """Rows of which the run changed one column, with the old and the new value."""
    old = f"coalesce({dialect.json_text('c.before', column)}, 'none')"
    new = f"coalesce(CAST(t.{column} AS text), 'none')"
    return f"""SELECT {label} || {old} || ' → ' || {new} AS line
               FROM {RowChange._meta.db_table} c JOIN {table} t ON t.id = c.row_id {joins}
               WHERE c.run_id = {log.run.pk} AND c.table_name = '{table}' AND NOT c.deleted
                 AND {old} <> {new}"""
