"""Tells people of one name in a re-keyed league apart, by all that is known of them together."""

from etlimport.models import IdentityChange
from etlimport.resolve.matching import accept_unique, names_one_person

SAME_TEAM, SAME_CLUB = 4, 2
SAME_RECORD = 3
"""The same wins and losses. A record without any match does not count, as many people have it."""

SAME_RATING, SIMILAR_RATING = 2, 1
"""A rating within half a point, or within three points."""

ENOUGH = 4
"""The points with which two rows are taken for one person: a team, or a record and a rating, or a club and a rating."""

CLEARLY = 2
"""By how many points a pair must be ahead of every other pair of one of the two."""

MOST_NAMESAKES = 50
"""A name that more people of a league bear is none by which a person could be told."""

POINTS = f"""
    SELECT n.no, o.id AS old_id, n.name_key,
           max(CASE WHEN t.target_id = r.team_id THEN {SAME_TEAM} WHEN c.target_id = old_team.club_id THEN {SAME_CLUB}
                    ELSE 0 END)
           + max(CASE WHEN s.wins = r.wins AND s.losses = r.losses AND s.wins + s.losses > 0 THEN {SAME_RECORD}
                      ELSE 0 END)
           + max(CASE WHEN abs(w.pti - p.pti) <= 0.5 THEN {SAME_RATING} WHEN abs(w.pti - p.pti) <= 3
                      THEN {SIMILAR_RATING} ELSE 0 END) AS points
    FROM w_new_player n JOIN w_old_player o ON o.league_id = n.league_id AND o.name_key = n.name_key AND o.is_active
    JOIN w_old_name oc ON oc.league_id = o.league_id AND oc.name_key = o.name_key AND oc.people <= {MOST_NAMESAKES}
    JOIN w_new_name nc ON nc.league_id = n.league_id AND nc.name_key = n.name_key AND nc.people <= {MOST_NAMESAKES}
    JOIN leagues_player p ON p.id = o.id JOIN w_player w ON w.no = n.no
    JOIN leagues_rosterspot r ON r.player_id = o.id AND r.is_active
    JOIN leagues_team old_team ON old_team.id = r.team_id
    JOIN w_roster s ON s.player_no = n.no JOIN w_team t ON t.no = s.team_no JOIN w_club c ON c.no = t.club_no
    WHERE {names_one_person("n.name_key")} AND n.league_id IN ({{rekeyed}})
    GROUP BY n.no, o.id, n.name_key"""
"""SQL for the points of each pair of an unmatched player and an unmatched existing one of the same name."""


def resolve_namesakes(rekeyed: str) -> None:
    """A player is the existing one of the same name with whom most agrees, if that is so in both directions.

    `rekeyed`: SQL for a query of the leagues that issued new ids. Whoever is told leaves fewer to be told apart, so it
    is done twice.
    """
    for _ in range(2):
        accept_unique(
            "w_player",
            IdentityChange.Layer.FULL_NAME,
            f"""SELECT no, old_id, 'both are ' || name_key || ', ' || points || ' points of evidence' AS evidence
                FROM (SELECT pair.*, {place("no")} AS place_of_new, {next_after("no")} AS next_of_new,
                             {place("old_id")} AS place_of_old, {next_after("old_id")} AS next_of_old
                      FROM ({POINTS.format(rekeyed=rekeyed)}) pair
                      WHERE no NOT IN (SELECT no FROM w_player WHERE target_id IS NOT NULL)
                        AND old_id NOT IN (SELECT target_id FROM w_player WHERE target_id IS NOT NULL)) ranked
                WHERE place_of_new = 1 AND place_of_old = 1 AND points >= {ENOUGH}
                  AND points >= next_of_new + {CLEARLY} AND points >= next_of_old + {CLEARLY}""",
        )


def place(column: str) -> str:
    return f"row_number() OVER (PARTITION BY {column} ORDER BY points DESC, no, old_id)"


def next_after(column: str) -> str:
    """SQL for the points of the next pair of the same player or row. Where there is none, any are clearly more."""
    return f"lead(points, 1, -{CLEARLY}) OVER (PARTITION BY {column} ORDER BY points DESC, no, old_id)"
