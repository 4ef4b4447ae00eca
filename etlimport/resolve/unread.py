"""What cannot be read has not left and has not changed.

A value that could not be read stays as it is in the catalogue, and an existing row stays that a row without a readable
key may be about.
"""

from etlimport import database
from etlimport.database import fact_tables, working_tables
from etlimport.database.working_tables import ROWS_OF_A_FILE, STAGED
from etlimport.kinds import KINDS, Kind
from etlimport.kinds.field import UNREAD
from etlimport.kinds.files import SEATS
from leagues.models import CatalogueModel, MatchScore, Player, PlayerHistory, RosterSpot, ScheduledMatch, Standing
from leagues.working_tables import WorkingTable


def fill_missing_names() -> None:
    """A player whose name could not be read has the name that another row tells, or the one that is known.

    To be called before names are compared.
    """
    if not database.value("SELECT 1 FROM w_player WHERE name_key = '' LIMIT 1"):
        return
    names = ("first_name", "last_name", "name_key")
    taken = ", ".join(f"{name} = x.{name}" for name in names)
    told = ", ".join(f"min(i.{name}) AS {name}" for name in names)
    database.execute(
        f"""UPDATE w_player SET {taken} FROM (
                SELECT s.league_no, i.external_id, {told} FROM in_players i JOIN w_spelling s ON s.no = i.league_no
                WHERE i.name_key <> '' GROUP BY s.league_no, i.external_id HAVING count(DISTINCT i.name_key) = 1) x
            WHERE w_player.name_key = '' AND x.league_no = w_player.league_no
              AND x.external_id = w_player.external_id"""
    )
    database.execute(
        f"""UPDATE w_player SET {taken} FROM leagues_player x
            WHERE w_player.name_key = '' AND x.id = w_player.target_id"""
    )


FACTS_OF_KINDS: tuple[tuple[Kind, WorkingTable, type[CatalogueModel], str], ...] = (
    (KINDS["players"], working_tables.PLAYER, Player, "player"),
    (KINDS["players"], fact_tables.SPOT, RosterSpot, "roster spot"),
    (KINDS["schedules"], fact_tables.SCHEDULE, ScheduledMatch, "scheduled match"),
    (KINDS["series_stats"], fact_tables.STANDING, Standing, "standing"),
    (KINDS["match_history"], fact_tables.MATCH, MatchScore, "match line"),
    (KINDS["player_history"], fact_tables.HISTORY, PlayerHistory, "rating"),
)
"""The things that the rows of a kind of file are about, with what the fields about them are facts of."""

NAMES_AND_IDS = tuple(f"{seat}_{part}" for seat in SEATS for part in ("id", "name"))
TEAMS_OF_LINE = ("home_team", "away_team")
FURTHER_COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "schedules": {"time": ("time",)},
    "match_history": {
        **{name: (name,) for name in ("line", "scores", "winner", *NAMES_AND_IDS)},
        "result": ("scores", "winner"),
        "people": NAMES_AND_IDS,
        "key": (*NAMES_AND_IDS, *TEAMS_OF_LINE),
        "home_label": ("home_team",),
        "away_label": ("away_team",),
        "home_no": ("home_team",),
        "away_no": ("away_team",),
    },
}
"""By kind of file: the columns that identify a thing only together with others, and the fields each is made of."""

NUMBER_OF_TEAM = "(SELECT no FROM w_team WHERE target_id = t.{side}_team_id)"
KNOWN_AS = {f"{side}_no": NUMBER_OF_TEAM.format(side=side) for side in ("home", "away")}
"""SQL for the value in the existing row `t` of the columns that it does not have itself."""


def fill_unread_values() -> None:
    """Give the values that could not be read those of the existing row. To be called once all things are matched."""
    if not any(database.value(f"SELECT 1 FROM {staged} WHERE {UNREAD} <> 0 LIMIT 1") for staged in STAGED.values()):
        return
    for kind, work, model, thing in FACTS_OF_KINDS:
        staged = STAGED[kind.name]
        columns = {name: (name,) for name in kind.names_of_facts(thing)} | FURTHER_COLUMNS.get(kind.name, {})
        known = ", ".join(f"{KNOWN_AS.get(name, f't.{name}')} AS {name}" for name in columns)
        kept = ", ".join(
            f"{name} = CASE WHEN (x.{UNREAD} & {sum(map(kind.bit, fields))}) <> 0 THEN x.{name} ELSE {work}.{name} END"
            for name, fields in columns.items()
        )
        database.execute(
            f"""UPDATE {work} SET {kept} FROM (
                    SELECT w.no, i.{UNREAD}, {known} FROM {work} w
                    JOIN {staged} i ON i.file_no = w.no / {ROWS_OF_A_FILE} AND i.idx = w.no % {ROWS_OF_A_FILE}
                     AND i.{UNREAD} <> 0
                    JOIN {model._meta.db_table} t ON t.id = w.target_id) x
                WHERE x.no = {work}.no"""
        )
    number_known_players_of_lines()


def number_known_players_of_lines() -> None:
    """A player whose id a line took over from the existing line is one of the snapshot, if the snapshot has them."""
    for seat in SEATS:
        database.execute(
            f"""UPDATE w_match SET {seat}_no = p.no, {seat}_id = NULL FROM w_player p
                WHERE w_match.{seat}_no IS NULL AND p.target_id = w_match.{seat}_id"""
        )


TEAMS_OF_WITNESS = """
    SELECT w.kind, w.date, h.target_id AS home_id, a.target_id AS away_id FROM in_witness w
    LEFT JOIN w_label hb ON hb.no = w.home_no LEFT JOIN w_team h ON h.no = hb.team_no
    LEFT JOIN w_label ab ON ab.no = w.away_no LEFT JOIN w_team a ON a.no = ab.team_no"""

MAY_BE_TOLD_OF = {
    # This name in this league.
    Player: """
        SELECT p.id FROM in_witness w JOIN w_spelling s ON s.no = w.league_no JOIN w_league l ON l.no = s.league_no
        JOIN leagues_player p ON p.league_id = l.target_id AND p.name_key = w.name_key
        WHERE w.kind = 'players'""",
    # The spots of these players, and of players whose team cannot be told.
    RosterSpot: """
        SELECT r.id FROM leagues_rosterspot r WHERE r.player_id IN (
            SELECT p.id FROM in_witness w JOIN w_spelling s ON s.no = w.league_no
            JOIN w_league l ON l.no = s.league_no
            JOIN leagues_player p ON p.league_id = l.target_id AND p.name_key = w.name_key
            WHERE w.kind = 'players'
            UNION SELECT p.target_id FROM in_players i JOIN w_spelling s ON s.no = i.league_no
            JOIN w_player p ON p.league_no = s.league_no AND p.external_id = i.external_id
            LEFT JOIN w_label b ON b.no = i.label_no
            WHERE b.no IS NULL AND p.target_id IS NOT NULL)""",
    # A match of one of these teams on this day, or any match of the two teams of a row without a day.
    ScheduledMatch: f"""
        SELECT t.id FROM ({TEAMS_OF_WITNESS}) w
        JOIN leagues_scheduledmatch t ON t.date = w.date AND t.home_team_id = w.home_id WHERE w.kind = 'schedules'
        UNION SELECT t.id FROM ({TEAMS_OF_WITNESS}) w
        JOIN leagues_scheduledmatch t ON t.date = w.date AND t.away_team_id = w.away_id WHERE w.kind = 'schedules'
        UNION SELECT t.id FROM w_undated_fixture w
        JOIN leagues_scheduledmatch t ON t.home_team_id = w.home_id AND t.away_team_id = w.away_id
        UNION SELECT t.id FROM w_undated_fixture w
        JOIN leagues_scheduledmatch t ON t.home_team_id = w.away_id AND t.away_team_id = w.home_id""",
    Standing: """
        SELECT t.id FROM in_witness w JOIN w_label b ON b.no = w.label_no JOIN w_team h ON h.no = b.team_no
        JOIN leagues_standing t ON t.team_id = h.target_id WHERE w.kind = 'series_stats'""",
    # A line of these two teams, on any day if the day cannot be read.
    MatchScore: f"""
        SELECT t.id FROM ({TEAMS_OF_WITNESS}) w
        JOIN leagues_matchscore t ON t.home_team_id = w.home_id AND t.away_team_id = w.away_id
        WHERE w.kind = 'match_history' AND COALESCE(w.date, t.date) = t.date
        UNION SELECT t.id FROM ({TEAMS_OF_WITNESS}) w
        JOIN leagues_matchscore t ON t.home_team_id = w.away_id AND t.away_team_id = w.home_id
        WHERE w.kind = 'match_history' AND COALESCE(w.date, t.date) = t.date""",
}
"""By model: SQL for a query of the existing rows that a row may be about which cannot be read in full."""


def find_existing_rows_that_may_be_told_of(*, known: bool) -> None:
    """Fill w_may_be_told_of, whose rows do not leave. `known`: whether there may be existing rows."""
    if not known:
        working_tables.MAY_BE_TOLD_OF.leave_empty()
        return
    every = " UNION ALL ".join(
        f"SELECT '{model._meta.db_table}' AS table_name, id FROM ({found}) found"
        for model, found in MAY_BE_TOLD_OF.items()
    )
    working_tables.MAY_BE_TOLD_OF.fill(every)
