"""Matches the things that a snapshot names with existing rows of the catalogue, one layer of evidence after another.

`labels` reduces the labels of one snapshot to leagues, series, clubs and teams. `teams` and `players` match these, and
the players, with existing rows; then `rosters`, `fixtures`, `lines` and `ratings` match what is told of them.
"""

from dataclasses import dataclass

from etlimport import database
from etlimport.database import working_tables
from etlimport.read import LabelBook
from etlimport.resolve import fixtures, lines, players, ratings, rosters, snapshot, source_ids, teams, unread
from etlimport.resolve.aliases import Aliases
from etlimport.resolve.line_labels import resolve_labels_by_players, resolve_labels_by_schedule
from etlimport.resolve.namesakes import resolve_namesakes
from etlimport.resolve.restyled import keep_names_of_restyled_series
from etlimport.resolve.same_person import use_one_id_for_one_person
from etlimport.resolve.season_answers import Answers
from etlimport.resolve.season_tables import tell_seasons
from etlimport.resolve.seasons import LeagueSeasons


@dataclass(frozen=True)
class Resolved:
    """`known`: whether any of the leagues is in the catalogue already; if not, there was nothing to match."""

    known: bool
    seasons: list[LeagueSeasons]


def resolve_everything(book: LabelBook, aliases: Aliases, answers: Answers) -> Resolved:
    """Fill the working tables of things from the staged rows; each thing has the id of the row it is, or NULL."""
    things = snapshot.reduce_labels(book, aliases)
    snapshot.create_league_tables(things)
    teams.resolve_leagues()
    seasons = tell_seasons(things, answers)
    snapshot.create_working_tables(things)
    source_ids.gather_source_ids()
    teams.resolve_natural_keys()
    forget_empty_leagues()
    known = bool(database.value("SELECT 1 FROM w_league WHERE target_id IS NOT NULL LIMIT 1"))
    use_one_id_for_one_person()
    players.create_working_tables(known=known)
    if known:
        resolve_by_evidence()
        source_ids.keep_known_source_ids()
    resolve_facts(known=known)
    if known:
        keep_names_of_restyled_series(book)
    return Resolved(known, seasons)


def resolve_facts(*, known: bool) -> None:
    """Match what is told of players and teams, now that it is known who these are."""
    if known:
        working_tables.PLAYER.tell_planner()  # which still believes that nobody is matched
    players.find_absent(known=known)
    rosters.resolve_roster_spots()
    rosters.resolve_standings()
    fixtures.resolve_fixtures(known=known)
    resolve_labels_by_players()
    resolve_labels_by_schedule()
    lines.resolve_lines(known=known)
    ratings.resolve_ratings(known=known)
    if known:
        unread.fill_unread_values()
    unread.find_existing_rows_that_may_be_told_of(known=known)


def resolve_by_evidence() -> None:
    """Match what has no natural key in common with an existing row. The more certain layers come first.

    Each layer uses what the ones before it found: players are matched by their ids, teams by their players, clubs and
    series by their teams, and further players by their name together with their club or team.
    """
    teams.create_working_tables()
    teams.resolve_aliased_teams()
    players.resolve_aliased()
    if players.gather_unmatched():
        players.resolve_id_tails()
        players.count_names()
        players.resolve_names_in_rekeyed_leagues()
    teams.join_labels_of_one_team()
    source_ids.resolve_source_ids()
    teams.unmatch_swapped_labels()
    if teams.some_are_unmatched():
        teams.resolve_shared_rosters()
        teams.resolve_renamed_clubs_and_series()
        teams.resolve_club_series_squad()
    if players.gather_unmatched():
        players.count_names()
        players.gather_places()
        players.resolve_corroborated_names()
        resolve_namesakes(players.rekeyed_leagues())
        players.resolve_nicknames()
    if teams.some_are_unmatched():
        teams.resolve_shared_rosters()
        teams.resolve_same_labels()
        teams.resolve_renamed_clubs_and_series()


def forget_empty_leagues() -> None:
    """Drop new leagues that are named only by rejected rows or rating histories: nothing else is known of them."""
    database.execute(
        "DELETE FROM w_league WHERE target_id IS NULL AND no NOT IN "
        "(SELECT league_no FROM w_league_file WHERE kind <> 'player_history')"
    )
    database.execute("DELETE FROM w_season WHERE league_no NOT IN (SELECT no FROM w_league)")
