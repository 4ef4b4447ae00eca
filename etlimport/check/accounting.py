"""Accounts for every row of every file: read = inserted + updated + unchanged + duplicate + rejected."""

from collections.abc import Iterable

from etlimport import database
from etlimport.check.duplicates import contradictions, count_duplicates
from etlimport.database import dialect
from etlimport.database.working_tables import ROWS_OF_A_FILE, SEQ, STAGED
from etlimport.errors import AuditFailed
from etlimport.journal.undo_log import UndoLog
from etlimport.kinds import KINDS
from etlimport.merge import catalogue, facts
from etlimport.merge.entity import Entity
from etlimport.models import ImportRun, RejectedRow
from etlimport.sources import ReadFile
from leagues.models import Player

ROWS_BECOME = {
    facts.ROSTER_SPOT.work: (facts.ROSTER_SPOT, catalogue.PLAYER),
    **{entity.work: (entity,) for entity in (facts.SCHEDULED_MATCH, facts.STANDING, facts.MATCH_SCORE, facts.RATING)},
}
"""By the working table that the rows of a file become: the kinds of catalogue rows that one of them may change.

Each row of a players file becomes a roster spot. A player's first row also becomes the player, and counts as updated if
either changed.
"""

TEAM_UNKNOWN = "its team cannot be told from its label"
UNPLACED = (
    (
        "players",
        f"{SEQ} IN (SELECT no FROM w_other_person)",
        "its Player ID is that of somebody else",
    ),
    (
        "schedules",
        "i.home_no NOT IN (SELECT no FROM w_label) OR i.away_no NOT IN (SELECT no FROM w_label)",
        "names only one team that can be told",
    ),
    (
        "schedules",
        f"{SEQ} IN (SELECT no FROM w_undated_fixture)",
        "without a date, it may be any of several matches of its teams",
    ),
    (
        "schedules",
        """EXISTS (SELECT 1 FROM w_label h JOIN w_label a ON a.team_no = h.team_no
                   WHERE h.no = i.home_no AND a.no = i.away_no)""",
        "both sides are the same team",
    ),
    ("series_stats", "i.label_no NOT IN (SELECT no FROM w_label)", TEAM_UNKNOWN),
    (
        "player_history",
        f"""{dialect.one_value("i.league_no", "i.external_id")} NOT IN (
                SELECT {dialect.one_value("s.no", "p.external_id")}
                FROM w_spelling s JOIN w_league l ON l.no = s.league_no
                JOIN leagues_player p ON p.league_id = l.target_id)""",
        "its player is in no players file of the league",
    ),
)
"""Which staged rows of a kind of file cannot be written to the catalogue, and why: (kind, SQL condition, reason)."""

TEAMLESS = (
    (
        "players",
        "i.label_no IS NOT NULL AND i.label_no NOT IN (SELECT no FROM w_label)",
        f"{TEAM_UNKNOWN}: imported without it",
    ),
)
"""The same for the rows of which only the player is written."""


def unplaced_rows(run: ImportRun, files: dict[int, str]) -> list[RejectedRow]:
    """The staged rows that cannot be written to the catalogue, as rejected rows that are not saved yet.

    `files`: the paths of the files by number.
    """
    return as_notes(run, files, UNPLACED, RejectedRow.Kind.REJECTED)


def as_notes(
    run: ImportRun, files: dict[int, str], conditions: tuple[tuple[str, str, str], ...], note: RejectedRow.Kind
) -> list[RejectedRow]:
    every = " UNION ALL ".join(
        f"""SELECT {number} AS number, file_no, idx, {dialect.row_as_json("i", KINDS[kind].columns())} AS content
            FROM {STAGED[kind]} i WHERE {condition}"""
        for number, (kind, condition, _) in enumerate(conditions)
    )
    return [
        RejectedRow(run=run, kind=note, file=files[file_no], index=idx, reason=conditions[number][-1], content=content)
        for number, file_no, idx, content in database.rows(
            f"SELECT * FROM ({every}) unplaced ORDER BY number, file_no, idx"
        )
    ]


def count_placed(log: UndoLog) -> dict[int, dict[str, int]]:
    """By the number of the file: how many of its staged rows were `inserted`, `updated` and `unchanged`."""
    placed = [
        f"""SELECT w.file_no, w.target_id IS NULL AS is_new, c.no IS NOT NULL AS is_changed
            FROM {work} w LEFT JOIN ({changed_rows(parts, log)}) c ON c.no = w.no"""
        for work, parts in ROWS_BECOME.items()
    ]
    # A player whose team cannot be told has no roster spot. By now the new ones have their ids.
    placed.append(
        f"""SELECT w.no / {ROWS_OF_A_FILE}, w.target_id > {log.highest[Player]}, c.no IS NOT NULL
            FROM w_player w LEFT JOIN ({changed_rows([catalogue.PLAYER], log)}) c ON c.no = w.no
            WHERE w.no NOT IN (SELECT player_no FROM w_spot)"""
    )
    counted = database.rows(
        f"""SELECT file_no, count(*), sum(CASE WHEN is_new THEN 1 ELSE 0 END),
                   sum(CASE WHEN is_changed AND NOT is_new THEN 1 ELSE 0 END)
            FROM ({" UNION ALL ".join(placed)}) placed GROUP BY file_no"""
    )
    return {
        file_no: {"inserted": inserted, "updated": updated, "unchanged": total - inserted - updated}
        for file_no, total, inserted, updated in counted
    }


def changed_rows(entities: Iterable[Entity], log: UndoLog) -> str:
    """SQL for a query of the numbers `no` of the staged rows that changed an existing row of one of these kinds."""
    tables = [entity.changed for entity in entities if not log.was_empty(entity.model)]
    return " UNION ".join(f"SELECT no FROM {table}" for table in tables) or "SELECT 0 AS no WHERE false"


def check_sums(counts: dict[str, int], file: str) -> None:
    """Raises AuditFailed if a row of the file is not accounted for."""
    parts = ("inserted", "updated", "unchanged", "duplicate", "rejected")
    if counts["read"] != sum(counts[part] for part in parts) or min(counts.values()) < 0:
        raise AuditFailed([f"{file}: {counts['read']:,} rows read, but {counts} do not add up"])


def account_for(run: ImportRun, files: list[ReadFile], placed: dict[int, dict[str, int]]) -> list[RejectedRow]:
    """Count what became of the rows of every file. Raises AuditFailed if the counts do not add up.

    `placed`: the counts of `count_placed`, taken right after the merge. Returns the rows that cannot be written and the
    duplicates that contradict an earlier row, as rejected rows that are not saved yet.
    """
    names = {file.no: file.path.relative for file in files}
    unplaced = unplaced_rows(run, names)
    duplicate_counts = count_duplicates()
    contradicting = contradictions(run, names, {file.path.kind for file in files if file.no in duplicate_counts})
    for file in files:
        file.counts = {
            "read": file.report.read,
            **placed.get(file.no, {"inserted": 0, "updated": 0, "unchanged": 0}),
            "duplicate": duplicate_counts.get(file.no, 0),
            "rejected": file.report.rejected + sum(row.file == file.path.relative for row in unplaced),
        }
        check_sums(file.counts, file.path.relative)
        file.counts["repaired"] = file.report.repaired
    run.counts["files"] = {file.path.relative: file.counts for file in files}
    run.counts["contradictions"] = len(contradicting)
    return unplaced + as_notes(run, names, TEAMLESS, RejectedRow.Kind.REPAIRED) + contradicting
