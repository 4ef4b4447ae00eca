"""The sessions of a user: seen, ended, told that what they know is old."""

from contextlib import suppress
from importlib import import_module
from ipaddress import ip_address

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from sessionsync.backends.db import CLIENT_KEY, CONTEXT_KEY, touch
from sessionsync.conf import option
from sessionsync.models import UserSession


def session_store(session_key: str | None = None):
    return import_module(settings.SESSION_ENGINE).SessionStore(session_key)


def live_sessions() -> QuerySet[UserSession]:
    return UserSession.objects.filter(expire_date__gt=timezone.now())


def sessions_of(user) -> QuerySet[UserSession]:
    """The user's live sessions, last seen first: `id`, `ip_address`, `user_agent`, `last_seen`, …"""
    return live_sessions().filter(user=user)


def end_session(user, session_id: int) -> bool:
    """End one session of the user by its `id`; whether it was theirs and alive."""
    return end_sessions(sessions_of(user).filter(id=session_id)) == 1


def end_other_sessions(user, session) -> int:
    """End all sessions of the user but `session` (`request.session`); how many there were."""
    return end_sessions(sessions_of(user).exclude(session_key=session.session_key or ""))


def end_sessions(sessions: QuerySet[UserSession]) -> int:
    """End these sessions, in database and cache; how many there were."""
    return session_store().end(list(sessions.values_list("session_key", flat=True)))


def delete_expired_sessions() -> int:
    deleted, _ = UserSession.objects.filter(expire_date__lte=timezone.now()).delete()
    return deleted


def mark_stale(user, session=None) -> None:
    """Make the user's sessions rebuild their context on their next request, but for `session` if given.

    For changes of one user between publishes: a league chosen on another device, a player linked. A publish
    needs none of this: it outdates every session by its version.
    """
    others = sessions_of(user).exclude(session_key=(session and session.session_key) or "")
    for key in others.values_list("session_key", flat=True):
        other = session_store(key)
        if context := other.get(CONTEXT_KEY):
            other[CONTEXT_KEY] = {**context, "version": -1}
            other.context_is_chosen = True
            # One that has ended meanwhile needs nothing.
            with suppress(UpdateError):
                other.save()


def describe_client(request: HttpRequest) -> None:
    """Note in the session from where it is used."""
    request.session[CLIENT_KEY] = {
        "ip": client_ip(request),
        "agent": request.headers.get("User-Agent", "")[:300],
    }
    touch(request.session, 0)


def client_ip(request: HttpRequest) -> str | None:
    """The address of the other end; behind a proxy, the one the nearest proxy saw."""
    address = request.META.get("REMOTE_ADDR", "")
    if option("BEHIND_PROXY"):
        address = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or address
    try:
        return str(ip_address(address.partition("%")[0]))
    except ValueError:
        return None
