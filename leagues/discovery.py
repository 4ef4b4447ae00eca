"""Finding a user's players in other leagues: certain ones are linked, possible ones suggested to the user.

It is certain that a player is the user if a player already linked to the user has the same name and plays at the
same club, both in the current season of their leagues, and nobody else of that name could be meant. A player of whom
only the name is the same, or a form of it, is suggested. A player who is linked to somebody is never linked to somebody
else.
"""

from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from leagues.models import AssociationSuggestion, PlayerAssociation, User
from leagues.names import given_name_variants
from leagues.sql import dicts, execute, only, rows
from leagues.working_tables import WorkingTable
from sessionsync.publishing import publish as publish_refresh


@dataclass(frozen=True)
class Discovery:
    """A player who is this user (`linked`), or may be, and the evidence for it in words.

    `row_id` is that of the association or suggestion that was made; None where nothing was, or somebody else made it.
    It says nothing of who was found, so that a dry run and the run after it find the same.
    """

    user_id: int
    email: str
    player_id: int
    player: str
    league: str
    linked: bool
    evidence: str
    row_id: int | None = field(default=None, compare=False)

    def __str__(self) -> str:
        verb = "linked" if self.linked else "suggested"
        return f"{verb}: {self.email} → {self.player}, {self.league} ({self.evidence})"


TEXT, ID = "text NOT NULL", "bigint"
NAMESAKE_TABLE = WorkingTable(
    "w_namesake",
    "a user, a player of theirs, and a candidate of the same name in another league",
    {
        "user_id": ID,
        "linked_id": ID,
        "linked_league_id": ID,
        "player_id": ID,
        "league_id": ID,
        "name_key": TEXT,
    },
)
CERTAIN_TABLE = WorkingTable(
    "w_certain", "a user and a player they certainly are", {"user_id": ID, "player_id": ID, "club": TEXT}
)
USER_NAME_TABLE = WorkingTable("w_user_name", "a name a user goes by", {"user_id": ID, "name_key": TEXT})
NICKNAME_TABLE = WorkingTable(
    "w_nickname_key", "a name with another form of its given name", {"name_key": TEXT, "variant": TEXT}
)
POSSIBLE_TABLE = WorkingTable(
    "w_possible", "a user and a player they may be", {"user_id": ID, "player_id": ID, "by_nickname": "integer"}
)

# A candidate for anybody: an active player in an active league who is not linked to a user, and one of those meant.
CANDIDATE = """
    ({among}) AND candidate.is_active AND league.is_active AND candidate.name_key <> ''
    AND NOT EXISTS (
        SELECT 1 FROM leagues_playerassociation claim WHERE claim.player_id = candidate.id
    )
"""

CANDIDATE_NAMES = f"""
SELECT DISTINCT candidate.name_key FROM leagues_player candidate
JOIN leagues_league league ON league.id = candidate.league_id WHERE {CANDIDATE}
"""

ANYBODY = "TRUE"

# A candidate for this user: the user is active, of no other organisation, and has no active player in that league.
SUITS_USER = """
    person.is_active
    AND (person.organization_id IS NULL OR league.organization_id IS NULL
         OR person.organization_id = league.organization_id)
    AND NOT EXISTS (
        SELECT 1 FROM leagues_playerassociation mine JOIN leagues_player player ON player.id = mine.player_id
        WHERE mine.user_id = person.id AND player.league_id = candidate.league_id AND player.is_active
    )
"""

UNDECIDED = """
    NOT EXISTS (
        SELECT 1 FROM leagues_associationsuggestion suggestion
        WHERE suggestion.user_id = person.id AND suggestion.player_id = candidate.id {decided}
    )
"""

# The players linked to a user, each with the candidates of the same name.
NAMESAKES = f"""
SELECT person.id AS user_id, linked.id AS linked_id, linked.league_id AS linked_league_id,
       candidate.id AS player_id, candidate.league_id, candidate.name_key
FROM leagues_playerassociation association
JOIN leagues_user person ON person.id = association.user_id
JOIN leagues_player linked ON linked.id = association.player_id AND linked.is_active
JOIN leagues_player candidate ON candidate.name_key = linked.name_key
JOIN leagues_league league ON league.id = candidate.league_id
WHERE {CANDIDATE} AND {SUITS_USER} AND {UNDECIDED.format(decided="AND status = 'declined'")} AND {{chosen}}
"""

# Nobody else of this name could be meant: no other player in either league, no other user by their own name or by
# that of a player linked to them.
NOBODY_ELSE = """
    NOT EXISTS (
        SELECT 1 FROM leagues_player other
        WHERE other.name_key = pair.name_key
          AND other.league_id IN (pair.league_id, pair.linked_league_id)
          AND other.id NOT IN (pair.player_id, pair.linked_id)
    ) AND NOT EXISTS (
        SELECT 1 FROM leagues_user other WHERE other.name_key = pair.name_key AND other.id <> pair.user_id
    ) AND NOT EXISTS (
        SELECT 1 FROM leagues_player other
        JOIN leagues_playerassociation claim ON claim.player_id = other.id
        WHERE other.name_key = pair.name_key AND claim.user_id <> pair.user_id
    )
"""

CERTAIN = f"""
SELECT user_id, player_id, club FROM (
    SELECT pair.user_id, pair.player_id, MIN(club.name) AS club,
           COUNT(*) OVER (PARTITION BY pair.user_id, pair.league_id) AS rivals
    FROM w_namesake pair
    JOIN leagues_rosterspot spot ON spot.player_id = pair.linked_id AND spot.is_active
    JOIN leagues_team team ON team.id = spot.team_id AND team.is_active
    JOIN leagues_season season ON season.id = team.season_id AND season.is_current
    JOIN leagues_rosterspot other_spot ON other_spot.player_id = pair.player_id AND other_spot.is_active
    JOIN leagues_team other_team ON other_team.id = other_spot.team_id AND other_team.is_active
    JOIN leagues_season other_season ON other_season.id = other_team.season_id AND other_season.is_current
    JOIN leagues_club club ON club.id = team.club_id AND club.id = other_team.club_id
    WHERE {NOBODY_ELSE}
    GROUP BY pair.user_id, pair.player_id, pair.league_id
) corroborated WHERE rivals = 1
ORDER BY user_id, player_id {{limit}}
"""

# The names by which a user may be found: their own and those of their players.
USER_NAMES = """
SELECT person.id AS user_id, person.name_key FROM leagues_user person
WHERE person.is_active AND person.name_key <> '' AND {chosen}
UNION
SELECT person.id, player.name_key FROM leagues_user person
JOIN leagues_playerassociation association ON association.user_id = person.id
JOIN leagues_player player ON player.id = association.player_id
WHERE person.is_active AND player.name_key <> '' AND {chosen}
"""

EVIDENCE = "CASE by_nickname WHEN 0 THEN 'same name' ELSE 'a form of the same name' END"

POSSIBLE = f"""
SELECT person.id AS user_id, candidate.id AS player_id, MIN(named.by_nickname) AS by_nickname
FROM (
    SELECT user_id, name_key, 0 AS by_nickname FROM w_user_name
    UNION ALL
    SELECT user_name.user_id, nickname.variant, 1
    FROM w_user_name user_name JOIN w_nickname_key nickname ON nickname.name_key = user_name.name_key
) named
JOIN leagues_user person ON person.id = named.user_id
JOIN leagues_player candidate ON candidate.name_key = named.name_key
JOIN leagues_league league ON league.id = candidate.league_id
WHERE {CANDIDATE} AND {SUITS_USER} AND {UNDECIDED.format(decided="")}
GROUP BY person.id, candidate.id
ORDER BY person.id, candidate.id {{limit}}
"""

LINK = """
INSERT INTO leagues_playerassociation (user_id, player_id, is_primary, created_at)
SELECT user_id, player_id, FALSE, CURRENT_TIMESTAMP FROM w_certain WHERE TRUE
ON CONFLICT (player_id) DO NOTHING RETURNING user_id, player_id, id
"""

# A suggestion made before is settled when its player is linked.
ANSWER = """
UPDATE leagues_associationsuggestion SET status = 'accepted', decided_at = CURRENT_TIMESTAMP
FROM w_certain WHERE leagues_associationsuggestion.user_id = w_certain.user_id
  AND leagues_associationsuggestion.player_id = w_certain.player_id
"""

SUGGEST = f"""
INSERT INTO leagues_associationsuggestion (user_id, player_id, status, evidence, created_at)
SELECT user_id, player_id, 'open', {EVIDENCE}, CURRENT_TIMESTAMP FROM w_possible WHERE TRUE
ON CONFLICT (user_id, player_id) DO NOTHING RETURNING user_id, player_id, id
"""

REPORT = """
SELECT found.user_id, person.email, found.player_id,
       TRIM(player.first_name || ' ' || player.last_name) AS player, league.name AS league,
       {evidence} AS evidence
FROM {table} found
JOIN leagues_user person ON person.id = found.user_id
JOIN leagues_player player ON player.id = found.player_id
JOIN leagues_league league ON league.id = player.league_id
ORDER BY found.user_id, found.player_id
"""

CHANGED_USERS = """
SELECT person.id AS user_id, person.email, person.league_context_id AS old_league_id,
       person.league_context_id AS new_league_id, league.name AS league_name, 'player linked' AS refresh_reason
FROM leagues_user person
LEFT JOIN leagues_league league ON league.id = person.league_context_id
WHERE person.id IN (SELECT user_id FROM w_certain)
"""


def discover_associations(
    user_ids: Collection[int] | None = None,
    *,
    limit: int | None = None,
    dry_run: bool = False,
    publish: bool = True,
    changed_since: datetime | None = None,
) -> list[Discovery]:
    """Link and suggest players, for all users or for a few by id; at most `limit` players.

    `changed_since`: only where something has changed since then: players who came to their league, and those in a
    league that the user's own player left, or who are suggested already. For all others it was looked before.

    Returns the linked players first. A player whom a user declined is neither linked nor suggested to them again.
    With `publish=False` the caller must tell the sessions of the users concerned.
    """
    with transaction.atomic():
        among = changed(changed_since) if changed_since else ANYBODY
        names = candidate_names() if user_ids is None else None
        if names is not None and not names:
            return []
        linked = link_certain(user_ids, among, limit, publish and not dry_run)
        left = None if limit is None else limit - len(linked)
        suggested = suggest_possible(user_ids, among, left, names)
        if dry_run:
            transaction.set_rollback(True)
    return linked + suggested


def changed(since: datetime) -> str:
    """SQL for the condition that it has to be asked anew whether the candidate is the person."""
    return f"""
        candidate.created_at >= '{connection.ops.adapt_datetimefield_value(since)}'
        OR EXISTS (
            SELECT 1 FROM leagues_playerassociation theirs JOIN leagues_player former ON former.id = theirs.player_id
            WHERE theirs.user_id = person.id AND former.league_id = candidate.league_id AND NOT former.is_active
        ) OR EXISTS (
            SELECT 1 FROM leagues_associationsuggestion asked
            WHERE asked.user_id = person.id AND asked.player_id = candidate.id
        )"""


def link_certain(user_ids: Collection[int] | None, among: str, limit: int | None, publish: bool) -> list[Discovery]:
    chosen, params = only("person.id", user_ids)
    with NAMESAKE_TABLE.filled(NAMESAKES.format(chosen=chosen, among=among), params) as found:
        if not found:
            return []
        return link_corroborated(limit, publish)


def link_corroborated(limit: int | None, publish: bool) -> list[Discovery]:
    """Link the players in w_namesake who are certain."""
    with CERTAIN_TABLE.filled(CERTAIN.format(limit=at_most(limit))):
        found = dicts(REPORT.format(table="w_certain", evidence="'same name, same club ' || found.club"))
        made = insert(LINK) if found else {}
        if found:
            execute(ANSWER)
            if publish:
                publish_refresh(CHANGED_USERS)
    return [Discovery(**row, linked=True, row_id=made.get((row["user_id"], row["player_id"]))) for row in found]


def insert(sql: str) -> dict[tuple[int, int], int]:
    """The ids of the rows that were inserted, by user and player."""
    return {(user_id, player_id): row_id for user_id, player_id, row_id in rows(sql)}


def candidate_names() -> set[str]:
    """The names of all candidates."""
    return {row["name_key"] for row in dicts(CANDIDATE_NAMES.format(among=ANYBODY))}


def suggest_possible(
    user_ids: Collection[int] | None, among: str, limit: int | None, names: Container[str] | None
) -> list[Discovery]:
    """`names` are those of all candidates, so that others need not be compared; None if they were not read."""
    chosen, params = only("person.id", user_ids)
    with (
        USER_NAME_TABLE.filled(USER_NAMES.format(chosen=chosen), params * 2),
        NICKNAME_TABLE.filled("SELECT name_key, name_key AS variant FROM w_user_name WHERE FALSE"),
    ):
        insert_nicknames(names)
        with POSSIBLE_TABLE.filled(POSSIBLE.format(limit=at_most(limit), among=among)):
            found = dicts(REPORT.format(table="w_possible", evidence=EVIDENCE))
            made = insert(SUGGEST) if found else {}
    return [Discovery(**row, linked=False, row_id=made.get((row["user_id"], row["player_id"]))) for row in found]


def insert_nicknames(known: Container[str] | None) -> None:
    """Fill w_nickname_key with other forms of the names in w_user_name; only with those in `known`, if given."""
    names = [row["name_key"] for row in dicts("SELECT DISTINCT name_key FROM w_user_name")]
    variants = ((name, variant) for name in names for variant in nickname_keys(name))
    if known is not None:
        variants = (pair for pair in variants if pair[1] in known)
    while batch := list(islice(variants, 500)):
        values = ", ".join(["(%s, %s)"] * len(batch))
        execute(f"INSERT INTO w_nickname_key (name_key, variant) VALUES {values}", list(chain.from_iterable(batch)))


def nickname_keys(name_key: str) -> Iterator[str]:
    """`bob smith` → `robert smith`, …"""
    given, _, family = name_key.partition(" ")
    if family:
        yield from (f"{variant} {family}" for variant in given_name_variants(given) if variant != given)


def at_most(limit: int | None) -> str:
    return "" if limit is None else f"LIMIT {int(limit)}"


def open_suggestions(user: User) -> QuerySet[AssociationSuggestion]:
    """The suggestions this user can still answer: those whose player is active and not linked to anybody."""
    claimed = PlayerAssociation.objects.filter(player=OuterRef("player"))
    return (
        AssociationSuggestion.objects.filter(user=user, status=AssociationSuggestion.Status.OPEN)
        .filter(~Exists(claimed), player__is_active=True, player__league__is_active=True)
        .select_related("player__league")
    )
