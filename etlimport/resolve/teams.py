"""Staged leagues, clubs, series and teams → the existing rows they are."""

from etlimport import database
from etlimport.database import working_tables
from etlimport.models import IdentityChange
from etlimport.resolve.matching import accept_unique

Layer = IdentityChange.Layer


def resolve_natural_keys() -> None:
    """The first layer: what has the canonical labels of an existing row is that row."""
    database.execute("UPDATE w_league SET target_id = (SELECT id FROM leagues_league t WHERE t.key = w_league.key)")
    resolve_renamed_leagues()
    database.execute("UPDATE w_club SET target_id = (SELECT id FROM leagues_club t WHERE t.key = w_club.key)")
    database.execute(
        """UPDATE w_series SET target_id = (
               SELECT t.id FROM leagues_series t JOIN w_league l ON l.target_id = t.league_id
               WHERE l.no = w_series.league_no AND t.key = w_series.key)"""
    )
    database.execute(
        """UPDATE w_team SET target_id = (
               SELECT t.id FROM leagues_team t
               JOIN w_league l ON l.target_id = t.league_id AND l.no = w_team.league_no
               JOIN w_series s ON s.target_id = t.series_id AND s.no = w_team.series_no
               JOIN w_club c ON c.target_id = t.club_id AND c.no = w_team.club_no
               WHERE t.squad = w_team.squad)"""
    )
    for table in ("w_league", "w_club", "w_series", "w_team"):
        database.execute(
            f"UPDATE {table} SET layer = %s WHERE target_id IS NOT NULL AND layer = ''", [Layer.NATURAL_KEY]
        )


def resolve_renamed_leagues() -> None:
    """A league whose code is new is one that left if most players of both are the same people under the same ids.

    One that the source still names has not left, though this run was not asked for it.
    """
    if not database.value("SELECT count(*) FROM w_league WHERE target_id IS NULL") or not database.value(
        "SELECT count(*) FROM leagues_league WHERE id NOT IN (SELECT target_id FROM w_league WHERE target_id > 0)"
    ):
        return
    accept_unique(
        "w_league",
        Layer.ROSTER,
        """SELECT l.no, old.league_id AS old_id, 'shares ' || count(*) || ' players' AS evidence
           FROM (SELECT DISTINCT s.league_no, i.external_id, i.name_key
                 FROM in_players i JOIN w_spelling s ON s.no = i.league_no) i
           JOIN w_league l ON l.no = i.league_no AND l.target_id IS NULL
           JOIN leagues_player old ON old.external_id = i.external_id AND old.name_key = i.name_key AND old.is_active
           JOIN leagues_league known ON known.id = old.league_id
           WHERE known.key NOT IN (SELECT key FROM w_passed_over)
           GROUP BY l.no, old.league_id
           HAVING 2 * count(*) > (SELECT count(*) FROM leagues_player p
                                  WHERE p.league_id = old.league_id AND p.is_active)
              AND 2 * count(*) > (SELECT count(DISTINCT p.external_id) FROM in_players p
                                  JOIN w_spelling s ON s.no = p.league_no WHERE s.league_no = l.no)""",
    )


def resolve_aliased_teams() -> None:
    """A team whose label is the alias an operator gave an existing one."""
    accept_unique(
        "w_team",
        Layer.ALIAS,
        """SELECT w.no, t.id AS old_id, 'alias ' || t.alias AS evidence
           FROM w_team w JOIN w_league l ON l.no = w.league_no
           JOIN leagues_team t ON t.league_id = l.target_id AND t.alias <> '' AND lower(t.alias) = lower(w.name)""",
    )


def some_are_unmatched() -> bool:
    return any(
        database.value(f"SELECT 1 FROM {table} WHERE target_id IS NULL LIMIT 1")
        for table in ("w_team", "w_series", "w_club")
    )


NEW_SIZES = "SELECT team_no, count(*) AS new_size FROM w_roster GROUP BY team_no"
OLD_SIZES = "SELECT team_id, count(*) AS old_size FROM leagues_rosterspot WHERE is_active GROUP BY team_id"
"""How many players the teams have, in this snapshot and the last."""


def distrust_swapped_labels() -> None:
    """A label no longer tells the team where the people say clearly that it is another.

    Either its people are now mostly those of another team, or most of its team's people now bear another label:
    squads I and II that exchanged labels, a team that went up and left its label to another. Teams whose label and
    people agree are beyond doubt. Where people say nothing, the label stands, and so does an operator's alias.
    """
    working_tables.SAME_PEOPLE.fill(
        f"""SELECT s.team_no AS no, s.team_id FROM (
               SELECT w.team_no, r.team_id, count(*) AS people
               FROM w_roster w JOIN w_player p ON p.no = w.player_no
               JOIN leagues_rosterspot r ON r.player_id = p.target_id AND r.is_active
               GROUP BY w.team_no, r.team_id) s
           JOIN ({NEW_SIZES}) new ON new.team_no = s.team_no JOIN ({OLD_SIZES}) old ON old.team_id = s.team_id
           WHERE 2 * people > new_size AND 2 * people > old_size"""
    )
    working_tables.BEYOND_DOUBT.fill(
        "SELECT w.no, w.target_id FROM w_team w JOIN w_same_people s ON s.no = w.no AND s.team_id = w.target_id",
    )
    database.execute(
        """UPDATE w_team SET target_id = NULL, layer = ''
           WHERE layer = %s AND no NOT IN (SELECT no FROM w_beyond_doubt) AND (
               no IN (SELECT no FROM w_same_people WHERE team_id NOT IN (SELECT target_id FROM w_beyond_doubt))
               OR target_id IN (SELECT team_id FROM w_same_people WHERE no NOT IN (SELECT no FROM w_beyond_doubt)))""",
        [Layer.NATURAL_KEY],
    )


SHARED_ROSTERS = """
    SELECT w.team_no, r.team_id, count(*) AS shared
    FROM w_roster w JOIN w_player p ON p.no = w.player_no
    JOIN leagues_rosterspot r ON r.player_id = p.target_id AND r.is_active
    JOIN w_team t ON t.no = w.team_no AND t.target_id IS NULL
    WHERE r.team_id NOT IN (SELECT target_id FROM w_team WHERE target_id IS NOT NULL)
    GROUP BY w.team_no, r.team_id"""
"""How many players a new label's team has in common with each team that left."""


def resolve_shared_rosters() -> None:
    """A new label whose roster is mostly that of a team that left, both ways, is that team."""
    measure_shared_rosters()
    accept_unique(
        "w_team",
        Layer.ROSTER,
        """SELECT team_no AS no, team_id AS old_id,
                  'shares ' || shared || ' of ' || old_size || ' players' AS evidence
           FROM w_shared_roster WHERE 2 * shared > old_size AND 2 * shared > new_size""",
    )


def create_working_tables() -> None:
    working_tables.SHARED_ROSTER.create()


def measure_shared_rosters() -> None:
    working_tables.SHARED_ROSTER.fill(
        f"""SELECT s.*, new_size, old_size FROM ({SHARED_ROSTERS}) s
            JOIN ({NEW_SIZES}) new ON new.team_no = s.team_no JOIN ({OLD_SIZES}) old ON old.team_id = s.team_id""",
    )


def resolve_renamed_clubs_and_series() -> None:
    """A new club or series all of whose known teams come from one that left is that one."""
    accept_unique(
        "w_series",
        Layer.ROSTER,
        """SELECT w.no, t.series_id AS old_id, count(*) || ' teams' AS evidence
           FROM w_series w JOIN w_team wt ON wt.series_no = w.no
           JOIN leagues_team t ON t.id = wt.target_id
           WHERE w.target_id IS NULL GROUP BY w.no, t.series_id""",
    )
    # A club may have teams in leagues this snapshot does not speak of: they keep it as it is.
    accept_unique(
        "w_club",
        Layer.ROSTER,
        """SELECT w.no, t.club_id AS old_id, count(*) || ' teams' AS evidence
           FROM w_club w JOIN w_team wt ON wt.club_no = w.no
           JOIN leagues_team t ON t.id = wt.target_id
           WHERE w.target_id IS NULL AND NOT EXISTS (
               SELECT 1 FROM leagues_team other JOIN leagues_league l ON l.id = other.league_id
               WHERE other.club_id = t.club_id AND other.is_active AND l.id NOT IN (
                   SELECT target_id FROM w_league WHERE target_id IS NOT NULL))
           GROUP BY w.no, t.club_id""",
    )


def resolve_club_series_squad() -> None:
    """Teams without a telling roster, by what became of their club in the teams that have one.

    `Glen Oak - 99` is `Glen Oak CC #99` when every team of the league that was Glen Oak's is now Glen Oak CC's.
    """
    working_tables.CLUB_MOVE.fill(
        """SELECT DISTINCT t.league_id, t.club_id AS old_club, w.club_no FROM w_team w
           JOIN leagues_team t ON t.id = w.target_id""",
    )
    accept_unique(
        "w_team",
        Layer.CLUB_SERIES_SQUAD,
        """SELECT w.no, t.id AS old_id, c.name || ' in ' || s.name AS evidence
           FROM w_team w JOIN w_league l ON l.no = w.league_no
           JOIN w_series s ON s.no = w.series_no JOIN w_club c ON c.no = w.club_no
           JOIN leagues_team t ON t.league_id = l.target_id AND t.series_id = s.target_id AND t.squad = w.squad
           JOIN w_club_move m ON m.league_id = t.league_id AND m.old_club = t.club_id AND m.club_no = w.club_no
           WHERE w.target_id IS NULL
             AND 1 = (SELECT count(*) FROM w_club_move x
                      WHERE x.league_id = m.league_id AND x.old_club = m.old_club)
             AND 1 = (SELECT count(*) FROM w_club_move x
                      WHERE x.league_id = m.league_id AND x.club_no = m.club_no)""",
    )
