"""Matches things of a snapshot with existing rows, given the candidates that a layer of evidence found.

A working table has one row for each thing, with the columns `no`, `target_id` (the id of the existing row that the
thing is, or NULL) and `layer` (the evidence by which it was matched).
"""

from etlimport import database
from etlimport.database import dialect, working_tables


def accept_unique(work: str, layer: str, candidates: str) -> int:
    """Match the candidates that are unique in both directions: one existing row for the thing, one thing for the row.

    `work`: the name of the working table; `candidates`: SQL for a query of (no, old_id, evidence). Candidates with a
    thing or a row that is matched already are ignored. Returns how many things were matched.
    """
    found = working_tables.CANDIDATE.fill(
        f"""SELECT no, old_id, min(evidence) AS evidence FROM ({candidates}) found
            WHERE no NOT IN (SELECT no FROM {work} WHERE target_id IS NOT NULL)
              AND old_id NOT IN (SELECT target_id FROM {work} WHERE target_id IS NOT NULL)
            GROUP BY no, old_id""",
    )
    if not found:
        return 0
    working_tables.UNIQUE_PAIR.fill(
        """SELECT no, old_id, evidence FROM (
               SELECT no, old_id, evidence, count(*) OVER (PARTITION BY no) AS rivals_old,
                      count(*) OVER (PARTITION BY old_id) AS rivals_new
               FROM w_candidate) pair
           WHERE rivals_old = 1 AND rivals_new = 1"""
    )
    return database.execute(
        f"""UPDATE {work} SET target_id = pair.old_id, layer = %s, evidence = pair.evidence
            FROM w_unique_pair pair WHERE pair.no = {work}.no""",
        [layer],
    )


def seasons_in(kind: str) -> str:
    """SQL for a query of the existing seasons of which the snapshot has rows in a kind of file."""
    return f"""SELECT n.target_id FROM w_league_file f JOIN w_season n ON n.no = f.season_no
               WHERE f.kind = '{kind}' AND n.target_id IS NOT NULL"""


def seasons_to_leave(kind: str) -> str:
    """SQL for a query of those of these seasons from which a row that the snapshot does not have has left."""
    return f"{seasons_in(kind)} AND f.is_newest"


def on_a_day_of(kind: str, row: str) -> str:
    """SQL for the condition that a staged row is dated within the days `d` of one of several seasons of its file."""
    return f"d.spelling_no = {row}.league_no AND d.kind = '{kind}' AND {row}.date >= d.first AND {row}.date < d.until"


def names_one_person(name: str) -> str:
    """SQL for the condition that a name is that of a person: two words, and no digit as in `Court 5 No Player`."""
    digits = f"{name} ~ '[0-9]'" if dialect.on_postgresql() else f"{name} GLOB '*[0-9]*'"
    return f"({name} LIKE '% %' AND NOT ({digits}))"
