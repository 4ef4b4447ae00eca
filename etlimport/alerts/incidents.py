"""Incidents: opened once while a condition holds, closed once when it no longer does, told by every channel."""

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
    """Look at every condition, open and close incidents, send what is to be sent; the open incidents.

    May be called by several at once and as often as one likes: nobody is told twice. Raises OperationalError
    where the database does not answer; that is told, too, once it has been so for five minutes.
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
            # What cannot be judged stays as it is, and keeps no other condition from being judged.
            log.exception("The alert “%s” could not be checked", condition.key)
            continue
        note(condition, message)
    deliver()
    return list(open_incidents())


def open_incidents() -> QuerySet[AlertIncident]:
    return AlertIncident.objects.filter(opened_at__isnull=False, closed_at=None)


def note(condition: Condition, message: str) -> None:
    incident = AlertIncident.objects.filter(key=condition.key, closed_at=None).first()
    if message:
        incident = incident or first_sight(condition, message)
        if incident.message != message:
            AlertIncident.objects.filter(pk=incident.pk).update(message=message)
        if not incident.opened_at and timezone.now() - incident.first_seen >= condition.patience:
            open_incident(incident)
    elif incident and incident.opened_at:
        close_incident(incident)
    elif incident:
        incident.delete()


def first_sight(condition: Condition, message: str) -> AlertIncident:
    try:
        with transaction.atomic():
            return AlertIncident.objects.create(key=condition.key, message=message)
    except IntegrityError:  # another check saw it in the same moment
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
    """Notices are written with the incident and sent later: a lost connection loses none."""
    AlertNotice.objects.bulk_create(
        AlertNotice(incident=incident, event=event, channel=channel) for channel in channels()
    )
