"""What a run changed, as grouped lines of text for its preview, its report and its page in the admin.

It is computed from the undo log, both within the transaction of the run and long after it.
"""

from typing import TypedDict

from etlimport import database
from etlimport.database import dialect
from etlimport.kinds import KINDS
from etlimport.models import IdentityChange, InsertedRange, ReKey, RowChange

BEFORE = RowChange._meta.db_table
INSERTED = InsertedRange._meta.db_table
REKEYED = ReKey._meta.db_table

TRUE = "('true', '1')"
"""How the two databases write the boolean true as text."""

ITEMS_KEPT = 50
"""How many lines of each group are kept with the run. A preview can ask for all of them."""

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
"""By table: what its rows are called, SQL for a text about one of them, and SQL for the joins this needs."""

FACTS_IN = {
    ("players", "player"): "leagues_player",
    ("players", "roster spot"): "leagues_rosterspot",
    ("schedules", ""): "leagues_scheduledmatch",
    ("schedules", "scheduled match"): "leagues_scheduledmatch",
    ("match_history", ""): "leagues_matchscore",
}
"""By kind of file and the thing a field of it is a fact about: the table the field is written to."""

CORRECTIONS = {
    field.change: (FACTS_IN[kind.name, field.fact_of], field.name)
    for kind in KINDS.values()
    for field in kind.fields
    if field.change
}
"""By group: the table and the column whose changes it lists."""

DELETED = {
    "leagues_team": dialect.json_text("c.before", "name"),
    "leagues_player": " || ' ' || ".join(dialect.json_text("c.before", part) for part in ("first_name", "last_name")),
}
"""By table: SQL for a text about a row that was deleted."""


TOUCHED = f"""
    SELECT DISTINCT 'identity', kind FROM {IdentityChange._meta.db_table} WHERE run_id = %s
    UNION ALL SELECT 'inserted', table_name FROM {INSERTED} WHERE run_id = %s
    UNION ALL SELECT DISTINCT 'changed', table_name FROM {BEFORE} WHERE run_id = %s"""
"""SQL for a query of the kinds of things a run renamed or re-keyed, and the tables it inserted or changed rows of."""


class Group(TypedDict):
    """`count`: how many changes there are; `items`: a line about each, or about the first ones."""

    count: int
    items: list[str]


def describe_changes(run_id: int, *, full: bool = False) -> dict[str, Group]:
    """What the run in progress changed, by the title of the group, without empty groups.

    At most ITEMS_KEPT lines of a group are returned unless `full`.
    """
    found = {title: group_of(sql, full) for title, sql in groups(run_id, is_last=True).items()}
    return {title: group for title, group in found.items() if group["count"]}


def group_of(sql: str, full: bool) -> Group:
    limit = "" if full else f"LIMIT {ITEMS_KEPT}"
    found = database.rows(f"SELECT line, count(*) OVER () FROM ({sql}) x ORDER BY line {limit}")
    return {"count": found[0][1] if found else 0, "items": [line for line, _ in found]}


def groups(run_id: int, *, is_last: bool = False) -> dict[str, str]:
    """SQL for queries of the lines of each group, by title.

    `is_last`: whether no run came after this one, so that the rows in the catalogue are as this run left them.
    """
    touched = set(database.rows(TOUCHED, [run_id] * 3))
    found = {
        title: f"""SELECT old_label || ' → ' || new_label || ' (' || layer || ')' AS line
                   FROM {IdentityChange._meta.db_table} WHERE run_id = {int(run_id)} AND kind = '{kind}'"""
        for title, kind in IDENTITY.items()
        if ("identity", kind) in touched
    }
    for table, (things, label, joins) in THINGS.items():
        if ("inserted", table) in touched:
            found[f"{things} joined"] = joined(run_id, table, label, joins)
        if ("changed", table) in touched:
            found[f"{things} left"] = left(run_id, table, label, joins, is_last)
    for title, (table, column) in CORRECTIONS.items():
        if ("changed", table) in touched:
            _, label, joins = THINGS[table]
            found[title] = corrected(run_id, table, label, column, joins, is_last)
    return found


def joined(run_id: int, table: str, label: str, joins: str) -> str:
    """Rows the run inserted, except those that a rebuild inserted in place of an old row."""
    return f"""SELECT {label} AS line FROM {table} t
               JOIN {INSERTED} r ON r.run_id = {int(run_id)} AND r.table_name = '{table}'
                    AND t.id > r.after_id AND t.id <= r.last_id {joins}
               WHERE t.id NOT IN (SELECT new_id FROM {REKEYED}
                                  WHERE run_id = {int(run_id)} AND table_name = '{table}')"""


def left(run_id: int, table: str, label: str, joins: str, is_last: bool) -> str:
    """Rows the run deactivated, and those a rebuild deleted without inserting a new one in their place."""
    was_active = f"{dialect.json_text('c.before', 'is_active')} IN {TRUE}"
    deactivated = f"""SELECT {label} AS line FROM {changed_rows(run_id, table, is_last)} {joins}
                      WHERE {was_active} AND {value_after("is_active")} NOT IN {TRUE}"""
    if table not in DELETED:
        return deactivated
    return f"""{deactivated} UNION ALL
               SELECT {DELETED[table]} FROM {BEFORE} c
               WHERE c.run_id = {int(run_id)} AND c.table_name = '{table}' AND c.deleted AND {was_active}
                 AND NOT EXISTS (SELECT 1 FROM {REKEYED} k WHERE k.run_id = c.run_id
                                 AND k.table_name = c.table_name AND k.old_id = c.row_id)"""


def corrected(run_id: int, table: str, label: str, column: str, joins: str, is_last: bool) -> str:
    """Rows of which the run changed one column, with the old and the new value."""
    old = f"coalesce({dialect.json_text('c.before', column)}, 'none')"
    return f"""SELECT {label} || ': ' || {old} || ' → ' || {value_after(column)} AS line
               FROM {changed_rows(run_id, table, is_last)} {joins} WHERE {old} <> {value_after(column)}"""


def changed_rows(run_id: int, table: str, is_last: bool) -> str:
    """SQL for a table expression of the rows the run changed.

    `c` is the row as it was before the run, `t` the row as it is now, and `n` the row as it was before the next run
    that changed it, if there was one.
    """
    next_change = f"""SELECT * FROM (
        SELECT later.*, row_number() OVER (PARTITION BY row_id ORDER BY run_id) AS nth
        FROM {BEFORE} later WHERE run_id > {int(run_id)} AND table_name = '{table}') later WHERE nth = 1"""
    no_change = f"SELECT * FROM {BEFORE} WHERE run_id IS NULL"
    return f"""{BEFORE} c JOIN {table} t ON t.id = c.row_id
               AND c.run_id = {int(run_id)} AND c.table_name = '{table}' AND NOT c.deleted
               LEFT JOIN ({no_change if is_last else next_change}) n ON n.row_id = c.row_id"""


def value_after(column: str) -> str:
    """SQL for the value that a column had after the run, as text."""
    then = dialect.json_text("n.before", column)
    return f"coalesce(CASE WHEN n.run_id IS NULL THEN CAST(t.{column} AS text) ELSE {then} END, 'none')"
