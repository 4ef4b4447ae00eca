"""The merge step: writes every kind of catalogue row, and deactivates the rows that are no longer in the source."""

from dataclasses import replace

from etlimport.journal.undo_log import UndoLog
from etlimport.merge import catalogue, facts
from etlimport.merge.entity import Counts, Entity, find_inserted, merge
from etlimport.merge.leaving import LEFT, TEAMS_LEFT, deactivate
from leagues.models import Player, Team

PARENTS = {
    "leagues": catalogue.LEAGUE,
    "seasons": catalogue.SEASON,
    "clubs": catalogue.CLUB,
    "series": catalogue.SERIES,
    "teams": catalogue.TEAM,
}
"""What other things refer to, by the name reports call it, in the order in which it is written."""

FACTS = {
    "roster spots": facts.ROSTER_SPOT,
    "scheduled matches": facts.SCHEDULED_MATCH,
    "standings": facts.STANDING,
    "match lines": facts.MATCH_SCORE,
}
"""What is told of players and teams, by the name reports call it."""


def merge_catalogue(log: UndoLog) -> dict[str, Counts]:
    """Write the whole snapshot. Returns the counts by kind of thing, in the order in which they are written.

    A kind of thing is written after those it refers to, as it needs their ids. Rows that are no longer in the source
    are deactivated before the new ones are inserted, so that a new row may take over their key.
    """
    counts = {name: merge_parent(entity, log) for name, entity in PARENTS.items()}
    left = deactivate(Player, LEFT[Player], log)
    counts["players"] = replace(merge_parent(catalogue.PLAYER, log), deactivated=left)
    for name, entity in FACTS.items():
        left = deactivate(entity.model, LEFT[entity.model], log)
        counts[name] = replace(merge(entity, log), deactivated=left)
    counts["rating history"] = merge(facts.RATING, log)
    counts["teams"] = replace(counts["teams"], deactivated=deactivate(Team, TEAMS_LEFT, log))
    return counts


def merge_parent(entity: Entity, log: UndoLog) -> Counts:
    counts = merge(entity, log)
    if counts.inserted:
        find_inserted(entity)
    return counts
