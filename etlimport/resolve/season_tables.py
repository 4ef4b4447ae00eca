"""Fills the working tables of seasons: which there are, and of which of them the rows of the snapshot are."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from etlimport import database
from etlimport.database import working_tables
from etlimport.database.load import load
from etlimport.kinds.files import KINDS_OF_SEASONS
from etlimport.models import IdentityChange
from etlimport.resolve import season_signs
from etlimport.resolve.matching import on_a_day_of
from etlimport.resolve.season_answers import Answers
from etlimport.resolve.season_dates import DATED, dates_in_files
from etlimport.resolve.seasons import Group, LeagueSeasons, SeasonOfLeague
from etlimport.resolve.snapshot import Snapshot
from leagues.season_keys import order_of
from leagues.working_tables import WorkingTable

COMPARED = 2
"""The newest seasons of a league with which files are compared: one kind of file may still be of the one before."""

ROWS = " UNION ALL ".join(
    f"SELECT '{kind}' AS kind, league_no FROM (SELECT DISTINCT league_no FROM {table}) rows_of_{kind}"
    for kind, table in working_tables.STAGED.items()
)
KNOWN = """
    SELECT l.no, s.id, s.key, s.name, s.starts_on, s.ends_on FROM w_league l
    JOIN leagues_season s ON s.league_id = l.target_id"""


def tell_seasons(snapshot: Snapshot, answers: Answers) -> list[LeagueSeasons]:
    """What is told of the seasons of each league. To be called once it is known which leagues exist."""
    groups = [(league_no, kind) for kind, league_no in database.rows(ROWS)]
    leagues = leagues_with_rows(snapshot, groups)
    compare_with_known(snapshot, leagues)
    for league in leagues:
        league.tell(answers)
    create_tables(snapshot, leagues, groups)
    return leagues


def leagues_with_rows(snapshot: Snapshot, groups: list[Group]) -> list[LeagueSeasons]:
    known: dict[int, list[SeasonOfLeague]] = defaultdict(list)
    for no, target_id, key, name, starts_on, ends_on in database.rows(KNOWN):
        known[no].append(SeasonOfLeague(no, key, name, as_date(starts_on), as_date(ends_on), target_id))
    by_league: dict[int, list[Group]] = defaultdict(list)
    for group in groups:
        if group[1] in KINDS_OF_SEASONS:
            by_league[snapshot.league_of[group[0]]].append(group)
    dates = dates_in_files()
    return [
        LeagueSeasons(
            no,
            code,
            key,
            sorted(known[no], key=lambda season: order_of(season.key)),
            by_league[no],
            snapshot.seasons_named,
            dates,
        )
        for no, key, code, _ in snapshot.leagues.values()
    ]


def as_date(value: date | str | None) -> date | None:
    """SQLite gives dates as texts."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def as_text(value: date | None) -> str | None:
    return value.isoformat() if value else None


def compare_with_known(snapshot: Snapshot, leagues: list[LeagueSeasons]) -> None:
    """Note in which season each kind of file was, and what speaks for a new one."""
    compared = {league.league_no: [s for s in league.seasons[-COMPARED:] if s.target_id] for league in leagues}
    ids = ", ".join(str(season.target_id) for seasons in compared.values() for season in seasons)
    if not ids:
        return
    records, tables = season_signs.records_of_seasons(ids), season_signs.tables_of_seasons(ids)
    records_now, tables_now = season_signs.records_in_files(), season_signs.tables_in_files()
    for league in leagues:
        for kind, figures, now in (("players", records, records_now), ("series_stats", tables, tables_now)):
            known = [season for season in compared[league.league_no] if season.target_id in figures]
            if known:
                league.of_kind[kind] = season_of_figures(known, figures, now.get(league.league_no))
    left = season_signs.labels_left(labels_to_compare(snapshot, leagues))
    for league in leagues:
        players, standings = league.known_id("players"), league.known_id("series_stats")
        found = (
            season_signs.records_at_zero(records.get(players), records_now.get(league.league_no)),
            left.get(players),
            season_signs.tables_fallen(tables.get(standings), tables_now.get(league.league_no)),
        )
        for sign in filter(None, found):
            league.signs.setdefault(sign.kind, []).append(sign)


def season_of_figures(
    known: list[SeasonOfLeague], figures: season_signs.Figures, now: tuple[float, ...] | None
) -> SeasonOfLeague:
    """The season a kind of file was of before: the newest that has rows of it, unless it is that of the one before."""
    if len(known) > 1:
        earlier, newest = (figures[season.target_id or 0] for season in known[-2:])
        if season_signs.is_of_the_earlier(now, earlier, newest):
            return known[-2]
    return known[-1]


def labels_to_compare(snapshot: Snapshot, leagues: list[LeagueSeasons]) -> list[season_signs.TeamLabel]:
    season_of = {league.league_no: league.known_id("players") for league in leagues}
    return [
        (number, season_id, team.series_key, team.club_key, team.squad)
        for number, (spelling, kind, team) in snapshot.identities.items()
        if kind == "players" and (season_id := season_of.get(snapshot.league_of[spelling]))
    ]


def create_tables(snapshot: Snapshot, leagues: list[LeagueSeasons], groups: list[Group]) -> None:
    seasons = [season for league in leagues for season in league.seasons]
    for no, season in enumerate(seasons):
        season.no = no
    create_season_table(leagues)
    main = {group: season.no for league in leagues for group, season in league.main.items()}
    create_spelling_table(snapshot, main)
    parts = [(*group, part) for league in leagues for group, found in league.parts.items() for part in found]
    told = {(snapshot.league_of[spelling], kind, main.get((spelling, kind))) for spelling, kind in groups}
    told |= {(snapshot.league_of[spelling], kind, part.season.no) for spelling, kind, part in parts}
    fill(working_tables.LEAGUE_FILE, with_newest(told))
    if parts:
        rows = [(spelling, kind, x.season.no, as_text(x.first), as_text(x.until)) for spelling, kind, x in parts]
        fill(working_tables.SEASON_DATES, rows)
        number_labels_of_seasons(snapshot, main)
    else:
        working_tables.SEASON_DATES.leave_empty()
    snapshot.add_teams(main)


def with_newest(told: set[tuple[int, str, int | None]]) -> list[tuple[int, str, int | None, bool]]:
    """The seasons told of, each with whether it is the newest of its league and kind of file. Numbers rise with time.

    A few rows of an earlier season beside those of a later one are corrections: they do not say that the rest has left.
    """
    newest: dict[tuple[int, str], int] = {}
    for league_no, kind, season_no in told:
        newest[league_no, kind] = max(newest.get((league_no, kind), -1), -1 if season_no is None else season_no)
    return [(*row, row[2] is not None and row[2] == newest[row[0], row[1]]) for row in sorted(told, key=str)]


def create_season_table(leagues: list[LeagueSeasons]) -> None:
    rows = [
        (
            *(season.no, season.league_no, season.key, season.name, as_text(season.starts_on), as_text(season.ends_on)),
            season is league.newest,
            season.target_id,
            IdentityChange.Layer.NATURAL_KEY if season.target_id else "",
            "",
        )
        for league in leagues
        for season in league.seasons
    ]
    fill(working_tables.SEASON, rows)


def create_spelling_table(snapshot: Snapshot, main: dict[Group, int]) -> None:
    """Write the seasons of the rows into the table, which was made without them to tell these."""
    rows = [
        (no, league_no, *(main.get((no, kind)) for kind in KINDS_OF_SEASONS)) for no, league_no in snapshot.spellings
    ]
    database.execute(f"DELETE FROM {working_tables.SPELLING}")
    load_all(working_tables.SPELLING, rows)


def fill(table: WorkingTable, rows: Iterable[tuple[Any, ...]]) -> None:
    table.create()
    load_all(table, rows)


def load_all(table: WorkingTable, rows: Iterable[tuple[Any, ...]]) -> None:
    """Load rows with all columns of the table."""
    optional = [name for name, definition in table.columns.items() if "NOT NULL" not in definition]
    load(table.name, {}, tuple(table.columns), [list(rows)], may_be_null=optional)


def number_labels_of_seasons(snapshot: Snapshot, main: dict[Group, int]) -> None:
    """Give a label that rows of several seasons have another number in all but the main one, and write it in the rows.

    So a label always stands for one team, although under the same label another team plays in the next season.
    """
    used = " UNION ".join(
        f"""SELECT i.{side}_no AS no, d.kind, d.season_no, i.league_no FROM in_{kind} i
            JOIN w_season_dates d ON {on_a_day_of(kind, "i")}"""
        for kind in DATED
        for side in ("home", "away")
    )
    renumbered = []
    for number, kind, season_no, spelling in database.rows(used):
        if season_no != main[spelling, kind]:
            renumbered.append((number, kind, season_no, snapshot.add_label(number, season_no)))
    fill(working_tables.LABEL_OF_SEASON, renumbered)
    for kind in DATED:
        for side in ("home", "away"):
            database.execute(
                f"""UPDATE in_{kind} SET {side}_no = x.new_no FROM w_label_of_season x, w_season_dates d
                    WHERE {on_a_day_of(kind, f"in_{kind}")}
                      AND x.kind = d.kind AND x.season_no = d.season_no AND x.no = in_{kind}.{side}_no"""
            )
