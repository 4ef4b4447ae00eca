"""Matches the leagues, clubs, series and teams of a snapshot with existing rows."""

from etlimport import database
from etlimport.database import working_tables
from etlimport.models import IdentityChange
from etlimport.resolve.matching import accept_unique

Layer = IdentityChange.Layer


def resolve_leagues() -> None:
    """A league is the existing one with the same canonical code, or with the same people."""
    database.execute("UPDATE w_league SET target_id = (SELECT id FROM leagues_league t WHERE t.key = w_league.key)")
    resolve_renamed_leagues()


def resolve_natural_keys() -> None:
    """The first layer: a thing is the existing row that has the same canonical labels, a team one of its season."""
    database.execute("UPDATE w_club SET target_id = (SELECT id FROM leagues_club t WHERE t.key = w_club.key)")
    database.execute(
        """UPDATE w_series SET target_id = (
               SELECT t.id FROM leagues_series t JOIN w_league l ON l.target_id = t.league_id
               WHERE l.no = w_series.league_no AND t.key = w_series.key)"""
    )
    database.execute(
        """UPDATE w_team SET target_id = t.id
           FROM leagues_team t, w_season n, w_series s, w_club c
           WHERE n.no = w_team.season_no AND s.no = w_team.series_no AND c.no = w_team.club_no
             AND t.season_id = n.target_id AND t.series_id = s.target_id AND t.club_id = c.target_id
             AND t.squad = w_team.squad"""
    )
    for table in ("w_league", "w_club", "w_series", "w_team"):
        database.execute(
            f"UPDATE {table} SET layer = %s WHERE target_id IS NOT NULL AND layer = ''", [Layer.NATURAL_KEY]
        )


def resolve_renamed_leagues() -> None:
    """A league with a new code is an existing one if most players of both have the same names and ids.

    The existing league must be gone from the source. One that this run was not asked to import is not gone.
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
           WHERE known.key NOT IN (SELECT key FROM w_skipped_league)
           GROUP BY l.no, old.league_id
           HAVING 2 * count(*) > (SELECT count(*) FROM leagues_player p
                                  WHERE p.league_id = old.league_id AND p.is_active)
              AND 2 * count(*) > (SELECT count(DISTINCT p.external_id) FROM in_players p
                                  JOIN w_spelling s ON s.no = p.league_no WHERE s.league_no = l.no)""",
    )


def resolve_aliased_teams() -> None:
    """A team is the existing one to which an operator gave the team's label as an alias."""
    accept_unique(
        "w_team",
        Layer.ALIAS,
        """SELECT w.no, t.id AS old_id, 'alias ' || t.alias AS evidence
           FROM w_team w JOIN w_season n ON n.no = w.season_no
           JOIN leagues_team t ON t.season_id = n.target_id AND t.alias <> '' AND lower(t.alias) = lower(w.name)""",
    )


def resolve_same_labels() -> None:
    """A team is the existing one with letter for letter the same label, whatever else of it is read otherwise.

    `Elm I` is a team of the club Elm once there is `Elm II`; before, it was the only team of a club Elm I.
    """
    accept_unique(
        "w_team",
        Layer.LABEL,
        """SELECT w.no, t.id AS old_id, 'labelled ' || t.name AS evidence
           FROM w_team w JOIN w_season n ON n.no = w.season_no
           JOIN leagues_team t ON t.season_id = n.target_id AND t.name = w.name AND t.is_active
           WHERE w.target_id IS NULL""",
    )


def some_are_unmatched() -> bool:
    return any(
        database.value(f"SELECT 1 FROM {table} WHERE target_id IS NULL LIMIT 1")
        for table in ("w_team", "w_series", "w_club")
    )


NEW_SIZES = "SELECT team_no, count(*) AS new_size FROM w_roster GROUP BY team_no"
OLD_SIZES = "SELECT team_id, count(*) AS old_size FROM leagues_rosterspot WHERE is_active GROUP BY team_id"
"""SQL for queries of the number of players of each team, in this snapshot and in the catalogue."""


SAME_SEASON = """
    JOIN w_team wt ON wt.no = w.team_no JOIN w_season n ON n.no = wt.season_no
    JOIN leagues_team old_team ON old_team.id = r.team_id AND old_team.season_id = n.target_id"""
"""SQL that joins a roster spot `w` of the snapshot with the existing spot `r` if both are of the same season."""


def measure_same_people() -> None:
    working_tables.SAME_PEOPLE.fill(
        f"""SELECT s.team_no AS no, s.team_id FROM (
               SELECT w.team_no, r.team_id, count(*) AS people
               FROM w_roster w JOIN w_player p ON p.no = w.player_no
               JOIN leagues_rosterspot r ON r.player_id = p.target_id AND r.is_active
               {SAME_SEASON}
               GROUP BY w.team_no, r.team_id) s
           JOIN ({NEW_SIZES}) new ON new.team_no = s.team_no JOIN ({OLD_SIZES}) old ON old.team_id = s.team_id
           WHERE 2 * people > new_size AND 2 * people > old_size"""
    )


def find_confirmed_teams() -> None:
    working_tables.CONFIRMED_TEAM.fill(
        "SELECT w.no, w.target_id FROM w_team w JOIN w_same_people s ON s.no = w.no AND s.team_id = w.target_id",
    )


RENAMED_BY_PLAYERS_FILE = """
    SELECT new.no, known.no AS known_no FROM w_same_people s
    JOIN w_team new ON new.no = s.no AND new.target_id IS NULL
    JOIN w_team known ON known.target_id = s.team_id
    WHERE NOT EXISTS (SELECT 1 FROM w_roster r WHERE r.team_no = known.no)
      AND NOT EXISTS (SELECT 1 FROM w_label l WHERE l.team_no = new.no AND l.kind <> 'players')"""
"""SQL for a query of the new labels that only players have, and of the known ones, without players, of their teams."""

LABELLED_ALIKE = """
    SELECT new.no, min(known.no) AS known_no FROM w_team new JOIN w_club c ON c.no = new.club_no
    JOIN w_team known ON known.season_no = new.season_no AND known.name = new.name AND known.target_id IS NOT NULL
    WHERE new.target_id IS NULL AND new.name <> c.name AND NOT EXISTS (
        SELECT 1 FROM w_label l JOIN w_label k ON k.kind = l.kind WHERE l.team_no = new.no AND k.team_no = known.no)
    GROUP BY new.no HAVING count(*) = 1"""
"""SQL for a query of the new teams with letter for letter the label that other files give a known team."""


def join_labels_of_one_team() -> None:
    """Make one team of a new one in some files and of a known one in the others, if they are the same.

    They are if they have the same label, but files tell their series otherwise; or if most of the known team's players
    are listed with the new label. A source renames its teams in one file before the others. Until all have the new
    label, the team keeps the known one.
    """
    measure_same_people()
    if not working_tables.ONE_TEAM.fill(f"{RENAMED_BY_PLAYERS_FILE} UNION {LABELLED_ALIKE}"):
        return
    for table in ("w_label", "w_roster"):
        database.execute(
            f"""UPDATE {table} SET team_no = (SELECT min(known_no) FROM w_one_team o WHERE o.no = team_no)
                WHERE team_no IN (SELECT no FROM w_one_team)"""
        )
    database.execute("DELETE FROM w_team WHERE no IN (SELECT no FROM w_one_team)")
    measure_same_people()


def unmatch_swapped_labels() -> None:
    """Undo the match of a team by its label if its players show that it is another team.

    That is so if most of its players are those of another existing team, or if most players of the existing team now
    have another label: two squads exchanged their labels, or a team was promoted and another one got its label. A match
    by label stays if the players confirm it, if they show nothing, or if an operator's alias led to it.
    """
    find_confirmed_teams()
    database.execute(
        """UPDATE w_team SET target_id = NULL, layer = ''
           WHERE layer = %s AND no NOT IN (SELECT no FROM w_confirmed_team) AND (
               no IN (SELECT no FROM w_same_people
                      WHERE team_id NOT IN (SELECT target_id FROM w_confirmed_team))
               OR target_id IN (SELECT team_id FROM w_same_people
                                WHERE no NOT IN (SELECT no FROM w_confirmed_team)))""",
        [Layer.NATURAL_KEY],
    )


SHARED_ROSTERS = f"""
    SELECT w.team_no, r.team_id, count(*) AS shared
    FROM w_roster w JOIN w_player p ON p.no = w.player_no
    JOIN leagues_rosterspot r ON r.player_id = p.target_id AND r.is_active
    {SAME_SEASON} AND wt.target_id IS NULL
    WHERE r.team_id NOT IN (SELECT target_id FROM w_team WHERE target_id IS NOT NULL)
    GROUP BY w.team_no, r.team_id"""
"""SQL for a query of the number of players that unmatched teams of the snapshot and of the catalogue have in common."""


def resolve_shared_rosters() -> None:
    """A team is the existing one if each of the two has more than half of its players in common with the other."""
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
    """A club or series is the existing one from which all of its matched teams come."""
    accept_unique(
        "w_series",
        Layer.ROSTER,
        """SELECT w.no, t.series_id AS old_id, count(*) || ' teams' AS evidence
           FROM w_series w JOIN w_team wt ON wt.series_no = w.no
           JOIN leagues_team t ON t.id = wt.target_id
           WHERE w.target_id IS NULL GROUP BY w.no, t.series_id""",
    )
    # A club that also has active teams in leagues outside this snapshot is not renamed.
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
    """A team is the existing one of the same series and squad whose club was renamed, as other teams show.

    `Glen Oak CC #99` is the existing team `Glen Oak - 99` if all matched teams of Glen Oak in the league are now teams
    of Glen Oak CC, and the other way around.
    """
    working_tables.CLUB_MOVE.fill(
        """SELECT DISTINCT t.league_id, t.club_id AS old_club, w.club_no FROM w_team w
           JOIN leagues_team t ON t.id = w.target_id""",
    )
    accept_unique(
        "w_team",
        Layer.CLUB_SERIES_SQUAD,
        """SELECT w.no, t.id AS old_id, c.name || ' in ' || s.name AS evidence
           FROM w_team w JOIN w_season n ON n.no = w.season_no
           JOIN w_series s ON s.no = w.series_no JOIN w_club c ON c.no = w.club_no
           JOIN leagues_team t ON t.season_id = n.target_id AND t.series_id = s.target_id AND t.squad = w.squad
           JOIN w_club_move m ON m.league_id = t.league_id AND m.old_club = t.club_id AND m.club_no = w.club_no
           WHERE w.target_id IS NULL
             AND 1 = (SELECT count(*) FROM w_club_move x
                      WHERE x.league_id = m.league_id AND x.old_club = m.old_club)
             AND 1 = (SELECT count(*) FROM w_club_move x
                      WHERE x.league_id = m.league_id AND x.club_no = m.club_no)""",
    )
