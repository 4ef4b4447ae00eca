"""The alert that the database does not answer, which is kept in the cache, as it cannot be kept in the database.

Without Redis the cache belongs to one process, so each worker process may announce the outage once.
"""

import logging
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone

from etlimport.alerts.delivery import SENDERS, channels
from etlimport.models import AlertIncident, AlertNotice

log = logging.getLogger(__name__)

SINCE, ANNOUNCED = "alerts.outage.since", "alerts.outage.told"
PATIENCE = timedelta(minutes=5)
MESSAGE = "The database does not answer, and with it neither sessions nor imports work."


def note_outage() -> None:
    """To be called when the database did not answer. Announces the outage once it has lasted five minutes."""
    since = cache.get_or_set(SINCE, timezone.now, timeout=None) or timezone.now()
    if timezone.now() - since >= PATIENCE and cache.add(ANNOUNCED, True, timeout=None):
        announce(AlertNotice.Event.OPENED, since)


def note_answer() -> None:
    """To be called when the database answered. Announces the end of an outage that was announced."""
    since = cache.get(SINCE)
    if since is None:
        return
    cache.delete(SINCE)
    if cache.delete(ANNOUNCED):
        announce(AlertNotice.Event.OVER, since)


def announce(event: str, since: datetime) -> None:
    closed_at = timezone.now() if event == AlertNotice.Event.OVER else None
    incident = AlertIncident(key="database down", message=MESSAGE, first_seen=since, closed_at=closed_at)
    for channel in channels():
        try:
            SENDERS[channel](AlertNotice(incident=incident, event=event, channel=channel))
        except Exception:
            log.exception("The outage of the database could not be told by %s", channel)
