"""Refuses a source that would deactivate suspiciously many rows of a league."""

from django.conf import settings

from etlimport import database
from etlimport.errors import Cause, Refused
from etlimport.merge.leaving import LEAGUE_OF, LOST, is_of_snapshot
from leagues.models import CatalogueModel


def refuse_drops() -> None:
    """Raises Refused if the import would deactivate too large a share of a league's rows of some kind."""
    if reasons := drops_too_large():
        raise Refused(reasons, Cause.DROPS)


def drops_too_large() -> list[str]:
    """A sentence, with the numbers, for each league and kind of thing of which too large a share would be deactivated.

    The share is `ETL_MAX_DROP`. It compares the snapshot with the catalogue before anything is changed, within the
    seasons that the snapshot has rows of.
    """
    if not database.value("SELECT 1 FROM w_league WHERE target_id IS NOT NULL LIMIT 1"):
        return []
    return [
        f"{league} would lose {lost:,} of its {active:,} active {name} ({lost / active:.0%}, "
        f"{settings.ETL_MAX_DROP:.0%} is allowed)"
        for name, (model, left) in LOST.items()
        for league, active, lost in drops(model, left)
        if active >= settings.ETL_DROP_MIN_ROWS and lost > settings.ETL_MAX_DROP * active
    ]


def drops(model: type[CatalogueModel], left: str) -> list[tuple[str, int, int]]:
    """(code of the league, its active rows, those of them that would be deactivated) for each league of the snapshot.

    `left`: SQL for a query of the ids of rows that are no longer in the source.
    """
    return database.rows(
        f"""SELECT l.code, count(*), count(gone.id) FROM {model._meta.db_table} t
            JOIN leagues_league l ON l.id = {LEAGUE_OF[model]}
            LEFT JOIN ({left}) gone ON gone.id = t.id
            WHERE t.is_active AND l.id IN (SELECT target_id FROM w_league WHERE target_id IS NOT NULL)
              AND {is_of_snapshot(model)}
            GROUP BY l.code ORDER BY l.code"""
    )
