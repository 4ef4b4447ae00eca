"""The health checks: each counts the rows that have one certain fault. They can be run by name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Model

from etlimport.database.constraints import Constraint
from etlimport.database.references import (
    Reference,
    catalogue_models,
    has_activity,
    named_columns,
    owned_references,
    references_of,
    tables,
)
from leagues.best_league import ACTIVE_IN
from leagues.models import CatalogueModel, League
from leagues.sql import dicts


@dataclass(frozen=True)
class Check:
    """`sql`: a query of one number, which is 0 if the check passes. `critical`: whether a failure rolls an import back.

    `tables`: the tables whose rows it counts. If all of them are empty the check passes without being run.
    `held_by`: the constraints of the database that together forbid what it counts; none where there are no such.
    """

    name: str
    critical: bool
    description: str
    sql: str
    tables: tuple[str, ...]
    held_by: frozenset[Constraint] = frozenset()

    def is_held(self, enforced: frozenset[Constraint]) -> bool:
        return bool(self.held_by) and self.held_by <= enforced


@dataclass(frozen=True)
class CheckResult:
    check: Check
    number: int

    @property
    def passed(self) -> bool:
        return self.number == 0

    def __str__(self) -> str:
        verdict = "ok" if self.passed else "CRITICAL" if self.check.critical else "warning"
        return f"{verdict}: {self.check.name}: {self.number:,} {self.check.description}"


class UnknownCheck(LookupError):
    """There is no check of this name."""


def all_checks() -> dict[str, Check]:
    """By name. Most are derived from the models of all installed apps."""
    checks = [*orphans(), *duplicates(), *held_on_inactive(), *PEOPLE, *CATALOGUE]
    return {check.name: check for check in checks}


def run_check(name: str) -> CheckResult:
    """Run the check of this name. Raises UnknownCheck."""
    checks = all_checks()
    if name not in checks:
        raise UnknownCheck(f"There is no check “{name}”. The checks are: {', '.join(checks)}.")
    return run(checks[name])


def run_all() -> list[CheckResult]:
    return run_together(list(all_checks().values()))


def run_of_catalogue(enforced: frozenset[Constraint] = frozenset()) -> list[CheckResult]:
    """Those that only look at the catalogue: most of the work. What `enforced` constraints forbid is not looked for."""
    return run_together([check for check in all_checks().values() if is_of_catalogue(check)], enforced)


def run_of_users() -> list[CheckResult]:
    """Those that look at users' rows: few of them, quickly done."""
    return run_together([check for check in all_checks().values() if not is_of_catalogue(check)])


def is_of_catalogue(check: Check) -> bool:
    return {model._meta.db_table for model in catalogue_models()}.issuperset(check.tables)


def failing_critical_checks() -> list[CheckResult]:
    """The failures that forbid an import to publish."""
    results = run_together([check for check in all_checks().values() if check.critical])
    return [result for result in results if not result.passed]


def run(check: Check) -> CheckResult:
    (result,) = run_together([check])
    return result


def run_together(checks: list[Check], enforced: frozenset[Constraint] = frozenset()) -> list[CheckResult]:
    """Run all these checks in one statement, which saves a round trip to the database for each.

    A check of what the `enforced` constraints forbid passes without being run.
    """
    filled = tables_with_rows({table for check in checks for table in check.tables})
    parts = [
        f"SELECT {no} AS check_no, ({check.sql}) AS number"
        for no, check in enumerate(checks)
        if filled.intersection(check.tables) and not check.is_held(enforced)
    ]
    found = {row["check_no"]: row["number"] for row in dicts(" UNION ALL ".join(parts))} if parts else {}
    return [CheckResult(check, found.get(no) or 0) for no, check in enumerate(checks)]


def tables_with_rows(tables: set[str]) -> set[str]:
    (filled,) = dicts(f"SELECT {', '.join(f'EXISTS (SELECT 1 FROM {table}) AS {table}' for table in tables)}")
    return {table for table in tables if filled[table]}


def checked_models() -> Iterator[type[Model]]:
    """The models of the app leagues, and those of any other app that refer to the catalogue."""
    for model in tables():
        if model._meta.app_label == League._meta.app_label or any(r.owned for r in references_of(model)):
            yield model


def orphan_check_name(model: type[Model]) -> str:
    prefix = "" if model._meta.app_label == League._meta.app_label else f"{model._meta.app_label}_"
    return f"orphans_{prefix}{model._meta.model_name}"


def orphans() -> Iterator[Check]:
    """References to rows that do not exist."""
    for model in checked_models():
        if references := references_of(model):
            yield Check(
                name=orphan_check_name(model),
                critical=True,
                description=f"references of {plural(model)} to rows that do not exist",
                sql=total(dangling(reference) for reference in references),
                tables=(model._meta.db_table,),
                held_by=frozenset(Constraint(r.table, frozenset([r.column]), unique=False) for r in references),
            )


def dangling(reference: Reference) -> str:
    """SQL for a query of the number of rows whose reference leads to no row."""
    column, target_column = f"holder.{reference.column}", f"target.{reference.target_column}"
    filled = f"{column} IS NOT NULL AND" if reference.nullable else ""
    return f"""
        SELECT COUNT(*) FROM {reference.table} holder
        LEFT JOIN {reference.target_table} target ON {target_column} = {column}
        WHERE {filled} {target_column} IS NULL
    """


def duplicates() -> Iterator[Check]:
    """Natural keys that several rows have."""
    for model in catalogue_models():
        key = natural_key_columns(model)
        columns = ", ".join(key)
        yield Check(
            name=f"duplicates_{model._meta.model_name}",
            critical=True,
            description=f"natural keys borne by several {plural(model)}",
            sql=f"""
                SELECT COUNT(*) FROM (
                    SELECT {columns} FROM {model._meta.db_table} GROUP BY {columns} HAVING COUNT(*) > 1
                ) repeated
            """,
            tables=(model._meta.db_table,),
            held_by=frozenset([Constraint(model._meta.db_table, frozenset(key), unique=True)]),
        )


def natural_key_columns(model: type[CatalogueModel]) -> list[str]:
    """The model's own columns in its natural key. That a parent row is unique is checked for the parent's model."""
    return named_columns(model, dict.fromkeys(lookup.partition("__")[0] for lookup in model.natural_key_lookups))


def held_on_inactive() -> Iterator[Check]:
    """User-owned rows that refer to inactive rows, except inactive leagues, which checks of contexts are about."""
    targets: dict[type[Model], list[Reference]] = {}
    for reference in owned_references():
        if reference.target is not League and has_activity(reference.target):
            targets.setdefault(reference.target, []).append(reference)
    for target, references in targets.items():
        yield Check(
            name=f"held_on_inactive_{target._meta.model_name}",
            critical=False,
            description=f"things of users on inactive {plural(target)}, kept but out of sight of the source",
            sql=total(
                f"""
                SELECT COUNT(*) FROM {reference.table} holder
                JOIN {reference.target_table} target ON target.id = holder.{reference.column}
                WHERE NOT target.is_active
                """
                for reference in references
            ),
            tables=tuple({reference.table for reference in references}),
        )


def total(counts: Iterable[str]) -> str:
    """SQL for a query of the sum of several counts, each an SQL query."""
    return "SELECT " + " + ".join(f"({count})" for count in counts)


def plural(model: type[Model]) -> str:
    return str(model._meta.verbose_name_plural)


PEOPLE = (
    Check(
        "contexts_missing",
        False,
        "users with an active player and no league context",
        f"""
        SELECT COUNT(*) FROM leagues_user person
        WHERE person.is_active AND person.league_context_id IS NULL AND EXISTS ({ACTIVE_IN})
        """,
        ("leagues_user",),
    ),
    Check(
        "contexts_inactive",
        False,
        "users whose league context is an inactive league",
        """
        SELECT COUNT(*) FROM leagues_user person
        JOIN leagues_league league ON league.id = person.league_context_id
        WHERE person.is_active AND NOT league.is_active
        """,
        ("leagues_user",),
    ),
    Check(
        "contexts_elsewhere",
        False,
        "users in a league they are not active in, though they are in another",
        f"""
        SELECT COUNT(*) FROM leagues_user person
        JOIN leagues_league league ON league.id = person.league_context_id AND league.is_active
        WHERE person.is_active AND EXISTS ({ACTIVE_IN}) AND NOT EXISTS ({ACTIVE_IN} AND home.id = league.id)
        """,
        ("leagues_user",),
    ),
    Check(
        "two_players_in_one_league",
        False,
        "users with two active players in one league",
        """
        SELECT COUNT(DISTINCT user_id) FROM (
            SELECT association.user_id FROM leagues_playerassociation association
            JOIN leagues_player player ON player.id = association.player_id AND player.is_active
            GROUP BY association.user_id, player.league_id HAVING COUNT(*) > 1
        ) doubled
        """,
        ("leagues_playerassociation",),
    ),
)

MATCHES_OF_INACTIVE_TEAMS = """
    SELECT fixture.id FROM leagues_scheduledmatch fixture
    JOIN leagues_team home ON home.id = fixture.home_team_id JOIN leagues_team away ON away.id = fixture.away_team_id
    WHERE fixture.is_active AND NOT (home.is_active AND away.is_active)"""
"""SQL for a query of the ids of active scheduled matches one of whose teams is inactive."""

CATALOGUE = (
    Check(
        "roster_spots_astray",
        False,
        "active roster spots of an inactive player or on an inactive team",
        """
        SELECT COUNT(*) FROM leagues_rosterspot spot
        JOIN leagues_player player ON player.id = spot.player_id
        JOIN leagues_team team ON team.id = spot.team_id
        WHERE spot.is_active AND NOT (player.is_active AND team.is_active)
        """,
        ("leagues_rosterspot",),
    ),
    Check(
        "facts_on_inactive_teams",
        False,
        "active scheduled matches, standings and answers of teams that are inactive",
        total(
            (
                f"SELECT COUNT(*) FROM ({MATCHES_OF_INACTIVE_TEAMS}) astray",
                f"SELECT COUNT(*) FROM leagues_availability WHERE match_id IN ({MATCHES_OF_INACTIVE_TEAMS})",
                """SELECT COUNT(*) FROM leagues_standing standing JOIN leagues_team team ON team.id = standing.team_id
                   WHERE standing.is_active AND NOT team.is_active""",
            )
        ),
        ("leagues_scheduledmatch", "leagues_standing"),
    ),
    Check(
        "lines_without_a_page",
        False,
        "match lines of which neither team and no player could be told, so that no page shows them",
        """
        SELECT COUNT(*) FROM leagues_matchscore
        WHERE is_active AND home_team_id IS NULL AND away_team_id IS NULL
          AND home_player_1_id IS NULL AND home_player_2_id IS NULL
          AND away_player_1_id IS NULL AND away_player_2_id IS NULL
        """,
        ("leagues_matchscore",),
    ),
    Check(
        "seasons_current",
        True,
        "leagues of which not exactly one season is the current one",
        """
        SELECT COUNT(*) FROM (
            SELECT league_id FROM leagues_season GROUP BY league_id
            HAVING SUM(CASE WHEN is_current THEN 1 ELSE 0 END) <> 1
        ) unclear
        """,
        ("leagues_season",),
    ),
    Check(
        "seasons_across_leagues",
        True,
        "teams and scheduled matches of another league's season",
        total(
            f"""SELECT COUNT(*) FROM {table} held JOIN leagues_season season ON season.id = held.season_id
                WHERE season.league_id <> held.league_id"""
            for table in ("leagues_team", "leagues_scheduledmatch")
        ),
        ("leagues_team", "leagues_scheduledmatch"),
    ),
    Check(
        "teams_across_leagues",
        False,
        "teams in a series, or with a player, of another league",
        """
        SELECT (
            SELECT COUNT(*) FROM leagues_team team JOIN leagues_series series ON series.id = team.series_id
            WHERE series.league_id <> team.league_id
        ) + (
            SELECT COUNT(*) FROM leagues_rosterspot spot
            JOIN leagues_player player ON player.id = spot.player_id
            JOIN leagues_team team ON team.id = spot.team_id
            WHERE player.league_id <> team.league_id
        )
        """,
        ("leagues_team",),
    ),
)
