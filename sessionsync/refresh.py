"""One request's check: is what the session knows of its user still true? If not, it is read again.

`before_view` runs before the view and `after_view` after it, called by the middleware or by `login_required`.
"""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string

from sessionsync import metrics, versions
from sessionsync.backends.db import SessionStore
from sessionsync.conf import option
from sessionsync.publishing import TakenUp, complete_signal
from sessionsync.requests import CheckedRequest
from sessionsync.session_keys import CONTEXT_KEY, NOTICE_KEY
from sessionsync.sessions import touch

logger = logging.getLogger(__name__)
Response = TypeVar("Response", bound=HttpResponseBase)
Context = dict[str, Any]
"""What a session knows of its user: the context builder's dict, and the session `version` it was built at."""

NO_SIGNAL_REASON = "session updated"
"""The reason given when the session was stale but no signal says what changed for its user."""


def before_view(request: CheckedRequest) -> HttpResponse | None:
    """Check the session. Returns None, or, if its user is gone, the response to send instead of the view's.

    Afterwards `request.session_refreshed` is the reason that a page should tell the user, or "". If the
    database or the cache fails, that is logged and the request goes on with the context the session has.
    """
    request.session_refreshed = ""
    request.session_refreshed_now = False
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or is_exempt(request.path_info):
        return None
    try:
        with metrics.CHECK_SECONDS.time():
            return check(request)
    except Exception:
        metrics.FAILED.inc()
        logger.exception("The session check of %s failed; the page is served as it is", request.path)
        return None


def after_view(request: CheckedRequest, response: Response) -> Response:
    """Say in the headers that the session was refreshed, and keep the reason until a page has shown it."""
    reason = request.session_refreshed
    if not reason:
        return response
    if request.session_refreshed_now:
        response["X-Session-Refreshed"] = "true"
        response["X-Session-Refresh-Reason"] = reason
    session = request.session
    is_page = response.status_code == 200 and response.get("Content-Type", "").startswith("text/html")
    if is_page:
        session.pop(NOTICE_KEY, None)
    elif SESSION_KEY in session:
        session.setdefault(NOTICE_KEY, reason)
    return response


def check(request: CheckedRequest) -> HttpResponse | None:
    """As `before_view`, for a session that may be stale; errors of the database or the cache are raised."""
    session = request.session
    user_id = session.get(SESSION_KEY)
    if user_id is None:
        return None
    context = session.get(CONTEXT_KEY)
    request.session_refreshed = session.get(NOTICE_KEY, "")
    if is_current(context, version_of(session)) or (context is None and not option("RESTORE")):
        metrics.WARM.inc()
        if touch(session, option("TOUCH_SECONDS")):
            save(session)
        return None
    return restore(request) if context is None else refresh(request)


def is_exempt(path: str) -> bool:
    prefixes = [prefix for prefix in (settings.STATIC_URL, settings.MEDIA_URL) if prefix and prefix != "/"]
    return path.startswith((*prefixes, *option("EXEMPT_PATHS")))


def is_current(context: Context | None, version: int) -> bool:
    return (
        context is not None
        and context.get("version", -1) >= version
        and all(field in context for field in option("REQUIRED_FIELDS"))
    )


def version_of(session: SessionStore) -> int:
    """The session version at the moment the session was loaded; for a session not loaded, the current one."""
    return session.state.version if session.state else versions.current_version()


def refresh(request: CheckedRequest) -> HttpResponse | None:
    """Rebuild a context that is out of date. Of several requests at once, only one tells the user."""
    session = request.session
    stale = session[CONTEXT_KEY]
    with metrics.REFRESH_SECONDS.time():
        context = build(session)
        if context is None:
            return send_away(request)
        touch(session, 0)
        session[CONTEXT_KEY] = context
        is_saved, signal = save_with_signal(session, context["version"])
    metrics.REFRESHED.inc()
    if is_saved and session[CONTEXT_KEY] is context:
        request.session_refreshed = reason_of(signal, since=stale.get("version", -1))
        request.session_refreshed_now = True
    return None


def reason_of(signal: TakenUp | None, since: int) -> str:
    """What the user's signal says, in one line as headers need it, if it is of a later version than `since`."""
    if signal and signal.version > since:
        return " ".join(signal.reason.split())
    return NO_SIGNAL_REASON


def restore(request: CheckedRequest) -> HttpResponse | None:
    """Build the context of a session that has none. Its user saw no other before, so there is nothing to tell."""
    session = request.session
    try:
        with metrics.RESTORE_SECONDS.time():
            context = build(session)
            if context is None:
                return send_away(request)
            session[CONTEXT_KEY] = context
            save_with_signal(session, context["version"])
    except Exception:
        metrics.RESTORE_FAILED.inc()
        raise
    metrics.RESTORED.inc()
    metrics.RESTORE_OK.inc()
    return None


def renew(session: SessionStore) -> Context | None:
    """Rebuild the context because of a choice of the user that the database already holds, and return it.

    Returns None if the user is gone. The caller saves the session. The user is told nothing.
    """
    context = build(session)
    if context is not None:
        session.context_is_chosen = True
        session[CONTEXT_KEY] = context
    return context


def build(session: SessionStore) -> Context | None:
    """The context of the session's user from the database, with its `version`; None if the user is gone.

    The version is read before the context, so that it is never newer than what the context holds.
    """
    version = version_of(session)
    build_context: Callable[[Any, Context | None], Context | None] = import_string(option("CONTEXT_BUILDER"))
    context = build_context(user_id_of(session), session.get(CONTEXT_KEY))
    return None if context is None else {**context, "version": version}


def user_id_of(session: SessionStore) -> Any:
    """The primary key of the session's user, in the type of the user model."""
    return get_user_model()._meta.pk.to_python(session[SESSION_KEY])


def save_with_signal(session: SessionStore, version: int) -> tuple[bool, TakenUp | None]:
    """Save a context built at that version and, in the same transaction, complete the user's signal.

    Returns whether there still was a session to save, and the signal, if the user has one.
    """
    signal: TakenUp | None = None

    def complete() -> None:
        nonlocal signal
        signal = complete_signal(user_id_of(session), version)

    return save(session, also=complete), signal


def save(session: SessionStore, also: Callable[[], None] | None = None) -> bool:
    """Save now rather than after the view, so that simultaneous requests see it.

    Returns whether there still was a session to save. The cookie is renewed all the same, as the session
    middleware sees that the session was modified.
    """
    try:
        session.save(also=also)
    except UpdateError:
        # A simultaneous request ended the session or gave it another key; this one still gets its page.
        session.modified = False
        return False
    except Exception:
        session.modified = False
        raise
    return True


def send_away(request: CheckedRequest) -> HttpResponse | None:
    """End the session of a user who is gone or inactive. Returns where to send them: None at the login page."""
    metrics.GONE.inc()
    logger.info("Ended the session of user %s, who is gone or inactive", request.session[SESSION_KEY])
    request.session.flush()
    if request.path == resolve_url(settings.LOGIN_URL):
        return None
    return login_needed(request)


def login_needed(request: HttpRequest) -> HttpResponse:
    """A redirect to the login page with the way back, or status 401 with JSON under the API paths."""
    if request.path_info.startswith(tuple(option("API_PATHS"))):
        detail = "Log in to continue: there is no valid session."
        return JsonResponse({"detail": detail}, status=401)
    way_back = request.get_full_path()
    # A path such as `//host/…` would lead to another site as a link, and a POST cannot be repeated by a link.
    if request.method not in ("GET", "HEAD") or not url_has_allowed_host_and_scheme(way_back, None):
        return redirect(settings.LOGIN_URL)
    return redirect_to_login(way_back, settings.LOGIN_URL)
