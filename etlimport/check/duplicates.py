"""Rows about the same thing as an earlier row of the snapshot, and those of them that contradict the earlier row."""

from collections.abc import Iterable
from dataclasses import dataclass

from etlimport import database
from etlimport.database import dialect
from etlimport.database.working_tables import ROWS_OF_A_FILE, SEQ, STAGED
from etlimport.kinds import KINDS, PLAYER_HISTORY
from etlimport.models import ImportRun, RejectedRow


@dataclass(frozen=True)
class Repetition:
    """When two rows of a kind of file are about the same thing.

    `same`: SQL expressions over the staged row `i` that are equal in both rows.
    `joins`: the tables these expressions use, and the condition that a row can be written to the catalogue.
    `thing`: SQL for the name of the thing.
    `contradiction`: the message for a second row with other facts. It is empty for kinds of files in which a row with
    other facts is about another thing.
    `compared`: the staged columns in which a second row may contradict the first, where these are not the facts.
    `shown`: the staged columns that are shown of it, where these are not the facts.
    """

    same: tuple[str, ...]
    joins: str
    thing: str = "''"
    contradiction: str = ""
    compared: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()


REPETITIONS = {
    "players": Repetition(
        ("s.league_no", "i.external_id", "COALESCE(b.team_no, p.team_no)"),
        f"""JOIN w_spelling s ON s.no = i.league_no LEFT JOIN w_label b ON b.no = i.label_no
            LEFT JOIN (SELECT p.league_no, p.external_id, min(r.team_no) AS team_no FROM w_player p
                       JOIN w_roster r ON r.player_no = p.no GROUP BY p.league_no, p.external_id) p
              ON p.league_no = s.league_no AND p.external_id = i.external_id AND b.no IS NULL
            LEFT JOIN w_team t ON t.no = COALESCE(b.team_no, p.team_no)
            WHERE {SEQ} NOT IN (SELECT no FROM w_other_person)""",
        "i.first_name || ' ' || i.last_name || ' of ' || COALESCE(t.name, 'no team')",
        "a second row of {thing} with other figures than {first}",
    ),
    "schedules": Repetition(
        ("h.no", "a.no", "i.date", "i.time"),
        """JOIN w_label hb ON hb.no = i.home_no JOIN w_team h ON h.no = hb.team_no
           JOIN w_label ab ON ab.no = i.away_no JOIN w_team a ON a.no = ab.team_no
           WHERE h.no <> a.no AND i.date IS NOT NULL""",
        "h.name || ' – ' || a.name",
        "{thing} a second time, at another place than {first}",
    ),
    "series_stats": Repetition(
        ("b.team_no",),
        "JOIN w_label b ON b.no = i.label_no JOIN w_team t ON t.no = b.team_no WHERE TRUE",
        "t.name",
        "a second standing of {thing} with other figures than {first}",
    ),
    "match_history": Repetition(
        (f"COALESCE(r.first_no, {SEQ})",),
        f"LEFT JOIN w_repeated_line r ON r.no = {SEQ} WHERE TRUE",
        "i.home_label || ' – ' || i.away_label || ', ' || i.date",
        "a line of {thing} a second time, with another result than {first}",
        compared=("result",),
        shown=("scores", "winner"),
    ),
    "player_history": Repetition(
        ("p.id", "i.date", *(f"i.{name}" for name in PLAYER_HISTORY.names_of_facts())),
        """JOIN w_spelling s ON s.no = i.league_no JOIN w_league l ON l.no = s.league_no
           JOIN leagues_player p ON p.league_id = l.target_id AND p.external_id = i.external_id WHERE TRUE""",
    ),
}
"""By the name of the kind of file."""


def count_duplicates() -> dict[int, int]:
    """By the number of the file: how many of its rows are about the same thing as an earlier row.

    They are counted in the staged rows, not in the working tables that the merge writes from, so that the accounting
    compares two independent counts.
    """
    placed, counted = [], []
    for kind, repetition in REPETITIONS.items():
        named = ", ".join(f"{part} AS same{number}" for number, part in enumerate(repetition.same))
        same = ", ".join(f"same{number}" for number in range(len(repetition.same)))
        placed.append(
            f"placed_{kind} AS MATERIALIZED (SELECT file_no, idx, {named} FROM {STAGED[kind]} i {repetition.joins})"
        )
        counted.append(
            f"""SELECT file_no, count(*) AS number FROM placed_{kind} GROUP BY file_no
                UNION ALL SELECT file_no, -count(*) FROM (
                    SELECT min({SEQ}) / {ROWS_OF_A_FILE} AS file_no FROM placed_{kind} GROUP BY {same}) firsts
                GROUP BY file_no"""
        )
    found = database.rows(
        f"""WITH {", ".join(placed)}
            SELECT file_no, CAST(sum(number) AS bigint) FROM ({" UNION ALL ".join(counted)}) counted
            GROUP BY file_no HAVING sum(number) <> 0"""
    )
    return dict(found)


def contradictions(run: ImportRun, files: dict[int, str], kinds: Iterable[str]) -> list[RejectedRow]:
    """The duplicates in these kinds of files whose facts differ from those of the row that was written.

    They are rejected rows that are not saved yet. `files`: the paths of the files by number.
    """
    return [
        RejectedRow(
            run=run,
            kind=RejectedRow.Kind.CONTRADICTION,
            file=files[file_no],
            index=idx,
            reason=REPETITIONS[kind].contradiction.format(thing=thing, first=f"row {first_idx} of {files[first_file]}")[
                :500
            ],
            content=content,
        )
        for kind in kinds
        if REPETITIONS[kind].contradiction
        for file_no, idx, thing, content, first_file, first_idx in find_contradictions(kind)
    ]


def find_contradictions(kind: str) -> list[tuple[int, int, str, str, int, int]]:
    """(file_no, idx, name of the thing, facts as JSON, file_no and idx of the row that was written) of each."""
    repetition, facts = REPETITIONS[kind], KINDS[kind].names_of_facts()
    differs = " OR ".join(f"i.{name} IS DISTINCT FROM f.{name}" for name in repetition.compared or facts)
    return database.rows(
        f"""SELECT i.file_no, i.idx, d.thing, {dialect.row_as_json("i", repetition.shown or facts)}, f.file_no, f.idx
            FROM (SELECT {SEQ} AS no, min({SEQ}) OVER (PARTITION BY {", ".join(repetition.same)}) AS first,
                         {repetition.thing} AS thing
                  FROM {STAGED[kind]} i {repetition.joins}) d
            JOIN {STAGED[kind]} i ON i.file_no = d.no / {ROWS_OF_A_FILE} AND i.idx = d.no % {ROWS_OF_A_FILE}
            JOIN {STAGED[kind]} f ON f.file_no = d.first / {ROWS_OF_A_FILE} AND f.idx = d.first % {ROWS_OF_A_FILE}
            WHERE d.no <> d.first AND ({differs}) ORDER BY d.no"""
    )
