"""Answers of people that stay with a scheduled match which the source no longer has."""

from etlimport import database
from etlimport.merge.leaving import FIXTURES_LEFT

SHOWN = 20
"""How many matches are named one by one."""


def answers_left_behind() -> list[str]:
    """A sentence about each match that leaves although people have answered, the first ones first.

    The answers stay with the match. Where another match of the same teams has come, nobody could tell that it is the
    same one, and people have to answer again.
    """
    found = database.rows(
        f"""SELECT h.name, a.name, t.date, count(*), count(*) OVER () FROM leagues_scheduledmatch t
            JOIN leagues_availability answer ON answer.match_id = t.id
            JOIN leagues_team h ON h.id = t.home_team_id JOIN leagues_team a ON a.id = t.away_team_id
            WHERE t.is_active AND t.id IN ({FIXTURES_LEFT})
            GROUP BY t.id, h.name, a.name, t.date ORDER BY t.date, h.name LIMIT {SHOWN}"""
    )
    said = [
        f"{home} – {away} on {date} is no longer in the source; "
        f"{f'{count:,} answers stay' if count > 1 else '1 answer stays'} with it."
        for home, away, date, count, _ in found
    ]
    if found and (further := found[0][-1] - len(found)):
        said.append(f"So do the answers to {further:,} further matches.")
    return said
