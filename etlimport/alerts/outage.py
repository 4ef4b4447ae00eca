"""The one alert that cannot live in the database: that the database does not answer. The cache remembers it.

Without a Redis the memory is that of a process, so each worker process may tell it once.
"""

import logging
from datetime import timedelta

from django.core.cache import cache
from django.utils import timezone

from etlimport.alerts.delivery import SENDERS, channels
from etlimport.models import AlertIncident, AlertNotice

log = logging.getLogger(__name__)

SINCE, TOLD = "alerts.outage.since", "alerts.outage.told"
PATIENCE = timedelta(minutes=5)
MESSAGE = "The database does not answer, and with it neither sessions nor imports work."


def note_outage() -> None:
    """To be called when the database could not be asked; tells once it has been so for five minutes."""
    since = cache.get_or_set(SINCE, timezone.now, timeout=None)
    if timezone.now() - since >= PATIENCE and cache.add(TOLD, True, timeout=None):
        tell(AlertNotice.Event.OPENED, since)


def note_answer() -> None:
    """To be called when the database answered: an outage is over."""
    since = cache.get(SINCE)
    if since is None:
        return
    cache.delete(SINCE)
    if cache.delete(TOLD):
        tell(AlertNotice.Event.OVER, since)


def tell(event: str, since) -> None:
    closed_at = timezone.now() if event == AlertNotice.Event.OVER else None
    incident = AlertIncident(key="database down", message=MESSAGE, first_seen=since, closed_at=closed_at)
    for channel in channels():
        try:
            SENDERS[channel](AlertNotice(incident=incident, event=event, channel=channel))
        except Exception:
            log.exception("The outage of the database could not be told by %s", channel)
