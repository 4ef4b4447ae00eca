"""A demonstration, with real sessions over real HTTP, of how a publish reaches them: detect → refresh → complete."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from threading import Thread
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from sessionsync import versions
from sessionsync.models import RefreshSignal
from sessionsync.publishing import publish_to
from sessionsync.session_keys import CONTEXT_KEY
from sessionsync.sessions import session_store

REASON = "session refresh demo"
EMAILS = ["session-demo-1@example.invalid", "session-demo-2@example.invalid"]


User = Any
"""An instance of the site's user model, whichever that is."""


class DemoFailed(Exception):
    """A session did not do what it should."""


def run(path: str, say: Callable[[str], None]) -> None:
    """Take two users with three sessions through a publish, each requesting the page at `path`.

    `say` is called with each step in words. Raises DemoFailed. The demo users, their sessions and their
    signals are deleted at the end. The session version stays raised, so every session of the site refreshes
    once.
    """
    try:
        with server() as port:
            walk(port, path, say)
    finally:
        demo_users().delete()
        say("clean up  Demo users, their sessions and signals are deleted.")


def walk(port: int, path: str, say: Callable[[str], None]) -> None:
    demo_users().delete()
    ann, bob = (make_user(email) for email in EMAILS)
    laptop, phone, other = log_in(ann), log_in(ann), log_in(bob)
    for session, name in ((laptop, "laptop"), (phone, "phone"), (other, "the other user")):
        expect(ask(port, path, session), None)
        say(f"restore   {name}: context of version {version_in(session)}, nothing to refresh")

    with transaction.atomic():
        version = publish_to(demo_users().filter(pk=ann.pk), REASON)
    say(f"publish   session version {version}, one signal: {RefreshSignal.objects.get(user=ann)}")
    for session, name in ((laptop, "laptop"), (phone, "phone")):
        say(f"detect    {name}: its context is of version {version_in(session)}, the site is at {version}")
        expect(ask(port, path, session), REASON)
        say(f"refresh   {name}: X-Session-Refreshed: true, reason: {REASON}; now at {version_in(session)}")
        expect(ask(port, path, session), None)
        say(f"once      {name}: the next request says nothing")
    expect(ask(port, path, other), "session updated")
    say("refresh   the other user: no signal of their own, but the context is built again all the same")
    if not RefreshSignal.objects.get(user=ann).is_refreshed:
        raise DemoFailed("The signal is still pending.")
    say("complete  The signal is complete; the cleanup deletes it when it is old.")


@contextmanager
def server() -> Iterator[int]:
    """The site as it is configured, served on a free local port."""
    httpd = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    httpd.set_app(get_wsgi_application())
    # As behind a proxy that speaks https, so that no redirect to https gets in the way.
    httpd.base_environ["HTTPS"] = "on"
    thread = Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    try:
        yield httpd.server_port
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


def demo_users() -> QuerySet[Any]:
    user_model = get_user_model()
    return user_model._default_manager.filter(**{f"{user_model.USERNAME_FIELD}__in": EMAILS})


def make_user(email: str) -> User:
    user_model = get_user_model()
    names = {field.name for field in user_model._meta.fields}
    given = {user_model.USERNAME_FIELD, user_model.get_email_field_name()} & names
    user = user_model(**dict.fromkeys(given, email))
    user.set_unusable_password()
    user.save()
    return user


def log_in(user: User) -> str:
    """The key of a new session of the user."""
    request = HttpRequest()
    request.session = session = session_store()
    login(request, user, settings.AUTHENTICATION_BACKENDS[0])
    session.save()
    return session.session_key or ""


def ask(port: int, path: str, session_key: str) -> HTTPResponse:
    host = next((name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*"), "127.0.0.1")
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    cookie = f"{settings.SESSION_COOKIE_NAME}={session_key}"
    connection.request("GET", path, headers={"Host": host, "Cookie": cookie})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response


def expect(response: HTTPResponse, reason: str | None) -> None:
    found = response.getheader("X-Session-Refresh-Reason")
    if response.status >= 500:
        raise DemoFailed(f"The page answered with status {response.status}; the log says why.")
    if found != reason:
        raise DemoFailed(f"Expected the refresh reason {reason!r}, got {found!r}.")


def version_in(session_key: str) -> int:
    """The session version that the session's context was built at."""
    context = session_store(session_key).get(CONTEXT_KEY)
    if context is None:
        raise DemoFailed(f"The session has no context; the site is at {versions.current_version()}.")
    return int(context["version"])
