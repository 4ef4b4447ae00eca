"""What a published run changed, line by line, to browse and search long after it: read from what undo keeps.

A run whose undo data is gone, and a dry run, have the first lines of each group only, kept with the run.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from etlimport import db, dialect
from etlimport.diff import IDENTITY, LINE, MATCH, PLAYER, THINGS
from etlimport.models import IdentityChange, ImportRun, InsertedRange, ReKey, RowChange

BEFORE = RowChange._meta.db_table
INSERTED = InsertedRange._meta.db_table
REKEYED = ReKey._meta.db_table

TRUE = "('true', '1')"
"""How the two databases write a boolean as text."""

CORRECTIONS = {
    "ratings changed": ("leagues_player", PLAYER, "pti", ""),
    "matches moved": ("leagues_scheduledmatch", MATCH, "date", THINGS["leagues_scheduledmatch"][2]),
    "matches corrected": ("leagues_matchscore", LINE, "scores", ""),
}
"""By group: table, a row of it in words, the column that changed, and joins."""

GONE = {
    "leagues_team": dialect.json_text("c.before", "name"),
    "leagues_player": " || ' ' || ".join(dialect.json_text("c.before", part) for part in ("first_name", "last_name")),
}
"""By table: a row that was deleted, in words."""


@dataclass(frozen=True)
class Change:
    group: str
    line: str


class Changes(Sequence):
    """Changes in the database, counted and sliced there; `sql` gives what (group), line."""

    def __init__(self, sql: str, words: str):
        pattern = "%" + words.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
        self.sql = f"FROM ({sql}) every WHERE lower(line) LIKE %s ESCAPE '!'"
        self.params = [pattern]

    def __len__(self) -> int:
        return db.value(f"SELECT count(*) {self.sql}", self.params)

    def __getitem__(self, part: slice) -> list[Change]:
        limits = [part.stop - part.start, part.start]
        found = db.rows(f"SELECT what, line {self.sql} ORDER BY what, line LIMIT %s OFFSET %s", [*self.params, *limits])
        return [Change(*row) for row in found]


def find_changes(run: ImportRun, group: str = "", words: str = "") -> Sequence[Change]:
    """The run's changes of one group, or of all, whose line holds `words`, whatever their case."""
    if not can_be_read(run):
        return kept_with_run(run, group, words)
    chosen = {title: sql for title, sql in groups(run.pk).items() if group in ("", title)}
    if not chosen:
        return []
    return Changes(
        " UNION ALL ".join(f"SELECT '{title}' AS what, line FROM ({sql}) g" for title, sql in chosen.items()), words
    )


def is_kept_whole(run: ImportRun) -> bool:
    """Whether every change can be listed, not only the first ones of each group."""
    return can_be_read(run) or all(len(found["items"]) == found["count"] for found in run.diff.values())


def can_be_read(run: ImportRun) -> bool:
    """Whether what undo needs of the run is still there."""
    return run.status == ImportRun.Status.PUBLISHED and (run.row_changes.exists() or run.inserted_ranges.exists())


def kept_with_run(run: ImportRun, group: str, words: str) -> list[Change]:
    return [
        Change(title, line)
        for title, found in run.diff.items()
        if group in ("", title)
        for line in found["items"]
        if words.lower() in line.lower()
    ]


def groups(run_id: int) -> dict[str, str]:
    """{group: SQL giving its lines}."""
    found = {
        title: f"""SELECT old_label || ' → ' || new_label || ' (' || layer || ')' AS line
                   FROM {IdentityChange._meta.db_table} WHERE run_id = {int(run_id)} AND kind = '{kind}'"""
        for title, kind in IDENTITY.items()
    }
    for table, (things, label, joins) in THINGS.items():
        found[f"{things} joined"] = joined(run_id, table, label, joins)
        found[f"{things} left"] = left(run_id, table, label, joins)
    for title, (table, label, column, joins) in CORRECTIONS.items():
        found[title] = corrected(run_id, table, label, column, joins)
    return found


def joined(run_id: int, table: str, label: str, joins: str) -> str:
    """Rows the run inserted, but for those a rebuild only made anew."""
    return f"""SELECT {label} AS line FROM {table} t
               JOIN {INSERTED} r ON r.run_id = {int(run_id)} AND r.table_name = '{table}'
                    AND t.id > r.after_id AND t.id <= r.last_id {joins}
               WHERE NOT EXISTS (SELECT 1 FROM {REKEYED} k WHERE k.run_id = {int(run_id)}
                                 AND k.table_name = '{table}' AND k.new_id = t.id)"""


def left(run_id: int, table: str, label: str, joins: str) -> str:
    """Rows the run deactivated, and those a rebuild deleted for good."""
    was_active = f"{dialect.json_text('c.before', 'is_active')} IN {TRUE}"
    deactivated = f"""SELECT {label} AS line FROM {changed_rows(run_id, table)} {joins}
                      WHERE {was_active} AND {after("is_active")} NOT IN {TRUE}"""
    if table == "leagues_matchscore":
        return f"SELECT {label} AS line FROM {table} t WHERE false"
    if table not in GONE:
        return deactivated
    return f"""{deactivated} UNION ALL
               SELECT {GONE[table]} FROM {BEFORE} c
               WHERE c.run_id = {int(run_id)} AND c.table_name = '{table}' AND c.deleted AND {was_active}
                 AND NOT EXISTS (SELECT 1 FROM {REKEYED} k WHERE k.run_id = c.run_id
                                 AND k.table_name = c.table_name AND k.old_id = c.row_id)"""


def corrected(run_id: int, table: str, label: str, column: str, joins: str) -> str:
    old = f"coalesce({dialect.json_text('c.before', column)}, 'none')"
    return f"""SELECT {label} || ': ' || {old} || ' → ' || {after(column)} AS line
               FROM {changed_rows(run_id, table)} {joins} WHERE {old} <> {after(column)}"""


def changed_rows(run_id: int, table: str) -> str:
    """c: the row before the run, t: as it is, n: as it was before the next run that changed it, if any."""
    return f"""{BEFORE} c JOIN {table} t ON t.id = c.row_id
               AND c.run_id = {int(run_id)} AND c.table_name = '{table}' AND NOT c.deleted
               LEFT JOIN {BEFORE} n ON n.table_name = c.table_name AND n.row_id = c.row_id AND n.run_id = (
                   SELECT min(run_id) FROM {BEFORE} later WHERE later.table_name = c.table_name
                   AND later.row_id = c.row_id AND later.run_id > c.run_id)"""


def after(column: str) -> str:
    """SQL for the value a column had after the run."""
    then = dialect.json_text("n.before", column)
    return f"coalesce(CASE WHEN n.run_id IS NULL THEN CAST(t.{column} AS text) ELSE {then} END, 'none')"
