"""Every row of every file accounted for: read = inserted + updated + unchanged + duplicate + rejected."""

from collections.abc import Iterable

from etlimport import db, dialect
from etlimport.errors import AuditFailed
from etlimport.merge import catalogue, matches
from etlimport.merge.entity import Entity
from etlimport.models import ImportRun, RejectedRow
from etlimport.read import COLUMNS
from etlimport.sources import ReadFile, counts_of_known
from etlimport.stage import INPUT, ROWS_OF_A_FILE, SEQ
from etlimport.undo_log import UndoLog

ROWS_BECOME = {
    catalogue.ROSTER_SPOT.work: (catalogue.ROSTER_SPOT, catalogue.PLAYER),
    **{
        entity.work: (entity,)
        for entity in (matches.SCHEDULED_MATCH, matches.STANDING, matches.MATCH_SCORE, matches.PLAYER_HISTORY)
    },
}
"""By the working table of what each row of a file becomes: the kinds of things of which it may change one.

Each players row becomes a roster spot; a player's first row also becomes the player, and counts as updated if either
changed.
"""

TEAM_UNKNOWN = "its team cannot be told from its label"
UNPLACED = (
    ("players", "i.label_no NOT IN (SELECT no FROM w_label)", TEAM_UNKNOWN),
    (
        "players",
        f"{SEQ} IN (SELECT no FROM w_stranger)",
        "its Player ID is that of somebody else in an earlier row",
    ),
    (
        "schedules",
        "i.home_no NOT IN (SELECT no FROM w_label) OR i.away_no NOT IN (SELECT no FROM w_label)",
        "names only one team that can be told",
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
        """(i.league_no, i.external_id) NOT IN (
               SELECT s.no, p.external_id FROM w_spelling s JOIN w_league l ON l.no = s.league_no
               JOIN leagues_player p ON p.league_id = l.target_id)""",
        "its player is in no players file of the league",
    ),
)
"""Which staged rows of a kind have no place in the catalogue, and why."""


def unplaced_rows(run: ImportRun, files: dict[int, str]) -> list[RejectedRow]:
    """The staged rows that have no place in the catalogue, as rejected rows yet to be saved.

    `files`: the names of the files by number.
    """
    every = " UNION ALL ".join(
        f"""SELECT {number} AS number, file_no, idx, {dialect.row_as_json("i", COLUMNS[kind])} AS content
            FROM {INPUT[kind]} i WHERE {condition}"""
        for number, (kind, condition, _) in enumerate(UNPLACED)
    )
    return [
        RejectedRow(run=run, file=files[file_no], index=idx, reason=UNPLACED[number][-1], content=content)
        for number, file_no, idx, content in db.rows(f"SELECT * FROM ({every}) unplaced ORDER BY number, file_no, idx")
    ]


ALIKE = {
    "players": (
        ("s.league_no", "i.external_id", "b.team_no"),
        "i.first_name || ' ' || i.last_name || ' of ' || t.name",
        f"""JOIN w_spelling s ON s.no = i.league_no JOIN w_label b ON b.no = i.label_no
            JOIN w_team t ON t.no = b.team_no WHERE {SEQ} NOT IN (SELECT no FROM w_stranger)""",
    ),
    "schedules": (
        ("h.no", "a.no", "i.date", "i.time"),
        "h.name || ' – ' || a.name",
        """JOIN w_label hb ON hb.no = i.home_no JOIN w_team h ON h.no = hb.team_no
           JOIN w_label ab ON ab.no = i.away_no JOIN w_team a ON a.no = ab.team_no WHERE h.no <> a.no""",
    ),
    "series_stats": (
        ("b.team_no",),
        "t.name",
        "JOIN w_label b ON b.no = i.label_no JOIN w_team t ON t.no = b.team_no WHERE TRUE",
    ),
    "match_history": (("s.league_no", "i.fingerprint"), "''", "JOIN w_spelling s ON s.no = i.league_no WHERE TRUE"),
    "player_history": (
        ("p.id", "i.date", "i.end_pti", "i.series_name"),
        "''",
        """JOIN w_spelling s ON s.no = i.league_no JOIN w_league l ON l.no = s.league_no
           JOIN leagues_player p ON p.league_id = l.target_id AND p.external_id = i.external_id WHERE TRUE""",
    ),
}
"""In what two rows of a kind are the same thing said twice, what that thing is called, and which have a place."""


def count_duplicates() -> dict[int, int]:
    """The rows after the first that says the same thing, by file number.

    Counted from what was read, not from what became of it: that the two agree is what `check_sums` checks.
    """
    placed, counted = [], []
    for kind, (same, _, joins) in ALIKE.items():
        named = [f"{part} AS same{number}" for number, part in enumerate(same)]
        alike = ", ".join(f"same{number}" for number in range(len(same)))
        placed.append(
            f"placed_{kind} AS MATERIALIZED (SELECT file_no, idx, {', '.join(named)} FROM {INPUT[kind]} i {joins})"
        )
        counted.append(
            f"""SELECT file_no, count(*) AS number FROM placed_{kind} GROUP BY file_no
                UNION ALL SELECT file_no, -count(*) FROM (
                    SELECT min({SEQ}) / {ROWS_OF_A_FILE} AS file_no FROM placed_{kind} GROUP BY {alike}) firsts
                GROUP BY file_no"""
        )
    found = db.rows(
        f"""WITH {", ".join(placed)}
            SELECT file_no, CAST(sum(number) AS bigint) FROM ({" UNION ALL ".join(counted)}) counted
            GROUP BY file_no HAVING sum(number) <> 0"""
    )
    return dict(found)


SAYING = {
    "players": (
        ("pti", "wins", "losses", "career_wins", "career_losses", "is_captain", "is_co_captain"),
        "a second row of {whose} with other figures than {first}",
    ),
    "schedules": (("location",), "{whose} a second time, at another place than {first}"),
    "series_stats": (matches.FIGURES, "a second standing of {whose} with other figures than {first}"),
}
"""What a duplicate may say otherwise than the row that was taken, and how that is told."""


def contradictions(run: ImportRun, files: dict[int, str], kinds: Iterable[str]) -> list[RejectedRow]:
    """The duplicates of `kinds` that say something else than the row that was taken, yet to be saved."""
    return [
        RejectedRow(
            run=run,
            kind=RejectedRow.Kind.CONTRADICTION,
            file=files[file_no],
            index=idx,
            reason=reason.format(whose=whose, first=f"row {first_idx} of {files[first_file]}")[:500],
            content=text,
        )
        for kind, (columns, reason) in SAYING.items()
        if kind in kinds
        for file_no, idx, whose, text, first_file, first_idx in find_contradictions(kind, columns)
    ]


def find_contradictions(kind: str, columns: tuple[str, ...]) -> list[tuple]:
    """(file_no, idx, whose, what it says, file_no and idx of the row that was taken) of each."""
    same, whose, joins = ALIKE[kind]
    differs = " OR ".join(f"i.{name} IS DISTINCT FROM f.{name}" for name in columns)
    return db.rows(
        f"""SELECT i.file_no, i.idx, d.whose, {dialect.row_as_json("i", columns)}, f.file_no, f.idx
            FROM (SELECT {SEQ} AS no, min({SEQ}) OVER (PARTITION BY {", ".join(same)}) AS first, {whose} AS whose
                  FROM {INPUT[kind]} i {joins}) d
            JOIN {INPUT[kind]} i ON i.file_no = d.no / {ROWS_OF_A_FILE} AND i.idx = d.no % {ROWS_OF_A_FILE}
            JOIN {INPUT[kind]} f ON f.file_no = d.first / {ROWS_OF_A_FILE} AND f.idx = d.first % {ROWS_OF_A_FILE}
            WHERE d.no <> d.first AND ({differs}) ORDER BY d.no"""
    )


def count_placed(log: UndoLog) -> dict[int, dict[str, int]]:
    """inserted, updated and unchanged of the staged rows, by file number."""
    every = " UNION ALL ".join(
        f"""SELECT w.file_no, count(*), sum(CASE WHEN w.target_id IS NULL THEN 1 ELSE 0 END),
                   sum(CASE WHEN w.target_id IS NOT NULL AND c.no IS NOT NULL THEN 1 ELSE 0 END)
            FROM {work} w LEFT JOIN ({changed_rows(parts, log)}) c ON c.no = w.no GROUP BY w.file_no"""
        for work, parts in ROWS_BECOME.items()
    )
    return {
        file_no: {"inserted": inserted, "updated": updated, "unchanged": total - inserted - updated}
        for file_no, total, inserted, updated in db.rows(every)
    }


def changed_rows(entities: Iterable[Entity], log: UndoLog) -> str:
    """SQL: the staged rows (`no`) that changed a row of one of these kinds; of one that had no rows there are none."""
    tables = [entity.changed for entity in entities if not log.was_empty(entity.model)]
    return " UNION ".join(f"SELECT no FROM {table}" for table in tables) or "SELECT 0 AS no WHERE false"


def check_sums(counts: dict[str, int], file: str) -> None:
    """Raises AuditFailed when a row of the file is unaccounted for."""
    parts = ("inserted", "updated", "unchanged", "duplicate", "rejected")
    if counts["read"] != sum(counts[part] for part in parts) or min(counts.values()) < 0:
        raise AuditFailed([f"{file}: {counts['read']:,} rows read, but {counts} do not add up"])


def account_for(run: ImportRun, files: list[ReadFile], placed: dict[int, dict[str, int]]) -> list[RejectedRow]:
    """Account for every row of every file; raises AuditFailed where a sum does not add up.

    `placed`: as `count_placed` counted them right after the merge. Returns the rows without a place and the duplicates
    that contradict, yet to be saved.
    """
    names = {file.no: file.path.relative for file in files}
    unplaced = unplaced_rows(run, names)
    duplicates = count_duplicates()
    contradicting = contradictions(run, names, {file.path.kind for file in files if file.no in duplicates})
    for file in files:
        if file.known:
            file.counts = counts_of_known(file.known)
            continue
        nowhere = sum(note.file == file.path.relative for note in unplaced)
        taken = placed.get(file.no, {"inserted": 0, "updated": 0, "unchanged": 0})
        rejected = file.report.rejected + nowhere
        file.counts = {
            "read": file.report.read,
            **taken,
            "duplicate": duplicates.get(file.no, 0),
            "rejected": rejected,
        }
        check_sums(file.counts, file.path.relative)
        file.counts["repaired"] = file.report.repaired
    run.counts["files"] = {file.path.relative: file.counts for file in files}
    run.counts["contradictions"] = len(contradicting)
    return unplaced + contradicting
