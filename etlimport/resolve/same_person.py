"""Two player ids that an operator told to be one person's: whichever of them the source sends, also both."""

from etlimport import database
from etlimport.database import working_tables
from etlimport.kinds.files import SEATS
from etlimport.models import Alias

ALIAS = Alias._meta.db_table
IDS = f"""SELECT label FROM {ALIAS} WHERE kind = 'player' UNION SELECT means FROM {ALIAS} WHERE kind = 'player'"""


def use_one_id_for_one_person() -> None:
    """Where an alias says that two player ids are one person's, write one of them in all staged rows.

    It is the one that the players files have; if they have both, the one under which the player is known.
    """
    if not database.value(f"SELECT 1 FROM {ALIAS} WHERE kind = 'player' LIMIT 1"):
        return
    sent = f"""SELECT DISTINCT s.league_no, i.external_id FROM in_players i JOIN w_spelling s ON s.no = i.league_no
               WHERE i.external_id IN ({IDS})"""
    found = working_tables.OTHER_ID.fill(
        f"""SELECT league_no, CASE WHEN keeps_label THEN means ELSE label END AS other_id,
                   CASE WHEN keeps_label THEN label ELSE means END AS kept_id
            FROM (SELECT l.no AS league_no, a.label, a.means,
                         by_label.league_no IS NOT NULL
                         AND (by_means.league_no IS NULL OR known.id IS NOT NULL) AS keeps_label
                  FROM {ALIAS} a JOIN w_league l ON a.league_key IN ('', l.key)
                  LEFT JOIN ({sent}) by_label ON by_label.league_no = l.no AND by_label.external_id = a.label
                  LEFT JOIN ({sent}) by_means ON by_means.league_no = l.no AND by_means.external_id = a.means
                  LEFT JOIN leagues_player known ON known.league_id = l.target_id AND known.external_id = a.label
                  WHERE a.kind = 'player'
                    AND (by_label.league_no IS NOT NULL OR by_means.league_no IS NOT NULL)) pairs"""
    )
    if not found:
        return
    for table, column in (
        ("in_players", "external_id"),
        ("in_player_history", "external_id"),
        *(("in_match_history", f"{seat}_id") for seat in SEATS),
    ):
        database.execute(
            f"""UPDATE {table} SET {column} = o.kept_id FROM w_other_id o JOIN w_spelling s ON s.league_no = o.league_no
                WHERE s.no = {table}.league_no AND {table}.{column} = o.other_id"""
        )
