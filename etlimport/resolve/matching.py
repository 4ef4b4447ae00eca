"""Giving staged things the existing rows they are: one layer of evidence at a time.

A working table has a row per staged thing: `no`, `target_id` (the existing row it is, or NULL) and `layer`
(how that was found). Each layer takes only pairs that are unique in both directions.
"""

from etlimport import database
from etlimport.database import working_tables


def accept_unique(work: str, layer: str, candidates: str) -> int:
    """Take the pairs of `candidates` (SQL giving no, old_id, evidence) that are unique both ways.

    Only staged things still without a row and rows not yet taken are considered. Returns how many matched.
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
