"""Associations that point at a player who left, where the same person plays again under a new row."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from etlimport.database import working_tables
from leagues.sql import dicts, execute, not_in_use, only
from sessionsync.publishing import publish as publish_refresh


@dataclass(frozen=True)
class Reassociation:
    """What became of an association with an inactive player; without a new player it stays as it is."""

    association_id: int
    user_id: int
    email: str
    player: str
    league: str
    old_player_id: int
    new_player_id: int | None
    reason: str

    @property
    def restored(self) -> bool:
        return self.new_player_id is not None

    def __str__(self) -> str:
        verb = "restored" if self.restored else "kept on the inactive player"
        return f"{verb}: {self.email} is {self.player}, {self.league} ({self.reason})"


SHARED_CLUB = """
    SELECT MIN(club.name) FROM leagues_club club
    WHERE club.id IN (
        SELECT team.club_id FROM leagues_rosterspot spot JOIN leagues_team team ON team.id = spot.team_id
        WHERE spot.player_id = old.id
    ) AND club.id IN (
        SELECT team.club_id FROM leagues_rosterspot spot JOIN leagues_team team ON team.id = spot.team_id
        WHERE spot.player_id = new.id AND spot.is_active
    )
"""

IN_RUN = "run.started_at <= {moment} AND (run.status = 'running' OR {moment} <= run.finished_at)"

# Two rows that were active side by side are two people. The old one must be gone before the new one came,
# or both must have happened in one run. When somebody came cannot be told of a row a rebuild made, nor when
# somebody left of a row that nothing has touched since it was made.
CAME_AFTER = f"""
    old.created_at < old.updated_at AND NOT EXISTS (
        SELECT 1 FROM etlimport_importrun run
        WHERE run.mode = 'rebuild' AND {IN_RUN.format(moment="new.created_at")}
    ) AND (
        old.updated_at < new.created_at OR EXISTS (
            SELECT 1 FROM etlimport_importrun run
            WHERE old.created_at < run.started_at
              AND {IN_RUN.format(moment="new.created_at")} AND {IN_RUN.format(moment="old.updated_at")}
        )
    )
"""

ANY_LOST = """
SELECT 1 FROM leagues_playerassociation association JOIN leagues_player old ON old.id = association.player_id
WHERE NOT old.is_active AND {chosen} LIMIT 1
"""

FINDINGS = f"""
WITH lost AS (
    SELECT association.id AS association_id, association.user_id, old.id AS old_player_id,
           old.league_id, old.name_key
    FROM leagues_playerassociation association
    JOIN leagues_player old ON old.id = association.player_id
    WHERE NOT old.is_active AND {{chosen}}
), namesakes AS (
    SELECT lost.old_player_id, MIN(CASE WHEN player.is_active THEN player.id END) AS new_player_id,
           SUM(CASE WHEN player.is_active THEN 1 ELSE 0 END) AS active,
           SUM(CASE WHEN player.is_active THEN 0 ELSE 1 END) AS inactive
    FROM lost
    JOIN leagues_player player
      ON player.league_id = lost.league_id AND player.name_key = lost.name_key AND lost.name_key <> ''
    GROUP BY lost.old_player_id
), weighed AS (
    SELECT lost.*, namesakes.new_player_id, namesakes.active, namesakes.inactive,
           ({SHARED_CLUB}) AS club,
           ({CAME_AFTER}) AS came_after,
           LOWER(old.external_id) = LOWER(new.external_id) AS same_id,
           EXISTS (SELECT 1 FROM leagues_playerassociation claim WHERE claim.player_id = new.id) AS claimed,
           EXISTS (
               SELECT 1 FROM leagues_playerassociation other
               JOIN leagues_player player ON player.id = other.player_id
               WHERE other.user_id = lost.user_id AND player.is_active AND player.league_id = lost.league_id
           ) AS has_another,
           EXISTS (
               SELECT 1 FROM etlimport_ambiguousidentity question
               WHERE question.kind = 'player' AND question.status IN ('open', 'different')
                 AND question.old_id = old.id AND question.new_id = new.id
           ) AS in_question
    FROM lost
    JOIN leagues_player old ON old.id = lost.old_player_id
    LEFT JOIN namesakes ON namesakes.old_player_id = lost.old_player_id
    LEFT JOIN leagues_player new ON new.id = namesakes.new_player_id
), judged AS (
    SELECT weighed.*, CASE
        WHEN new_player_id IS NULL THEN 'no active player of this name in the league'
        WHEN active > 1 OR inactive > 1 THEN 'several players of this name'
        WHEN claimed THEN 'the active player of this name is linked already'
        WHEN has_another THEN 'already linked to another active player of the league'
        WHEN in_question THEN 'for an operator to decide, or decided: not the same'
        WHEN NOT came_after THEN 'a namesake who may have played at the same time'
        WHEN club IS NULL AND NOT same_id THEN 'a namesake at no club in common'
    END AS doubt
    FROM weighed
)
SELECT judged.association_id, judged.user_id, person.email,
       TRIM(old.first_name || ' ' || old.last_name) AS player, league.name AS league, judged.old_player_id,
       CASE WHEN doubt IS NULL THEN new_player_id END AS new_player_id,
       COALESCE(doubt, 'same name, same club ' || club, 'same name, same player id') AS reason
FROM judged
JOIN leagues_user person ON person.id = judged.user_id
JOIN leagues_player old ON old.id = judged.old_player_id
JOIN leagues_league league ON league.id = judged.league_id
"""

# What somebody is just changing is left alone.
SPARE = f"""
DELETE FROM w_reassociation WHERE association_id NOT IN (
    {not_in_use("leagues_playerassociation", "SELECT association_id FROM w_reassociation")}
)
"""

APPLY = """
UPDATE leagues_playerassociation SET player_id = found.new_player_id
FROM w_reassociation found
WHERE leagues_playerassociation.id = found.association_id AND found.new_player_id IS NOT NULL
"""

CHANGED_USERS = """
SELECT person.id AS user_id, person.email, person.league_context_id AS old_league_id,
       person.league_context_id AS new_league_id, league.name AS league_name, 'player linked again' AS refresh_reason
FROM leagues_user person
LEFT JOIN leagues_league league ON league.id = person.league_context_id
WHERE person.id IN (SELECT user_id FROM w_reassociation WHERE new_player_id IS NOT NULL)
"""


def re_associate_users(
    user_ids: Collection[int] | None = None, *, dry_run: bool = False, publish: bool = True
) -> list[Reassociation]:
    """Point associations with inactive players at the same person's active player, where that is certain.

    Certain is: the one active player of that name in the league, claimed by nobody, at a club in common,
    who came when the old one had left. All others are kept as they are and come back with the reason.
    `publish=False` inside an import, which publishes itself. What was found stands in w_reassociation.
    """
    chosen, params = only("association.user_id", user_ids)
    with transaction.atomic(savepoint=False):
        if not dicts(ANY_LOST.format(chosen=chosen), params):
            working_tables.REASSOCIATION.create()
            return []
        working_tables.REASSOCIATION.fill(FINDINGS.format(chosen=chosen), params)
        if not dry_run:
            execute(SPARE)
        findings = [Reassociation(**row) for row in dicts("SELECT * FROM w_reassociation ORDER BY user_id")]
        if not dry_run and any(finding.restored for finding in findings):
            execute(APPLY)
            if publish:
                publish_refresh(CHANGED_USERS)
    return findings
