"""Opens an incident when a condition begins to hold, closes it when it no longer does, and has both announced once."""

import logging

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from etlimport.alerts.conditions import CONDITIONS, Condition
from etlimport.alerts.delivery import channels, deliver
from etlimport.alerts.outage import note_answer, note_outage
from etlimport.models import AlertIncident, AlertNotice
from etlimport.run import lifecycle

log = logging.getLogger(__name__)
Event = AlertNotice.Event


def check_alerts() -> list[AlertIncident]:
    """Check every condition, open and close incidents, and send the notices. Returns the open incidents.

    Several processes may call it at the same time, and as often as they like: no notice is sent twice. Raises
    OperationalError if the database does not answer; once that has lasted five minutes, it is announced, too.
    """
    try:
        lifecycle.find_dead()
    except OperationalError:
        note_outage()
        raise
    note_answer()
    for condition in CONDITIONS:
        try:
            message = condition.find()
        except Exception:
            # The incident of this condition stays as it is, and the other conditions are still checked.
            log.exception("The alert “%s” could not be checked", condition.key)
            continue
        note(condition, message)
    deliver()
    return list(open_incidents())


def open_incidents() -> QuerySet[AlertIncident]:
    return AlertIncident.objects.filter(opened_at__isnull=False, closed_at=None)


def note(condition: Condition, message: str) -> None:
    """Open, update or close the incident of a condition. The message is empty if all is well."""
    incident = AlertIncident.objects.filter(key=condition.key, closed_at=None).first()
    if message:
        incident = incident or find_or_create(condition, message)
        if incident.message != message:
            AlertIncident.objects.filter(pk=incident.pk).update(message=message)
        if not incident.opened_at and timezone.now() - incident.first_seen >= condition.patience:
            open_incident(incident)
    elif incident and incident.opened_at:
        close_incident(incident)
    elif incident:
        incident.delete()


def find_or_create(condition: Condition, message: str) -> AlertIncident:
    try:
        with transaction.atomic():
            return AlertIncident.objects.create(key=condition.key, message=message)
    except IntegrityError:  # another check created it in the meantime
        return AlertIncident.objects.get(key=condition.key, closed_at=None)


@transaction.atomic
def open_incident(incident: AlertIncident) -> None:
    if AlertIncident.objects.filter(pk=incident.pk, opened_at=None).update(opened_at=timezone.now()):
        log.error("Alert: %s: %s", incident.key, incident.message)
        announce(incident, Event.OPENED)


@transaction.atomic
def close_incident(incident: AlertIncident) -> None:
    if AlertIncident.objects.filter(pk=incident.pk, closed_at=None).update(closed_at=timezone.now()):
        log.warning("Alert is over: %s", incident.key)
        announce(incident, Event.OVER)


def announce(incident: AlertIncident, event: str) -> None:
    """Record a notice for each channel, in the transaction of the incident. `deliver` sends them after that."""
    AlertNotice.objects.bulk_create(
        AlertNotice(incident=incident, event=event, channel=channel) for channel in channels()
    )
