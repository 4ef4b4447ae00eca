"""What runs by itself or in the background: each task is one call of the function its command calls, too."""

import functools
import logging
from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.db import InterfaceError, OperationalError

from etlimport import alerts, health
from etlimport.health.history import forget_old_health
from etlimport.models import ImportRun
from etlimport.operations import launch
from etlimport.pipeline import Options, run_import
from etlimport.resolve.season_answers import from_list
from etlimport.run import lifecycle
from etlimport.undo import undo_run as undo
from leagues.models import User
from leagues.stale_contexts import clear_stale_contexts
from sessionsync.conf import option
from sessionsync.publishing import delete_old_signals
from sessionsync.sessions import delete_expired_sessions

SHORT = 600
"""Seconds a task other than an import may take."""

log = logging.getLogger(__name__)


class ConnectionWasLost(ConnectionError):
    """An import was rolled back because its connection broke: worth another try."""


class NightlyImportHasToWait(Exception):
    """Another run was at work for IMPORT_LOCK_WAIT seconds, a dry run or an undo maybe: worth another try later."""


WORTH_ANOTHER_TRY = (OperationalError, InterfaceError, ConnectionError)

task = functools.partial(
    shared_task,
    autoretry_for=WORTH_ANOTHER_TRY,
    max_retries=5,
    retry_backoff=10,
    retry_backoff_max=600,
    retry_jitter=False,
)
short_task = functools.partial(task, time_limit=SHORT, soft_time_limit=SHORT - 30)


@task(autoretry_for=(*WORTH_ANOTHER_TRY, NightlyImportHasToWait))
def import_nightly() -> int:
    """Import IMPORT_SOURCE; the number of the run. Tried again some minutes later where another run is at work."""
    if not settings.IMPORT_SOURCE:
        raise ValueError("Set IMPORT_SOURCE to the folder the nightly import reads.")
    run = run_and_tell(Options(source=Path(settings.IMPORT_SOURCE)))
    if run.status == ImportRun.Status.REFUSED and run.cause == ImportRun.Cause.BUSY:
        raise NightlyImportHasToWait(run.error)
    return run.pk


@task()
def import_snapshot(
    source: str,
    started_by: int | None = None,
    leagues: tuple[str, ...] = (),
    seasons: tuple[str, ...] = (),
    force_for: tuple[str, ...] = (),
    **how: bool,
) -> int:
    """Import a source below IMPORT_SOURCE or IMPORT_ROOTS; `how`: rebuild, dry_run, force, diff. The run's number.

    `seasons`: what an operator answered about seasons, as a run records it; `force_for`: each LEAGUE:kind.

    Raises SourceNotAllowed for any other source, whoever sent the task.
    """
    launch.require_allowed(source)
    options = Options(
        Path(source),
        leagues=tuple(leagues),
        force_for=tuple(force_for),
        started_by=person(started_by),
        seasons=from_list(seasons),
        **how,
    )
    return run_and_tell(options).pk


def person(pk: int | None) -> User | None:
    """Who started a task; None for the schedule."""
    return User.objects.filter(pk=pk).first() if pk is not None else None


def run_and_tell(options: Options) -> ImportRun:
    run = run_import(options)
    log.info("run %s %s", run.pk, run.get_status_display(), extra={"run": run.pk})
    if run.status == ImportRun.Status.FAILED and run.cause == ImportRun.Cause.CONNECTION:
        raise ConnectionWasLost(run.error)
    if not options.dry_run:
        alerts.check_alerts()
    return run


@task()
def undo_run(run: int, started_by: int | None = None) -> int:
    """Put the catalogue back as it was before a run; the number of the run that did so."""
    return undo(ImportRun.objects.get(pk=run), started_by=person(started_by)).pk


@short_task()
def check_health() -> float:
    """Keep the health score of this moment, and find runs whose process was killed."""
    lifecycle.find_dead()
    return health.record_health().score


@short_task()
def check_alerts() -> int:
    """Tell whom it concerns what is wrong; how many alerts are open."""
    return len(alerts.check_alerts())


@short_task()
def clean_up_sessions() -> int:
    """Delete expired sessions; how many there were."""
    return delete_expired_sessions()


@short_task()
def clean_up_stale_contexts() -> int:
    """Clear selections that have become void; how many there were."""
    cleared = clear_stale_contexts()
    return cleared.leagues + cleared.teams


@short_task()
def clean_up_refresh_signals() -> int:
    """Delete signals completed long ago; how many there were."""
    return delete_old_signals(option("SIGNAL_RETENTION_DAYS"))


@short_task()
def clean_up_health() -> int:
    """Delete old health scores; how many there were."""
    return forget_old_health()
