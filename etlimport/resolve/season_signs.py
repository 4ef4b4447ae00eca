"""What in the files of a league speaks for a new season: each sign is a figure that was measured at real changes.

Within a season 87 to 100 % of the players who are in two snapshots are under the label they had, at its end 22 and
57 %. The matches won in all tables only grow within a season. A schedule overlaps the one before it, and matches are
played without a long pause. Records that are back at zero come up to three weeks before all else, or by mistake.
"""

from dataclasses import dataclass

from etlimport import database
from etlimport.database import working_tables
from etlimport.database.load import load

STAYED_BELOW = 0.7
"""The share of the players known by id and name who are under a label they had, below which it is a sign."""

FALLEN_BELOW = 0.5
"""The share of what a team has won on average, of what it had, below which tables have fallen."""

ENOUGH_PLAYERS, ENOUGH_MATCHES = 10, 20
"""With fewer players or matches than these nothing can be said."""

WON = ("matches_won", "lines_won", "points")
"""The columns of a table of which each grows until the season is over."""

Figures = dict[int, tuple[float, ...]]
"""Rows and sums, by the number of a league in the snapshot, or by the id of a season."""


@dataclass(frozen=True)
class Sign:
    """One sign, as a sentence with its figures. `kind`: the kind of file that has it.

    `asks`: whether an operator is asked where it is the only sign.
    """

    kind: str
    sentence: str
    asks: bool = True


def records_in_files() -> Figures:
    """(roster spots, matches in their records) of each league of which the files tell records."""
    return figures(
        """SELECT s.league_no, count(*), sum(COALESCE(i.wins, 0) + COALESCE(i.losses, 0))
           FROM in_players i JOIN w_spelling s ON s.no = i.league_no
           WHERE i.wins IS NOT NULL OR i.losses IS NOT NULL GROUP BY s.league_no"""
    )


def records_of_seasons(seasons: str) -> Figures:
    """(roster spots, matches in their records) of each of these seasons. `seasons`: their ids with commas between."""
    return figures(
        f"""SELECT t.season_id, count(*), sum(COALESCE(r.wins, 0) + COALESCE(r.losses, 0))
            FROM leagues_rosterspot r JOIN leagues_team t ON t.id = r.team_id
            WHERE r.is_active AND t.season_id IN ({seasons}) GROUP BY t.season_id"""
    )


SUMS = ", ".join(f"sum({{alias}}.{column})" for column in WON)


def tables_in_files() -> Figures:
    """(teams, the sums of the columns WON) of the standings of each league.

    Of a team with several rows the first counts, as it does in the merge.
    """
    return figures(
        f"""SELECT s.league_no, count(*), {SUMS.format(alias="i")} FROM (
                SELECT *, row_number() OVER (PARTITION BY league_no, label_no ORDER BY file_no, idx) AS time
                FROM in_series_stats) i
            JOIN w_spelling s ON s.no = i.league_no WHERE time = 1 GROUP BY s.league_no"""
    )


def tables_of_seasons(seasons: str) -> Figures:
    return figures(
        f"""SELECT t.season_id, count(*), {SUMS.format(alias="x")}
            FROM leagues_standing x JOIN leagues_team t ON t.id = x.team_id
            WHERE x.is_active AND t.season_id IN ({seasons}) GROUP BY t.season_id"""
    )


def figures(query: str) -> Figures:
    return {key: tuple(float(value or 0) for value in values) for key, *values in database.rows(query)}


NEARLY = 0.02
"""The share by which the figures of a season that is over may still change: late corrections."""


def is_of_the_earlier(now: tuple[float, ...] | None, earlier: tuple[float, ...], newest: tuple[float, ...]) -> bool:
    """Whether a file is of the earlier of two seasons: a source may send last season's once more.

    Its figures are nearly what they were at the end of that season then, and farther from those of the newest one.
    """
    if not now:
        return False
    pairs = list(zip(now, earlier, newest, strict=True))
    is_near = all(abs(n - e) <= NEARLY * max(n, e) for n, e, _ in pairs)
    return is_near and sum(abs(n - e) for n, e, _ in pairs) < sum(abs(n - x) for n, _, x in pairs)


def records_at_zero(before: tuple[float, ...] | None, now: tuple[float, ...] | None) -> Sign | None:
    if not before or not now or before[1] < ENOUGH_MATCHES or now[1] > 0:
        return None
    return Sign("players", f"all {now[0]:,.0f} records are at zero, where there were {before[1]:,.0f} wins and losses")


def tables_fallen(before: tuple[float, ...] | None, now: tuple[float, ...] | None) -> Sign | None:
    """A sign if a team has on average less than half of what it had, in each column that was filled."""
    if not before or not now:
        return None
    filled = [number for number in range(1, len(before)) if before[number] >= ENOUGH_MATCHES]
    if not filled or any(now[n] / now[0] >= FALLEN_BELOW * before[n] / before[0] for n in filled):
        return None
    number = filled[0]
    what = WON[number - 1].replace("_", " ")
    return Sign("series_stats", f"the tables fell from {before[number]:,.0f} to {now[number]:,.0f} {what}")


TeamLabel = tuple[int, int, str, str, str]
"""(number of the label, id of the season, keys of series and club, squad)."""


def labels_left(labels: list[TeamLabel]) -> dict[int, Sign]:
    """By the id of the season: a sign if few of its returning players are under a label they had.

    `labels`: those of the players files, each with the season with which it is compared. Players of a team that was
    renamed (`RENAMED`) are under the label they had.
    """
    working_tables.LABEL_BEFORE.create()
    columns = ("no", "season_id", "series_key", "club_key", "squad")
    load(working_tables.LABEL_BEFORE.name, {}, columns, [labels])
    working_tables.LABEL_BEFORE.tell_planner(len(labels))
    working_tables.TEAM_BEFORE.fill(TEAMS_BEFORE)
    few = {season: (stayed, all_) for season, all_, stayed in database.rows(STAYED) if are_few(stayed, all_)}
    renamed = dict(database.rows(RENAMED)) if few else {}
    signs = {}
    for season, (stayed, returning) in few.items():
        stayed += renamed.get(season, 0)
        if are_few(stayed, returning):
            share = f"{stayed:,} of {returning:,}, {stayed / returning:.0%}"
            signs[season] = Sign("players", f"few returning players are under a label they had ({share})")
    return signs


def are_few(stayed: int, returning: int) -> bool:
    return returning >= ENOUGH_PLAYERS and stayed < STAYED_BELOW * returning


TEAMS_BEFORE = """
    SELECT b.no, b.season_id, t.id AS team_id FROM w_label_before b
    JOIN leagues_season n ON n.id = b.season_id
    LEFT JOIN leagues_series s ON s.league_id = n.league_id AND s.key = b.series_key
    LEFT JOIN leagues_club c ON c.key = b.club_key
    LEFT JOIN leagues_team t ON t.season_id = n.id AND t.series_id = s.id AND t.club_id = c.id AND t.squad = b.squad"""

RETURNING = """
    SELECT DISTINCT b.season_id, b.no AS label_no, b.team_id AS known_as, p.id AS player_id, r.team_id
    FROM w_team_before b JOIN in_players i ON i.label_no = b.no
    JOIN leagues_season n ON n.id = b.season_id
    JOIN leagues_player p ON p.league_id = n.league_id AND p.external_id = i.external_id AND p.name_key = i.name_key
    JOIN leagues_rosterspot r ON r.player_id = p.id AND r.is_active
    JOIN leagues_team t ON t.id = r.team_id AND t.season_id = b.season_id"""
"""SQL for a query of the players who return: the label, the team that had it, the player, a team he or she was on."""

STAYED = f"""
    SELECT season_id, count(*), sum(stayed) FROM (
        SELECT season_id, player_id, max(CASE WHEN known_as = team_id THEN 1 ELSE 0 END) AS stayed
        FROM ({RETURNING}) returning_players GROUP BY season_id, player_id) players
    GROUP BY season_id"""
"""SQL for a query of (season, returning players, those of them under a label they had)."""

RENAMED = f"""
    SELECT pair.season_id, CAST(sum(pair.people) AS integer) FROM (
        SELECT season_id, label_no, team_id, count(DISTINCT player_id) AS people
        FROM ({RETURNING}) returning_players WHERE known_as IS NULL GROUP BY season_id, label_no, team_id) pair
    JOIN (SELECT label_no, count(DISTINCT external_id) AS people FROM in_players GROUP BY label_no) now
      ON now.label_no = pair.label_no
    JOIN (SELECT team_id, count(*) AS people FROM leagues_rosterspot WHERE is_active GROUP BY team_id) before
      ON before.team_id = pair.team_id
    WHERE 2 * pair.people > now.people AND 2 * pair.people > before.people
      AND pair.team_id NOT IN (SELECT team_id FROM w_team_before WHERE team_id IS NOT NULL)
    GROUP BY pair.season_id"""
"""SQL for a query of (season, returning players of teams that were renamed).

A team was renamed if its label is new, and that of the team with which it shares more than half of both rosters is
gone. At a change of seasons labels are passed on instead.
"""
