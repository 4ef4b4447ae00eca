"""Matches the players of a snapshot with existing rows, and lists their roster spots.

`w_player` has one row for each player, taken from the first row of the files with that player id; `w_roster` has one
row for each roster spot.
"""

from etlimport import database
from etlimport.database import dialect, working_tables
from etlimport.database.working_tables import SEQ
from etlimport.kinds import PLAYERS
from etlimport.models import IdentityChange
from etlimport.resolve.matching import accept_unique, names_one_person
from etlimport.resolve.reassigned_ids import (
    SAME_IDS,
    SAME_TAILS,
    create_nickname_pairs,
    find_other_people,
    find_reassigned_ids,
    keep_known_holders,
)
from etlimport.resolve.unread import fill_missing_names

Layer = IdentityChange.Layer

ID_TAIL = 8
"""How many characters at the end of two ids must be equal for them to belong to one player of a re-keyed league."""

REKEYED_BELOW = 0.5
"""The share of active players whose ids are still in the source below which a league is taken to have issued new ids to
everybody. In such a league a full name that only one person has is enough to match a player."""

PLAYER_ROWS = f"""
    SELECT {SEQ} AS no, s.league_no, i.external_id, i.first_name, i.last_name, i.name_key,
           {PLAYERS.facts_sql("i", "player")}
    FROM in_players i JOIN w_spelling s ON s.no = i.league_no
    JOIN (SELECT COALESCE(min(CASE WHEN b.no IS NOT NULL THEN {SEQ} END), min({SEQ})) AS no FROM in_players i
          JOIN w_spelling s ON s.no = i.league_no LEFT JOIN w_label b ON b.no = i.label_no
          GROUP BY s.league_no, i.external_id) first ON first.no = {SEQ}"""
"""The first row with a player id describes the player, or rather the first one that names a team."""

ROSTER_ROWS = f"""
    SELECT {SEQ} AS no, p.no AS player_no, b.team_no, i.file_no,
           {PLAYERS.facts_sql("i", "roster spot")}
    FROM in_players i JOIN w_spelling s ON s.no = i.league_no JOIN w_label b ON b.no = i.label_no
    JOIN w_player p ON p.league_no = s.league_no AND p.external_id = i.external_id
    JOIN (SELECT min({SEQ}) AS no FROM in_players i
          JOIN w_spelling s ON s.no = i.league_no JOIN w_label b ON b.no = i.label_no
          WHERE {SEQ} NOT IN (SELECT no FROM w_other_person)
          GROUP BY s.league_no, i.external_id, b.team_no) first ON first.no = {SEQ}"""


def create_working_tables(*, known: bool) -> None:
    """Fill w_player and w_roster. `known`: whether any of the leagues is in the catalogue already.

    A player id that the source gave to another person does not match the existing row with that id.
    """
    working_tables.PLAYER.fill(
        f"""SELECT w.*, p.id AS target_id, CASE WHEN p.id IS NULL THEN '' ELSE '{Layer.NATURAL_KEY}' END AS layer,
               '' AS evidence
            FROM ({PLAYER_ROWS}) w JOIN w_league l ON l.no = w.league_no
            LEFT JOIN leagues_player p ON p.league_id = l.target_id AND p.external_id = w.external_id"""
    )
    fill_missing_names()
    if known:
        keep_known_holders()
        working_tables.REASSIGNED_ID.create()
        working_tables.RESPELLED.create()
        find_reassigned_ids(SAME_IDS)
        database.execute(
            "UPDATE w_player SET target_id = NULL, layer = '' WHERE no IN (SELECT no FROM w_reassigned_id)"
        )
    find_other_people()
    working_tables.ROSTER.fill(ROSTER_ROWS)


def find_absent(*, known: bool) -> None:
    """Fill w_absent_player with the existing players of the snapshot's leagues who are not in the snapshot.

    `known`: whether any of its leagues is in the catalogue already.
    """
    if not known:
        working_tables.ABSENT_PLAYER.leave_empty()
        return
    working_tables.ABSENT_PLAYER.fill(
        """SELECT p.id, l.no AS league_no, p.external_id
           FROM leagues_player p JOIN w_league l ON l.target_id = p.league_id
           WHERE p.external_id <> '' AND NOT EXISTS (SELECT 1 FROM w_player w WHERE w.target_id = p.id)"""
    )


def resolve_aliased() -> None:
    """A player is the existing one for whom an operator entered the player's id as an alias."""
    accept_unique(
        "w_player",
        Layer.ALIAS,
        """SELECT w.no, p.id AS old_id, 'alias of ' || a.means AS evidence
           FROM w_player w JOIN w_league l ON l.no = w.league_no
           JOIN etlimport_alias a ON a.kind = 'player' AND a.league_key IN ('', l.key)
            AND w.external_id IN (a.label, a.means)
           JOIN leagues_player p ON p.league_id = l.target_id AND p.external_id IN (a.label, a.means)""",
    )


def gather_unmatched() -> bool:
    """Fill w_new_player and w_old_player with the players of the snapshot and the existing rows that are unmatched.

    Returns whether there are any of both, which may be matched with each other.
    """
    newcomers = working_tables.NEW_PLAYER.fill(
        f"""SELECT w.no, l.target_id AS league_id, w.external_id, w.name_key,
               {dialect.first_word("w.name_key")} AS given, {id_tail("w")} AS tail
            FROM w_player w JOIN w_league l ON l.no = w.league_no
            WHERE w.target_id IS NULL AND l.target_id IS NOT NULL"""
    )
    leavers = working_tables.OLD_PLAYER.fill(
        f"""SELECT p.id, p.league_id, p.external_id, p.name_key, p.is_active,
               {dialect.first_word("p.name_key")} AS given, {id_tail("p")} AS tail
            FROM leagues_player p
            WHERE p.league_id IN (SELECT league_id FROM w_new_player)
              AND NOT EXISTS (SELECT 1 FROM w_player w WHERE w.target_id = p.id)"""
    )
    return bool(newcomers and leavers)


def id_tail(alias: str) -> str:
    """SQL for the last ID_TAIL characters of an id; NULL for an id that has no more characters than that."""
    column = f"{alias}.external_id"
    return f"CASE WHEN length({column}) > {ID_TAIL} THEN substr({column}, length({column}) - {ID_TAIL - 1}) END"


def resolve_id_tails() -> None:
    """A player is the existing one whose id has the same end, unless their names show that they are two people."""
    same_tail = """SELECT n.no, o.id AS old_id, 'id ends in ' || n.tail AS evidence
                   FROM w_new_player n JOIN w_old_player o ON o.league_id = n.league_id AND o.tail = n.tail"""
    accept_unique("w_player", Layer.ID_TAIL, f"{same_tail} WHERE o.name_key = n.name_key")
    find_reassigned_ids(SAME_TAILS)
    reassigned = "SELECT 1 FROM w_reassigned_id r WHERE r.no = n.no AND r.old_id = o.id"
    accept_unique("w_player", Layer.ID_TAIL, f"{same_tail} WHERE NOT EXISTS ({reassigned})")


def count_names() -> None:
    """Fill w_old_name and w_new_name with how many people of each name a league has, whether matched or not."""
    working_tables.OLD_NAME.fill(
        """SELECT league_id, name_key, count(*) AS people FROM leagues_player
           WHERE league_id IN (SELECT league_id FROM w_new_player) GROUP BY league_id, name_key"""
    )
    working_tables.NEW_NAME.fill(
        """SELECT l.target_id AS league_id, w.name_key, count(*) AS people FROM w_player w
           JOIN w_league l ON l.no = w.league_no WHERE l.target_id IS NOT NULL GROUP BY l.target_id, w.name_key"""
    )


def rekeyed_leagues() -> str:
    """SQL for a query of the leagues that issued new ids to everybody (REKEYED_BELOW)."""
    return f"""
        SELECT p.league_id FROM leagues_player p
        WHERE p.is_active AND p.league_id IN (SELECT league_id FROM w_new_player)
        GROUP BY p.league_id
        HAVING sum(CASE WHEN p.id IN (
                SELECT target_id FROM w_player WHERE target_id IS NOT NULL AND layer = '{Layer.NATURAL_KEY}'
            ) THEN 1 ELSE 0 END) < {REKEYED_BELOW} * count(*)"""


SAME_PLACE = "JOIN w_new_place np ON np.no = n.no JOIN w_old_place op ON op.id = o.id AND op.place = np.place"
"""SQL for a join that keeps only pairs who play for the same team, or for teams of the same club."""


def gather_places() -> None:
    """Fill w_new_place and w_old_place with the teams and clubs of the unmatched players.

    For an existing player who is inactive these are all teams and clubs he or she ever played for.
    """
    working_tables.NEW_PLACE.fill(
        """SELECT n.no, 'team ' || t.target_id AS place FROM w_new_player n
                  JOIN w_roster r ON r.player_no = n.no JOIN w_team t ON t.no = r.team_no
                  WHERE t.target_id IS NOT NULL
              UNION SELECT n.no, 'club ' || c.target_id FROM w_new_player n
                  JOIN w_roster r ON r.player_no = n.no JOIN w_team t ON t.no = r.team_no
                  JOIN w_club c ON c.no = t.club_no WHERE c.target_id IS NOT NULL"""
    )
    spots = "w_old_player o JOIN leagues_rosterspot r ON r.player_id = o.id AND (r.is_active OR NOT o.is_active)"
    working_tables.OLD_PLACE.fill(
        f"""SELECT o.id, 'team ' || r.team_id AS place FROM {spots}
            UNION SELECT o.id, 'club ' || t.club_id FROM {spots} JOIN leagues_team t ON t.id = r.team_id"""
    )


SAME_FULL_NAME = """
    SELECT n.no, o.id AS old_id, 'both are ' || n.name_key AS evidence
    FROM w_new_player n JOIN w_old_player o ON o.league_id = n.league_id AND o.name_key = n.name_key
    JOIN w_old_name oc ON oc.league_id = o.league_id AND oc.name_key = o.name_key AND oc.people = 1
    JOIN w_new_name nc ON nc.league_id = n.league_id AND nc.name_key = n.name_key AND nc.people = 1
    {joins} WHERE {identifying}"""
"""SQL for candidates of the same full name that nobody else in the league had or has. `joins`: further conditions."""


def resolve_names_in_rekeyed_leagues() -> None:
    """In a re-keyed league a player is the active one of the same full name, if nobody else had or has that name.

    An inactive player is not matched: a new person of the same name is as likely, and must not get what is theirs.
    """
    accept_unique(
        "w_player",
        Layer.FULL_NAME,
        SAME_FULL_NAME.format(
            identifying=names_one_person("n.name_key"),
            joins=f"JOIN ({rekeyed_leagues()}) r ON r.league_id = n.league_id AND o.is_active",
        ),
    )


def resolve_corroborated_names() -> None:
    """In any league a player is the existing one of the same full name who plays for the same team or club."""
    accept_unique(
        "w_player",
        Layer.FULL_NAME,
        SAME_FULL_NAME.format(identifying=names_one_person("n.name_key"), joins=SAME_PLACE),
    )


NAME_IN_LEAGUE = dialect.one_value("league_id", "name_key")

HAVE_ONE_CANDIDATE = """
    SELECT p.{key} FROM {table} p JOIN w_nickname k ON k.{mine} = p.given
    JOIN {names} x ON x.league_id = p.league_id
     AND x.name_key = k.{other} || substr(p.name_key, length(p.given) + 1)
    GROUP BY p.{key} HAVING sum(x.people) = 1"""
"""SQL for a query of the unmatched people on one side for whom a nickname leads to exactly one person on the other."""


def resolve_nicknames() -> None:
    """A player is the existing one whose given name is another form of the same name, as Bob Hale is Robert Hale.

    The rest of the name and the team or club must be the same, and nobody else of the league may have a name that
    would match as well.
    """
    create_nickname_pairs("SELECT given FROM w_new_player")
    new_players = HAVE_ONE_CANDIDATE.format(table="w_new_player", key="no", mine="a", other="b", names="w_old_name")
    old_players = HAVE_ONE_CANDIDATE.format(table="w_old_player", key="id", mine="b", other="a", names="w_new_name")
    accept_unique(
        "w_player",
        Layer.FULL_NAME,
        f"""SELECT n.no, o.id AS old_id, n.name_key || ' for ' || o.name_key AS evidence
            FROM w_new_player n JOIN w_nickname k ON k.a = n.given
            JOIN w_old_player o ON o.league_id = n.league_id
             AND o.name_key = k.b || substr(n.name_key, length(n.given) + 1)
            {SAME_PLACE} WHERE {names_one_person("n.name_key")}
              AND {dialect.one_value("n.league_id", "n.name_key")} NOT IN (SELECT {NAME_IN_LEAGUE} FROM w_old_name)
              AND {dialect.one_value("o.league_id", "o.name_key")} NOT IN (SELECT {NAME_IN_LEAGUE} FROM w_new_name)
              AND n.no IN ({new_players}) AND o.id IN ({old_players})""",
    )
