"""Refuses a source that would deactivate suspiciously many rows of a league."""

from dataclasses import dataclass

from django.conf import settings

from etlimport import database
from etlimport.errors import Cause, Refused
from etlimport.merge.leaving import KIND_OF, LEAGUE_OF, LOST, is_of_snapshot
from etlimport.models import ImportRun
from etlimport.resolve.forced import Forced
from leagues.models import CatalogueModel


@dataclass(frozen=True)
class Drop:
    """A league would lose too large a share of its rows of some thing, of which files of this kind tell."""

    league: str
    key: str
    kind: str
    thing: str
    active: int
    lost: int

    def __str__(self) -> str:
        return (
            f"{self.league} would lose {self.lost:,} of its {self.active:,} active {self.thing} "
            f"({self.lost / self.active:.0%}, {settings.ETL_MAX_DROP:.0%} is allowed)"
        )


def refuse_drops(run: ImportRun, forced: Forced) -> None:
    """Raises Refused if the import would deactivate too large a share of a league's rows of some thing.

    What would have to be forced is kept with the run, as LEAGUE:kind.
    """
    if forced.everything:
        return
    if found := [drop for drop in drops_too_large() if not forced.covers(drop.key, drop.kind)]:
        run.counts["to force"] = sorted({f"{drop.league}:{drop.kind}" for drop in found})
        raise Refused([str(drop) for drop in found], Cause.DROPS)


def drops_too_large() -> list[Drop]:
    """One for each league and thing of which too large a share would be deactivated.

    The share is `ETL_MAX_DROP`. It compares the snapshot with the catalogue before anything is changed, within the
    seasons that the snapshot has rows of.
    """
    if not database.value("SELECT 1 FROM w_league WHERE target_id IS NOT NULL LIMIT 1"):
        return []
    return [
        Drop(league, key, KIND_OF[model], thing, active, lost)
        for thing, (model, left) in LOST.items()
        for league, key, active, lost in drops(model, left)
        if active >= settings.ETL_DROP_MIN_ROWS and lost > settings.ETL_MAX_DROP * active
    ]


def drops(model: type[CatalogueModel], left: str) -> list[tuple[str, str, int, int]]:
    """(code and key of a league, its active rows, those of them that would be deactivated) for each of the snapshot.

    `left`: SQL for a query of the ids of rows that are no longer in the source.
    """
    return database.rows(
        f"""SELECT l.code, l.key, count(*), count(gone.id) FROM {model._meta.db_table} t
            JOIN leagues_league l ON l.id = {LEAGUE_OF[model]}
            LEFT JOIN ({left}) gone ON gone.id = t.id
            WHERE t.is_active AND l.id IN (SELECT target_id FROM w_league WHERE target_id IS NOT NULL)
              AND {is_of_snapshot(model)}
            GROUP BY l.code, l.key ORDER BY l.code"""
    )
