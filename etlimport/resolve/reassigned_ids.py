"""Which player ids the source has given to other people, and which of their holders it only spells otherwise."""

from rapidfuzz import fuzz

from etlimport import database
from etlimport.database import dialect, working_tables
from etlimport.database.load import load
from etlimport.database.working_tables import ROWS_OF_A_FILE, SEQ
from etlimport.kinds import PLAYERS
from leagues.names import given_name_variants

REISSUED_ABOVE = 0.2
"""The share of known ids with the names of other people above which a league is taken to have given its ids to other
people. In such a league an id with another name belongs to another person, even if their first names are the same."""

SPELLED_ALIKE = 90
"""How similar two names must be, of 100, to be two spellings of one: `Micheal` and `Michael` are, `John` and `Joan` not
with a last name of four letters."""

FURTHER_MATCHES = 3
"""By how many matches a record may have grown since the last import and still be the same person's."""


def keep_known_holders() -> None:
    """If a snapshot gives one id to two people, the one who had it describes the player, whatever the order of rows."""
    columns = ["first_name", "last_name", "name_key", *PLAYERS.names_of_facts("player")]
    database.execute(
        f"""UPDATE w_player SET no = x.row_no, {", ".join(f"{column} = x.{column}" for column in columns)}
            FROM (SELECT w.no, i.file_no * {ROWS_OF_A_FILE} + i.idx AS row_no,
                         {", ".join(f"i.{column}" for column in columns)},
                         row_number() OVER (PARTITION BY w.no ORDER BY i.file_no, i.idx) AS nth
                  FROM w_player w JOIN leagues_player p ON p.id = w.target_id AND p.name_key <> w.name_key
                  JOIN w_spelling s ON s.league_no = w.league_no
                  JOIN in_players i ON i.league_no = s.no AND i.external_id = w.external_id
                   AND i.name_key = p.name_key
                  JOIN w_label b ON b.no = i.label_no) x
            WHERE x.no = w_player.no AND x.nth = 1"""
    )


def find_other_people() -> None:
    """Fill w_other_person with the rows whose player id belongs to another person.

    Such rows become no roster spots: it cannot be known which of the two people they are about.
    """
    found = working_tables.OTHER_NAME.fill(
        f"""SELECT {SEQ} AS no, p.name_key AS first_name, i.name_key AS name FROM in_players i
            JOIN w_spelling s ON s.no = i.league_no JOIN w_label b ON b.no = i.label_no
            JOIN w_player p ON p.league_no = s.league_no AND p.external_id = i.external_id
            WHERE i.name_key <> p.name_key AND i.name_key <> ''""",
    )
    if not found:
        working_tables.OTHER_PERSON.leave_empty()
        return
    create_nickname_pairs(f"SELECT {dialect.first_word('first_name')} FROM w_other_name")
    conflict = f"SELECT no, first_name, name FROM w_other_name WHERE {names_conflict('first_name', 'name')}"
    find_respelled(conflict)
    working_tables.OTHER_PERSON.fill(f"SELECT no FROM ({conflict}) other WHERE no NOT IN (SELECT no FROM w_respelled)")


SAME_IDS = """
    SELECT w.no, p.id AS old_id, p.league_id, p.name_key AS old_name, w.name_key AS new_name
    FROM w_player w JOIN leagues_player p ON p.id = w.target_id"""

SAME_TAILS = """
    SELECT n.no, o.id AS old_id, n.league_id, o.name_key AS old_name, n.name_key AS new_name
    FROM w_new_player n JOIN w_old_player o ON o.league_id = n.league_id AND o.tail = n.tail"""


def find_reassigned_ids(pairs: str) -> None:
    """Add those of `pairs` whose id the source gave to another person to w_reassigned_id.

    `pairs`: SQL for a query of (no, old_id, league_id, old_name, new_name) of players of the snapshot and existing rows
    with the same id. If their names differ, they are two people if
    - the names cannot be those of one person (`names_conflict`), are not spelled alike (`find_respelled`), and the two
      are not of one team with one record (`find_same_record`), or
    - the league gave its ids to other people (REISSUED_ABOVE), unless names or records are as above, or
    - another player of the snapshot, with a new or renamed id, has the old name, or
    - another existing row, which is unmatched or renamed, has the new name.
    """
    if not working_tables.RENAMED.fill(
        f"SELECT no, old_id, league_id, old_name, new_name FROM ({pairs}) pair "
        "WHERE old_name <> new_name AND old_name <> '' AND new_name <> ''"
    ):
        return
    create_nickname_pairs(f"SELECT {dialect.first_word('old_name')} FROM w_renamed")
    conflict = names_conflict("old_name", "new_name")
    find_respelled(f"SELECT no, old_name, new_name FROM w_renamed WHERE {conflict}")
    find_same_record()
    conflict = f"({conflict}) AND no NOT IN (SELECT no FROM w_respelled)"
    reissuing = f"""SELECT league_id FROM ({pairs}) pair GROUP BY league_id
                    HAVING sum(CASE WHEN {conflict} THEN 1 ELSE 0 END) > {REISSUED_ABOVE} * count(*)"""
    database.execute(
        f"""INSERT INTO w_reassigned_id SELECT no, old_id FROM w_renamed
            WHERE {conflict}
               OR (league_id IN ({reissuing}) AND no NOT IN (SELECT no FROM w_respelled))
               OR (league_id, old_name) IN (
                   SELECT l.target_id, w.name_key FROM w_player w JOIN w_league l ON l.no = w.league_no
                   WHERE w.target_id IS NULL OR w.no IN (SELECT no FROM w_renamed))
               OR (league_id, new_name) IN (
                   SELECT p.league_id, p.name_key FROM leagues_player p
                   WHERE p.id NOT IN (SELECT target_id FROM w_player WHERE target_id IS NOT NULL)
                      OR p.id IN (SELECT old_id FROM w_renamed))"""
    )


def find_respelled(names: str) -> None:
    """Fill w_respelled with the rows whose two names are spelled alike. `names`: SQL for (no, one name, the other)."""
    working_tables.RESPELLED.create()
    alike = [(no,) for no, one, other in database.rows(names) if are_spelled_alike(one, other)]
    load("w_respelled", {}, ("no",), [alike])


def are_spelled_alike(one: str, other: str) -> bool:
    """Whether two folded names are the same but for a few letters, for joined or split words, or for their order."""
    if one.replace(" ", "") == other.replace(" ", ""):
        return True
    words, others = one.split(), other.split()
    if sorted(words) == sorted(others):
        return True
    return words[-1:] == others[-1:] and fuzz.ratio(one, other) >= SPELLED_ALIKE


def find_same_record() -> None:
    """Add to w_respelled those of w_renamed who play for the same team with the same record, or a little more."""
    database.execute(
        f"""INSERT INTO w_respelled
            SELECT r.no FROM w_renamed r
            JOIN in_players i ON i.file_no = r.no / {ROWS_OF_A_FILE} AND i.idx = r.no % {ROWS_OF_A_FILE}
            JOIN w_label b ON b.no = i.label_no JOIN w_team t ON t.no = b.team_no
            JOIN leagues_rosterspot s ON s.player_id = r.old_id AND s.team_id = t.target_id AND s.is_active
            WHERE s.wins + s.losses > 0 AND i.wins >= s.wins AND i.losses >= s.losses
              AND i.wins + i.losses <= s.wins + s.losses + {FURTHER_MATCHES}"""
    )


def names_conflict(old: str, new: str) -> str:
    """SQL for the condition that two names are not an old and a new name of one person.

    They may be those of one person if the given name is the same, as after a marriage; if the last name is the same and
    the given name is a nickname or an initial of the other one; or if given and last name have changed places. Another
    given name with the same last name is that of a relative. Uses `w_nickname`.
    """
    given, other = dialect.first_word(old), dialect.first_word(new)
    last, other_last = dialect.last_word(old), dialect.last_word(new)
    initial = f"(length({given}) = 1 OR length({other}) = 1) AND substr({given}, 1, 1) = substr({other}, 1, 1)"
    return f"""{old} <> {new} AND {given} <> {other} AND NOT ({given} = {other_last} AND {last} = {other})
        AND ({last} <> {other_last} OR NOT (
            {initial} OR ({given}, {other}) IN (SELECT a, b FROM w_nickname)))"""


def create_nickname_pairs(given_names: str) -> None:
    """Fill w_nickname with the other forms of the given names that are found by `given_names`, an SQL query."""
    pairs = {
        (given, other)
        for (given,) in database.rows(f"SELECT DISTINCT * FROM ({given_names}) given")
        for other in given_name_variants(given) - {given}
    }
    working_tables.NICKNAME.create()
    load("w_nickname", {}, ("a", "b"), [sorted(pairs)])
