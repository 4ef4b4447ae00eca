from django.http import HttpRequest

from sessionsync.backends.db import SessionStore


class CheckedRequest(HttpRequest):
    """The request as a view gets it from the middleware or `login_required`. For type hints.

    `session_refreshed` is the reason for a refresh that the page should tell the user, or "".
    `session_refreshed_now` says whether this very request refreshed the session.
    """

    session: SessionStore
    session_refreshed: str
    session_refreshed_now: bool
