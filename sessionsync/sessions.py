"""The sessions of a user: listing them, ending them, and marking them stale."""

import time
from contextlib import suppress
from importlib import import_module
from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from sessionsync.backends.db import SessionStore
from sessionsync.conf import option
from sessionsync.models import UserSession
from sessionsync.session_keys import CLIENT_KEY, CONTEXT_KEY


def session_store(session_key: str | None = None) -> SessionStore:
    """The session with this key, or a new one, in the store that `SESSION_ENGINE` names."""
    store: SessionStore = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    return store


def live_sessions() -> QuerySet[UserSession]:
    """The sessions that have not expired."""
    return UserSession.objects.filter(expire_date__gt=timezone.now())


def sessions_of(user: AbstractBaseUser) -> QuerySet[UserSession]:
    """The user's live sessions, last seen first: `id`, `ip_address`, `user_agent`, `last_seen`, …"""
    # A user who was never saved has none; those without a user must not count as theirs.
    return live_sessions().filter(user_id=user.pk, user__isnull=False)


def end_session(user: AbstractBaseUser, session_id: int) -> bool:
    """End one session of the user by its `id`; returns whether the user had such a live session."""
    return end_sessions(sessions_of(user).filter(id=session_id)) == 1


def end_other_sessions(user: AbstractBaseUser, session: SessionBase) -> int:
    """End all sessions of the user except `session` (`request.session`); returns how many there were."""
    return end_sessions(sessions_of(user).exclude(session_key=session.session_key or ""))


def end_sessions(sessions: QuerySet[UserSession]) -> int:
    """End these sessions, in the database and the cache; returns how many there were."""
    return session_store().end(list(sessions.values_list("session_key", flat=True)))


def delete_expired_sessions() -> int:
    """Returns how many there were."""
    deleted, _ = UserSession.objects.filter(expire_date__lte=timezone.now()).delete()
    return deleted


def mark_stale(user: AbstractBaseUser, session: SessionBase | None = None) -> None:
    """Make the user's sessions rebuild their context on their next request, except `session` if given.

    For changes to one user between publishes: a league chosen on another device, a player linked. After a
    publish there is no need: its version makes every session stale.
    """
    own_key = session.session_key if session is not None else None
    others = sessions_of(user).exclude(session_key=own_key or "")
    for key in others.values_list("session_key", flat=True):
        other = session_store(key)
        if context := other.get(CONTEXT_KEY):
            other[CONTEXT_KEY] = {**context, "version": -1}
            other.context_is_chosen = True
            # The session may have ended in the meantime; then there is nothing to mark.
            with suppress(UpdateError):
                other.save()


def describe_client(request: HttpRequest) -> None:
    """Note in the session from where it is used: IP address, browser, last seen now."""
    request.session[CLIENT_KEY] = {
        "ip": client_ip(request),
        "agent": request.headers.get("User-Agent", "")[:300],
    }
    touch(request.session, 0)


def touch(session: SessionBase, seconds: float) -> bool:
    """Note that the session is in use now, if it was last noted `seconds` ago or longer; returns whether."""
    client = session.get(CLIENT_KEY, {})
    now = int(time.time())
    if now - client.get("seen", 0) < seconds:
        return False
    session[CLIENT_KEY] = {**client, "seen": now}
    return True


def client_ip(request: HttpRequest) -> str | None:
    """The address the request came from; behind a proxy, the address that the nearest proxy saw."""
    address = request.META.get("REMOTE_ADDR", "")
    if option("BEHIND_PROXY"):
        address = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or address
    try:
        return str(ip_address(address.partition("%")[0]))
    except ValueError:
        return None
