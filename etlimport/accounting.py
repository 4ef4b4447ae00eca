"""Every row of every file accounted for: read = inserted + updated + unchanged + duplicate + rejected."""

from etlimport import db, dialect
from etlimport.errors import AuditFailed
from etlimport.merge import catalogue, matches
from etlimport.models import ImportRun, RejectedRow
from etlimport.read import COLUMNS
from etlimport.stage import INPUT, SEQ

WORKING = {
    "players": catalogue.ROSTER_SPOT,
    "schedules": matches.SCHEDULED_MATCH,
    "series_stats": matches.STANDING,
    "match_history": matches.MATCH_SCORE,
    "player_history": matches.PLAYER_HISTORY,
}
"""What a row of each kind of file becomes; a player's row is a roster spot, and its first one the player."""

TEAM_UNKNOWN = "its team cannot be told from its label"
UNPLACED = (
    ("players", "i.label_no NOT IN (SELECT no FROM w_label)", TEAM_UNKNOWN),
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
    notes = []
    for kind, condition, reason in UNPLACED:
        content = as_text(dialect.row_as_json("i", COLUMNS[kind]))
        found = db.rows(f"SELECT file_no, idx, {content} FROM {INPUT[kind]} i WHERE {condition}")
        notes += [
            RejectedRow(run=run, file=files[file_no], index=idx, reason=reason, content=text)
            for file_no, idx, text in found
        ]
    return notes


def as_text(json: str) -> str:
    return f"CAST({json} AS text)"


CONTRADICTIONS = f"""
    SELECT i.file_no, i.idx, t.name, {{content}}, first.file_no, first.idx
    FROM in_series_stats i JOIN w_label b ON b.no = i.label_no JOIN w_team t ON t.no = b.team_no
    JOIN (SELECT team_no, min({SEQ}) AS no FROM in_series_stats i JOIN w_label b ON b.no = i.label_no
          GROUP BY team_no) f ON f.team_no = b.team_no
    JOIN in_series_stats first ON first.file_no * 1000000000 + first.idx = f.no
    WHERE i.file_no * 1000000000 + i.idx <> f.no AND ({{differs}})"""


def contradictions(run: ImportRun, files: dict[int, str]) -> list[RejectedRow]:
    """The standings that say something else about a team than the row that was taken, yet to be saved."""
    differs = " OR ".join(f"i.{name} IS DISTINCT FROM first.{name}" for name in matches.FIGURES)
    content = as_text(dialect.row_as_json("i", matches.FIGURES))
    return [
        RejectedRow(
            run=run,
            kind=RejectedRow.Kind.CONTRADICTION,
            file=files[file_no],
            index=idx,
            reason=f"a second standing of {team} with other figures than row {first_idx} of {files[first_file]}",
            content=text,
        )
        for file_no, idx, team, text, first_file, first_idx in db.rows(
            CONTRADICTIONS.format(content=content, differs=differs)
        )
    ]


def account(kind: str) -> dict[int, dict[str, int]]:
    """inserted, updated and unchanged of the rows of one kind, by file number."""
    entity = WORKING[kind]
    changed = f"SELECT no FROM {entity.changed}"
    if kind == "players":  # the row that brought a new or changed player is itself no row unchanged
        changed += f" UNION SELECT no FROM {catalogue.PLAYER.changed}"
    counted = db.rows(
        f"""SELECT w.file_no, count(*), sum(CASE WHEN w.target_id IS NULL THEN 1 ELSE 0 END),
                   sum(CASE WHEN w.target_id IS NOT NULL AND w.no IN ({changed}) THEN 1 ELSE 0 END)
            FROM {entity.work} w GROUP BY w.file_no"""
    )
    return {
        file_no: {"inserted": inserted, "updated": updated, "unchanged": total - inserted - updated}
        for file_no, total, inserted, updated in counted
    }


def check_sums(counts: dict[str, int], file: str) -> None:
    """Raises AuditFailed when a row of the file is unaccounted for."""
    parts = ("inserted", "updated", "unchanged", "duplicate", "rejected")
    if counts["read"] != sum(counts[part] for part in parts) or min(counts.values()) < 0:
        raise AuditFailed([f"{file}: {counts['read']:,} rows read, but {counts} do not add up"])
