"""Giving staged things the existing rows they are: one layer of evidence at a time.

A working table has a row per staged thing: `no`, `target_id` (the existing row it is, or NULL) and `layer`
(how that was found). Each layer takes only pairs that are unique in both directions.
"""

from etlimport import db


def accept_unique(work: str, layer: str, candidates: str) -> int:
    """Take the pairs of `candidates` (SQL giving no, old_id, evidence) that are unique both ways.

    Only staged things still without a row and rows not yet taken are considered. Returns how many matched.
    """
    db.create_temporary("candidates", f"AS {candidates}")
    db.execute(
        f"""DELETE FROM candidates
            WHERE no IN (SELECT no FROM {work} WHERE target_id IS NOT NULL)
               OR old_id IN (SELECT target_id FROM {work} WHERE target_id IS NOT NULL)"""
    )
    return db.execute(
        f"""UPDATE {work} SET target_id = pair.old_id, layer = %s, evidence = pair.evidence
            FROM (SELECT min(old_id) AS old_id, no, min(evidence) AS evidence
                  FROM candidates GROUP BY no HAVING count(DISTINCT old_id) = 1) pair
            WHERE pair.no = {work}.no AND pair.old_id IN (
                SELECT old_id FROM candidates GROUP BY old_id HAVING count(DISTINCT no) = 1)""",
        [layer],
    )
