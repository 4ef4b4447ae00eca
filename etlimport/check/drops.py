"""Refusing a source that would take away more than a night takes away."""

from django.conf import settings

from etlimport import database
from etlimport.errors import Cause, Refused
from etlimport.merge import catalogue, matches
from etlimport.merge.steps import LEAGUE_OF, LEAVING


def refuse_drops() -> None:
    """Refuse the run when an entity of a league would lose more than its share of active rows.

    Before anything is touched: what is staged is compared with the rows there are. Raises Refused naming
    each entity with its numbers.
    """
    if not database.value("SELECT 1 FROM w_league WHERE target_id IS NOT NULL LIMIT 1"):
        return
    catalogue.create_spots()
    matches.create_schedule()
    matches.create_standings()
    reasons = [
        f"{league} would lose {lost:,} of its {active:,} active {name} ({lost / active:.0%}, "
        f"{settings.ETL_MAX_DROP:.0%} is allowed)"
        for model, (name, left) in LEAVING.items()
        for league, active, lost in drops(model, left)
        if active >= settings.ETL_DROP_MIN_ROWS and lost > settings.ETL_MAX_DROP * active
    ]
    if reasons:
        raise Refused(reasons, Cause.DROPS)


def drops(model, left: str) -> list[tuple[str, int, int]]:
    """(league, active rows, active rows that would go) for each league of the snapshot."""
    return database.rows(
        f"""SELECT l.code, count(*), count(gone.id) FROM {model._meta.db_table} t
            JOIN leagues_league l ON l.id = {LEAGUE_OF[model]}
            LEFT JOIN ({left}) gone ON gone.id = t.id
            WHERE t.is_active AND l.id IN (SELECT target_id FROM w_league WHERE target_id IS NOT NULL)
            GROUP BY l.code ORDER BY l.code"""
    )
