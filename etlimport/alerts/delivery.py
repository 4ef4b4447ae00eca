"""Sends notices: by mail to ADMINS and as JSON to ALERT_WEBHOOK. One that fails is sent again at the next check."""

import json
import logging
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import mail_admins
from django.db.models import Q, QuerySet
from django.utils import timezone

from etlimport.models import AlertNotice

log = logging.getLogger(__name__)
Channel = AlertNotice.Channel

WEBHOOK_SECONDS = 5
SENDING_TIMEOUT = timedelta(minutes=2)
"""How long sending a notice may take before another check assumes that the one sending it was killed."""

GIVE_UP_AFTER = timedelta(days=1)


def channels() -> list[str]:
    """The channels that are configured."""
    configured = {Channel.MAIL: settings.ADMINS, Channel.WEBHOOK: settings.ALERT_WEBHOOK}
    return [channel for channel, address in configured.items() if address]


def deliver() -> None:
    waiting = unsent().filter(created_at__gt=timezone.now() - GIVE_UP_AFTER)
    for notice in waiting.select_related("incident").order_by("pk"):
        if claim(notice):
            send(notice)


def unsent() -> QuerySet[AlertNotice]:
    """The notices that are not sent and that no other check is just sending."""
    free = Q(tried_at=None) | Q(tried_at__lt=timezone.now() - SENDING_TIMEOUT)
    return AlertNotice.objects.filter(free, sent_at=None)


def claim(notice: AlertNotice) -> bool:
    """Claim the notice for this check. Returns whether it is the one to send it."""
    return bool(unsent().filter(pk=notice.pk).update(tried_at=timezone.now()))


def send(notice: AlertNotice) -> None:
    row = AlertNotice.objects.filter(pk=notice.pk)
    try:
        SENDERS[notice.channel](notice)
    except Exception as error:
        log.warning("The alert “%s” could not be sent by %s", notice, notice.channel, exc_info=True)
        row.update(tried_at=None, error=f"{type(error).__name__}: {error}"[:500])
    else:
        row.update(sent_at=timezone.now(), error="")


def headline(notice: AlertNotice) -> str:
    verb = "Over" if notice.event == AlertNotice.Event.OVER else "Alert"
    return f"{verb}: {notice.incident.key}"


def send_mail(notice: AlertNotice) -> None:
    incident = notice.incident
    lines = [incident.message, f"Since {local(incident.first_seen)}."]
    if incident.closed_at and notice.event == AlertNotice.Event.OVER:
        lines = [f"Over since {local(incident.closed_at)}. It was:", *lines]
    mail_admins(headline(notice), "\n\n".join(lines))


def local(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M %Z}"


def send_webhook(notice: AlertNotice) -> None:
    """POST one JSON object, of which chat services show `text`. Raises OSError if the answer is not 2xx."""
    incident = notice.incident
    body = {
        "text": f"{headline(notice)}. {incident.message}",
        "event": notice.event,
        "key": incident.key,
        "message": incident.message,
        "since": incident.first_seen.isoformat(),
        "until": incident.closed_at and incident.closed_at.isoformat(),
    }
    url = settings.ALERT_WEBHOOK
    if not url.startswith(("https://", "http://")):
        raise ValueError("ALERT_WEBHOOK must begin with https:// or http://")
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=WEBHOOK_SECONDS):
        pass


SENDERS: dict[str, Callable[[AlertNotice], None]] = {Channel.MAIL: send_mail, Channel.WEBHOOK: send_webhook}
