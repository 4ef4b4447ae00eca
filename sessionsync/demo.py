"""Shows on real sessions, over real HTTP, how a publish reaches them: detect → refresh → complete."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from threading import Thread

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.http import HttpRequest

from sessionsync import versions
from sessionsync.backends.db import CONTEXT_KEY
from sessionsync.models import RefreshSignal
from sessionsync.publishing import publish
from sessionsync.sessions import session_store

REASON = "session refresh demo"
EMAILS = ["session-demo-1@example.invalid", "session-demo-2@example.invalid"]


class DemoFailed(Exception):
    """A session did not do what it should."""


def run(path: str, say: Callable[[str], None]) -> None:
    """Walk two users and three sessions through a publish, asking `path`; raises DemoFailed.

    Demo users, their sessions and their signals are gone afterwards. The session version stays raised, so
    every session of the site checks itself once.
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
        say(f"restore   {name}: context of version {stamp(session)}, nothing to refresh")

    version = signal(ann)
    say(f"publish   session version {version}, one signal: {RefreshSignal.objects.get(user=ann)}")
    for session, name in ((laptop, "laptop"), (phone, "phone")):
        say(f"detect    {name}: its context is of version {stamp(session)}, the site is at {version}")
        expect(ask(port, path, session), REASON)
        say(f"refresh   {name}: X-Session-Refreshed: true, reason: {REASON}; now at {stamp(session)}")
        expect(ask(port, path, session), None)
        say(f"once      {name}: the next request says nothing")
    expect(ask(port, path, other), "session updated")
    say("refresh   the other user: no signal of their own, the context is looked up all the same")
    if not RefreshSignal.objects.get(user=ann).is_refreshed:
        raise DemoFailed("The signal is still pending.")
    say("complete  The signal is complete; it goes when it is old.")


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
    def log_message(self, *_):
        pass


def demo_users():
    user_model = get_user_model()
    return user_model._default_manager.filter(**{f"{user_model.USERNAME_FIELD}__in": EMAILS})


def make_user(email: str):
    user_model = get_user_model()
    return user_model._default_manager.create_user(**{user_model.USERNAME_FIELD: email, user_model.EMAIL_FIELD: email})


def log_in(user) -> str:
    """The key of a new session of the user."""
    request = HttpRequest()
    request.session = session_store()
    login(request, user, settings.AUTHENTICATION_BACKENDS[0])
    request.session.save()
    return request.session.session_key


def signal(user) -> int:
    table = RefreshSignal._meta.get_field("user").related_model._meta.db_table
    with transaction.atomic():
        return publish(
            f"""SELECT id AS user_id, %s AS email, NULL AS old_league_id, NULL AS new_league_id,
                       '' AS league_name, %s AS refresh_reason FROM {table} WHERE id = %s""",
            [user.get_username(), REASON, user.pk],
        )


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


def stamp(session_key: str) -> int:
    context = session_store(session_key).get(CONTEXT_KEY)
    if context is None:
        raise DemoFailed(f"The session has no context; the site is at {versions.current_version()}.")
    return context["version"]
