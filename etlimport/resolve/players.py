"""Staged players and roster spots → the existing rows they are.

w_player(no, league_no, external_id, …)   one row a player: the first of the file's rows about them
w_roster(no, player_no, team_no, …)       one row a roster spot; its `no` is the staged row's place
"""

from etlimport import database
from etlimport.database import dialect, working_tables
from etlimport.database.load import load
from etlimport.database.working_tables import SEQ
from etlimport.kinds import PLAYERS
from etlimport.models import IdentityChange
from etlimport.resolve.matching import accept_unique
from leagues.names import given_name_variants

Layer = IdentityChange.Layer

ID_TAIL = 8
"""Characters at the end of a re-keyed id that must be the same; fewer would be chance."""

REISSUED_ABOVE = 0.2
"""A league where more than this share of the ids that come back bear somebody else's name reissued its ids:
there an id alone says nothing, and a first name in common is chance."""

REKEYED_BELOW = 0.5
"""A league fewer of whose players' ids come back was re-keyed: there a unique full name is a person."""

PLAYER_ROWS = f"""
    SELECT {SEQ} AS no, s.league_no, i.external_id, i.first_name, i.last_name, i.name_key,
           {PLAYERS.facts_sql("i", "player")}
    FROM in_players i JOIN w_spelling s ON s.no = i.league_no
    JOIN (SELECT min({SEQ}) AS no FROM in_players i
          JOIN w_spelling s ON s.no = i.league_no JOIN w_label b ON b.no = i.label_no
          GROUP BY s.league_no, i.external_id) first ON first.no = {SEQ}"""

ROSTER_ROWS = f"""
    SELECT {SEQ} AS no, p.no AS player_no, b.team_no, i.file_no,
           {PLAYERS.facts_sql("i", "roster spot")}
    FROM in_players i JOIN w_spelling s ON s.no = i.league_no JOIN w_label b ON b.no = i.label_no
    JOIN w_player p ON p.league_no = s.league_no AND p.external_id = i.external_id
    JOIN (SELECT min({SEQ}) AS no FROM in_players i
          JOIN w_spelling s ON s.no = i.league_no JOIN w_label b ON b.no = i.label_no
          WHERE {SEQ} NOT IN (SELECT no FROM w_stranger)
          GROUP BY s.league_no, i.external_id, b.team_no) first ON first.no = {SEQ}"""


def create_working_tables(*, known: bool) -> None:
    """`known`: any of the leagues was there before, so that an id may have changed hands since."""
    working_tables.PLAYER.fill(
        f"""SELECT w.*, p.id AS target_id, CASE WHEN p.id IS NULL THEN '' ELSE '{Layer.NATURAL_KEY}' END AS layer,
               '' AS evidence
            FROM ({PLAYER_ROWS}) w JOIN w_league l ON l.no = w.league_no
            LEFT JOIN leagues_player p ON p.league_id = l.target_id AND p.external_id = w.external_id"""
    )
    if known:
        working_tables.CHANGED_HANDS.create()
        tell_changed_hands(SAME_IDS)
        database.execute(
            "UPDATE w_player SET target_id = NULL, layer = '' WHERE no IN (SELECT no FROM w_changed_hands)"
        )
    find_strangers()
    working_tables.ROSTER.fill(ROSTER_ROWS)


def find_strangers() -> None:
    """w_stranger(no): the rows about somebody else than the first row under their id: nobody takes their spots."""
    working_tables.STRANGER.create()
    found = working_tables.OTHERWISE_NAMED.fill(
        f"""SELECT {SEQ} AS no, p.name_key AS first_name, i.name_key AS name FROM in_players i
            JOIN w_spelling s ON s.no = i.league_no JOIN w_label b ON b.no = i.label_no
            JOIN w_player p ON p.league_no = s.league_no AND p.external_id = i.external_id
            WHERE i.name_key <> p.name_key""",
    )
    if found:
        create_nickname_pairs(f"SELECT {dialect.first_word('first_name')} FROM w_otherwise_named")
        database.execute(
            f"INSERT INTO w_stranger SELECT no FROM w_otherwise_named WHERE {names_conflict('first_name', 'name')}"
        )


SAME_IDS = """
    SELECT w.no, p.id AS old_id, p.league_id, p.name_key AS old_name, w.name_key AS new_name
    FROM w_player w JOIN leagues_player p ON p.id = w.target_id"""

SAME_TAILS = """
    SELECT n.no, o.id AS old_id, n.league_id, o.name_key AS old_name, n.name_key AS new_name
    FROM w_new_player n JOIN w_old_player o ON o.league_id = n.league_id AND o.tail = n.tail"""


def tell_changed_hands(pairs: str) -> None:
    """Add to w_changed_hands those of `pairs` whose id was given to somebody else.

    `pairs` is SQL giving no, old_id, league_id, old_name, new_name of what bears one id. A new name under it is
    another person's where the two names conflict, where the league reissued its ids, where the old name is here
    under an id that is not known for it, and where the new name is that of a row which would be left without one.
    """
    if not working_tables.RENAMED.fill(
        f"SELECT no, old_id, league_id, old_name, new_name FROM ({pairs}) pair WHERE old_name <> new_name"
    ):
        return
    create_nickname_pairs(f"SELECT {dialect.first_word('old_name')} FROM w_renamed")
    database.execute(
        f"""INSERT INTO w_changed_hands SELECT no, old_id FROM w_renamed
            WHERE {names_conflict("old_name", "new_name")} OR league_id IN ({reissuing_leagues(pairs)})
               OR (league_id, old_name) IN (
                   SELECT l.target_id, w.name_key FROM w_player w JOIN w_league l ON l.no = w.league_no
                   WHERE w.target_id IS NULL OR w.no IN (SELECT no FROM w_renamed))
               OR (league_id, new_name) IN (
                   SELECT p.league_id, p.name_key FROM leagues_player p
                   WHERE p.id NOT IN (SELECT target_id FROM w_player WHERE target_id IS NOT NULL)
                      OR p.id IN (SELECT old_id FROM w_renamed))"""
    )


def reissuing_leagues(pairs: str) -> str:
    """SQL: the leagues of `pairs` (league_id, old_name, new_name) in which too many names conflict."""
    return f"""SELECT league_id FROM ({pairs}) pair GROUP BY league_id
               HAVING sum(CASE WHEN {names_conflict("old_name", "new_name")} THEN 1 ELSE 0 END)
                      > {REISSUED_ABOVE} * count(*)"""


def names_conflict(old: str, new: str) -> str:
    """SQL: two names that one person does not bear one after the other.

    Who marries keeps the given name; who keeps the last name may be called by a nickname or an initial, but
    another given name is another of the family. First and last may change places. Needs `w_nickname`.
    """
    given, other = dialect.first_word(old), dialect.first_word(new)
    last, other_last = dialect.last_word(old), dialect.last_word(new)
    initial = f"(length({given}) = 1 OR length({other}) = 1) AND substr({given}, 1, 1) = substr({other}, 1, 1)"
    return f"""{old} <> {new} AND {given} <> {other} AND NOT ({given} = {other_last} AND {last} = {other})
        AND ({last} <> {other_last} OR NOT (
            {initial} OR ({given}, {other}) IN (SELECT a, b FROM w_nickname)))"""


def resolve_aliased() -> None:
    accept_unique(
        "w_player",
        Layer.ALIAS,
        """SELECT w.no, p.id AS old_id, 'alias of ' || a.means AS evidence
           FROM w_player w JOIN w_league l ON l.no = w.league_no
           JOIN etlimport_alias a ON a.kind = 'player' AND a.league_key IN ('', l.key) AND a.label = w.external_id
           JOIN leagues_player p ON p.league_id = l.target_id AND p.external_id = a.means""",
    )


def gather_unmatched() -> bool:
    """Players of the snapshot without a row (`w_new_player`) and rows without a player (`w_old_player`).

    Returns whether there is anything left to match.
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
    """SQL: the end of an id that is longer than that, else NULL."""
    column = f"{alias}.external_id"
    return f"CASE WHEN length({column}) > {ID_TAIL} THEN substr({column}, length({column}) - {ID_TAIL - 1}) END"


def resolve_id_tails() -> None:
    """The same end of the id behind another beginning, under a name that does not speak against it."""
    same_tail = """SELECT n.no, o.id AS old_id, 'id ends in ' || n.tail AS evidence
                   FROM w_new_player n JOIN w_old_player o ON o.league_id = n.league_id AND o.tail = n.tail"""
    accept_unique("w_player", Layer.ID_TAIL, f"{same_tail} WHERE o.name_key = n.name_key")
    tell_changed_hands(SAME_TAILS)
    accept_unique(
        "w_player", Layer.ID_TAIL, f"{same_tail} WHERE (n.no, o.id) NOT IN (SELECT no, old_id FROM w_changed_hands)"
    )


def count_names() -> None:
    """How many people of each name a league has, before and now: matched or not, active or not."""
    working_tables.OLD_NAME.fill(
        """SELECT league_id, name_key, count(*) AS people FROM leagues_player
           WHERE league_id IN (SELECT league_id FROM w_new_player) GROUP BY league_id, name_key"""
    )
    working_tables.NEW_NAME.fill(
        """SELECT l.target_id AS league_id, w.name_key, count(*) AS people FROM w_player w
           JOIN w_league l ON l.no = w.league_no WHERE l.target_id IS NOT NULL GROUP BY l.target_id, w.name_key"""
    )


def telling(name: str) -> str:
    """SQL: a name that can tell a person: two words at least, and no digit (`Court 5 No Player 1`)."""
    digits = f"{name} ~ '[0-9]'" if dialect.on_postgresql() else f"{name} GLOB '*[0-9]*'"
    return f"({name} LIKE '% %' AND NOT ({digits}))"


def rekeyed_leagues() -> str:
    """SQL: the leagues most of whose active players' ids did not come back."""
    return f"""
        SELECT p.league_id FROM leagues_player p
        LEFT JOIN w_player w ON w.target_id = p.id AND w.layer = '{Layer.NATURAL_KEY}'
        WHERE p.is_active AND p.league_id IN (SELECT league_id FROM w_new_player)
        GROUP BY p.league_id HAVING count(w.no) < {REKEYED_BELOW} * count(*)"""


SAME_PLACE = "JOIN w_new_place np ON np.no = n.no JOIN w_old_place op ON op.id = o.id AND op.place = np.place"
"""SQL: the two play for the same team, or for teams of one club, in this snapshot and the last."""


def gather_places() -> None:
    """new_places(no, place) and old_places(id, place): the teams and clubs of the unmatched.

    Who left is told by wherever they ever played.
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


SAME_NAME = """
    SELECT n.no, o.id AS old_id, 'both are ' || n.name_key AS evidence
    FROM w_new_player n JOIN w_old_player o ON o.league_id = n.league_id AND o.name_key = n.name_key
    JOIN w_old_name oc ON oc.league_id = o.league_id AND oc.name_key = o.name_key AND oc.people = 1
    JOIN w_new_name nc ON nc.league_id = n.league_id AND nc.name_key = n.name_key AND nc.people = 1
    {grounds} WHERE {telling}"""


def resolve_names_in_rekeyed_leagues() -> None:
    """Where all ids are new, a full name that only one person had and has is that person.

    Not one who had left before: a newcomer of the name is as likely, and gets nothing of theirs.
    """
    accept_unique(
        "w_player",
        Layer.FULL_NAME,
        SAME_NAME.format(
            telling=telling("n.name_key"),
            grounds=f"JOIN ({rekeyed_leagues()}) r ON r.league_id = n.league_id AND o.is_active",
        ),
    )


def resolve_namesakes_in_rekeyed_leagues() -> None:
    """Of people who share a name, the one who has the same record with the same team, and no other has.

    A record of no matches at all says nothing, so it takes at least one.
    """
    accept_unique(
        "w_player",
        Layer.FULL_NAME,
        f"""SELECT n.no, o.id AS old_id, 'both are ' || n.name_key || ' of ' || t.name || ', '
                   || s.wins || '–' || s.losses AS evidence
            FROM w_new_player n JOIN w_old_player o ON o.league_id = n.league_id AND o.name_key = n.name_key
            JOIN leagues_player p ON p.id = o.id JOIN w_player w ON w.no = n.no
            JOIN leagues_rosterspot r ON r.player_id = o.id AND r.is_active
            JOIN w_roster s ON s.player_no = n.no AND s.wins = r.wins AND s.losses = r.losses
            JOIN w_team t ON t.no = s.team_no AND t.target_id = r.team_id
            WHERE r.wins + r.losses > 0 AND p.pti IS NOT DISTINCT FROM w.pti
              AND {telling("n.name_key")} AND n.league_id IN ({rekeyed_leagues()})""",
    )


def resolve_corroborated_names() -> None:
    """Where ids come back, a person with a new id must at least still play for the same team or club."""
    accept_unique(
        "w_player",
        Layer.FULL_NAME,
        SAME_NAME.format(telling=telling("n.name_key"), grounds=SAME_PLACE),
    )


FIT_ONE = """
    SELECT p.{key} FROM {table} p JOIN w_nickname k ON k.{mine} = p.given
    JOIN {names} x ON x.league_id = p.league_id
     AND x.name_key = k.{other} || substr(p.name_key, length(p.given) + 1)
    GROUP BY p.{key} HAVING sum(x.people) = 1"""
"""SQL: the people whom only one of the other snapshot fits by a nickname."""


def resolve_nicknames() -> None:
    """Bob Hale for Robert Hale: a known nickname before the same rest of the name, at the same team or club.

    Weaker than a name spelled the same, so it needs the team or club in every league, and nobody else
    of the league may bear a name that would fit as well.
    """
    create_nickname_pairs("SELECT given FROM w_new_player")
    fit_one = FIT_ONE.format(table="w_new_player", key="no", mine="a", other="b", names="w_old_name")
    fits_one = FIT_ONE.format(table="w_old_player", key="id", mine="b", other="a", names="w_new_name")
    accept_unique(
        "w_player",
        Layer.FULL_NAME,
        f"""SELECT n.no, o.id AS old_id, n.name_key || ' for ' || o.name_key AS evidence
            FROM w_new_player n JOIN w_nickname k ON k.a = n.given
            JOIN w_old_player o ON o.league_id = n.league_id AND o.given = k.b
             AND substr(o.name_key, length(o.given) + 1) = substr(n.name_key, length(n.given) + 1)
            {SAME_PLACE} WHERE {telling("n.name_key")}
              AND (n.league_id, n.name_key) NOT IN (SELECT league_id, name_key FROM w_old_name)
              AND (o.league_id, o.name_key) NOT IN (SELECT league_id, name_key FROM w_new_name)
              AND n.no IN ({fit_one}) AND o.id IN ({fits_one})""",
    )


def create_nickname_pairs(given_names: str) -> None:
    """Fill w_nickname: what else people call those of `given_names` (SQL), from the kept list."""
    pairs = {
        (given, other)
        for (given,) in database.rows(f"SELECT DISTINCT * FROM ({given_names}) given")
        for other in given_name_variants(given) - {given}
    }
    working_tables.NICKNAME.create()
    load("w_nickname", {}, ("a", "b"), [sorted(pairs)])
