"""Who is who: staged labels → the existing rows they are, one layer of evidence after another."""

from etlimport import database
from etlimport.database import working_tables
from etlimport.read import LabelBook
from etlimport.resolve import players, snapshot, teams
from etlimport.resolve.aliases import Aliases


def resolve_everything(book: LabelBook, aliases: Aliases) -> bool:
    """Fill the working tables from what is staged; each staged thing then knows the row it is, or none.

    Returns whether any of the leagues was known before: if not, there was nobody to be recognised.
    """
    snapshot.create_working_tables(snapshot.tell_who_is_who(book, aliases))
    note_fed()
    teams.resolve_natural_keys()
    forget_empty_leagues()
    known = bool(database.value("SELECT 1 FROM w_league WHERE target_id IS NOT NULL LIMIT 1"))
    players.create_working_tables(known=known)
    if known:
        resolve_by_evidence()
    return known


def resolve_by_evidence() -> None:
    """Certain layers come first, and each may help the next.

    Ids tell players, players tell rosters, rosters tell teams, teams tell clubs and series, and those tell who a
    player of a unique name is.
    """
    teams.create_working_tables()
    teams.resolve_aliased_teams()
    players.resolve_aliased()
    if players.gather_unmatched():
        players.resolve_id_tails()
        players.count_names()
        players.resolve_names_in_rekeyed_leagues()
    teams.distrust_swapped_labels()
    if teams.some_are_unmatched():
        teams.resolve_shared_rosters()
        teams.resolve_renamed_clubs_and_series()
        teams.resolve_club_series_squad()
    if players.gather_unmatched():
        players.count_names()
        players.gather_places()
        players.resolve_corroborated_names()
        players.resolve_namesakes_in_rekeyed_leagues()
        players.resolve_nicknames()
    if teams.some_are_unmatched():
        teams.resolve_shared_rosters()
        teams.resolve_renamed_clubs_and_series()


def note_fed() -> None:
    """w_fed(league_no, kind): the leagues each kind of file of this run speaks of."""
    parts = (
        f"SELECT s.league_no, '{kind}' AS kind FROM (SELECT DISTINCT league_no FROM {table}) i "
        "JOIN w_spelling s ON s.no = i.league_no"
        for kind, table in working_tables.STAGED.items()
    )
    working_tables.FED.fill(" UNION ".join(parts))


def forget_empty_leagues() -> None:
    """A league nobody knows, named only by rows that were rejected, is none."""
    database.execute(
        "DELETE FROM w_league WHERE target_id IS NULL AND no NOT IN "
        "(SELECT league_no FROM w_fed WHERE kind <> 'player_history')"
    )
