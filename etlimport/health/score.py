"""The health score, 0–100: the share of users who are in a league they play in, minus the share of orphaned rows."""

import math
from dataclasses import dataclass

from etlimport.database.references import owned_references
from etlimport.health.checks import CheckResult, orphan_check_name, run_all, run_of_users
from etlimport.models import HealthSnapshot, ImportRun
from leagues.sql import dicts

BANDS = ((100, "perfect"), (90, "excellent"), (80, "good"), (70, "warning"), (0, "critical"))
WARN_BELOW = 95


@dataclass(frozen=True)
class Health:
    """`score` is 0–100, rounded down to a tenth, so that only a perfect one is shown as 100.0.

    `band`: the score in one word. `counts`: the numbers it is computed from, and those of the checks by name.
    """

    score: float
    band: str
    counts: dict[str, int]
    checks: list[CheckResult]

    @property
    def failing(self) -> list[CheckResult]:
        return [result for result in self.checks if not result.passed]

    @property
    def critical(self) -> list[CheckResult]:
        return [result for result in self.failing if result.check.critical]

    @property
    def ok(self) -> bool:
        return self.score >= WARN_BELOW and not self.critical

    @property
    def warning(self) -> str:
        """Why the score is low and what to do; empty if it is not low."""
        if self.score >= WARN_BELOW:
            return ""
        astray = self.counts["users"] - self.counts["users_at_home"]
        return (
            f"health {self.score:.1f} % is below {WARN_BELOW} %: {astray:,} users are not in a league they "
            f"are active in, {self.counts['orphaned']:,} of their things are orphaned; "
            "repair with: python manage.py fix_league_contexts"
        )

    def __str__(self) -> str:
        passed = len(self.checks) - len(self.failing)
        return f"health {passed}/{len(self.checks)}, score {self.score:.1f} % ({self.band})"


# Users without an active player are not counted, as there is no league they could be in.
USERS_IN_THEIR_LEAGUE = """
SELECT COUNT(*) AS users, COALESCE(SUM(at_home), 0) AS users_at_home FROM (
    SELECT person.id, MAX(CASE WHEN player.league_id = person.league_context_id THEN 1 ELSE 0 END) AS at_home
    FROM leagues_user person
    JOIN leagues_playerassociation association ON association.user_id = person.id
    JOIN leagues_player player ON player.id = association.player_id AND player.is_active
    JOIN leagues_league league ON league.id = player.league_id AND league.is_active
    WHERE person.is_active
    GROUP BY person.id
) associated
"""


def compute_health(of_catalogue: list[CheckResult] | None = None) -> Health:
    """Run all checks and compute the score, on the database as this transaction sees it.

    `of_catalogue`: the results of the checks of the catalogue, where they are known.
    """
    checks = run_all() if of_catalogue is None else [*of_catalogue, *run_of_users()]
    counts = {**dicts(USERS_IN_THEIR_LEAGUE)[0], **owned_and_orphaned(checks)}
    score = score_of(**counts)
    counts |= {result.check.name: result.number for result in checks}
    return Health(score, band_of(score), counts, checks)


def score_of(users: int, users_at_home: int, owned: int, orphaned: int) -> float:
    share = users_at_home / users if users else 1.0
    lost = orphaned / owned if owned else 0.0
    return max(0, math.floor(1000 * (share - lost) + 1e-9)) / 10


def band_of(score: float) -> str:
    return next(name for least, name in BANDS if score >= least)


def owned_and_orphaned(checks: list[CheckResult]) -> dict[str, int]:
    """How many references from user-owned rows into the catalogue there are, and how many lead to no row."""
    references = owned_references()
    names = {orphan_check_name(reference.model) for reference in references}
    held = " + ".join(f"(SELECT COUNT({r.column if r.nullable else '*'}) FROM {r.table})" for r in references)
    return {
        "owned": dicts(f"SELECT {held} AS held")[0]["held"],
        "orphaned": sum(result.number for result in checks if result.check.name in names),
    }


def record_health(run: ImportRun | None = None) -> HealthSnapshot:
    """Compute the health and keep the score, of a run or of the time between two runs."""
    return keep(compute_health(), run)


def keep(health: Health, run: ImportRun | None = None) -> HealthSnapshot:
    return HealthSnapshot.objects.create(run=run, score=health.score, band=health.band, counts=health.counts)


def note_health(run: ImportRun, health: Health) -> list[str]:
    """Record the health after a run. Returns a warning if it is low, else an empty list."""
    run.health_before = HealthSnapshot.objects.values_list("score", flat=True).first()
    run.health_after = health.score
    keep(health, run)
    return [health.warning] if health.warning else []
