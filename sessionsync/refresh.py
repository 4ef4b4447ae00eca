"""One request's check: is what the session knows of its user still so? If not, ask the database again.

`begin` runs before the view and `finish` after it, called by the middleware or by `login_required`.
"""

import logging

from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string

from sessionsync import metrics, versions
from sessionsync.backends.db import CONTEXT_KEY, touch
from sessionsync.conf import option
from sessionsync.publishing import complete_signal

logger = logging.getLogger(__name__)

NOTICE_KEY = "refresh_notice"
"""Where a session keeps the reason of a refresh no page has shown yet."""
NO_SIGNAL_REASON = "session updated"


def begin(request: HttpRequest) -> HttpResponse | None:
    """Check the session; the answer to send instead of the view's where its user is gone, else None.

    Afterwards `request.session_refreshed` is the reason a page shall tell the user, or "". A database or
    cache that fails is logged, and the request goes on with the context at hand.
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


def finish(request: HttpRequest, response: HttpResponse) -> HttpResponse:
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


def check(request: HttpRequest) -> HttpResponse | None:
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


def is_current(context: dict | None, version: int) -> bool:
    return (
        context is not None
        and context.get("version", -1) >= version
        and all(field in context for field in option("REQUIRED_FIELDS"))
    )


def version_of(session) -> int:
    """The session version as of the session's read, which brought it along; else asked for."""
    state = getattr(session, "state", None)
    return state.version if state else versions.current_version()


def refresh(request: HttpRequest) -> HttpResponse | None:
    """Rebuild a context that is out of date. Of several requests at once, one says that it did."""
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
        is_news = signal and signal[1] > stale.get("version", -1)
        # One line: it goes into a header.
        request.session_refreshed = " ".join(signal[0].split()) if is_news else NO_SIGNAL_REASON
        request.session_refreshed_now = True
    return None


def restore(request: HttpRequest) -> HttpResponse | None:
    """Give a cold session its context. Nothing changed under its user's eyes, so nothing is said."""
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


def renew(session) -> dict | None:
    """Rebuild the context now, because the user has just chosen something that is saved already.

    Says nothing to the user, and leaves the saving to whoever saves the session. None: the user is gone.
    """
    context = build(session)
    if context is not None:
        session.context_is_chosen = True
        session[CONTEXT_KEY] = context
    return context


def build(session) -> dict | None:
    """The context of the session's user from the database, stamped; None when the user is gone.

    The version is read before the context, so a stamp is never newer than what it stamps.
    """
    version = version_of(session)
    build_context = import_string(option("CONTEXT_BUILDER"))
    context = build_context(user_id_of(session), session.get(CONTEXT_KEY))
    return None if context is None else {**context, "version": version}


def user_id_of(session):
    return get_user_model()._meta.pk.to_python(session[SESSION_KEY])


def save_with_signal(session, version: int) -> tuple[bool, tuple[str, int] | None]:
    """Save a context built at that version and, with it, complete the user's signal.

    Returns whether there was a session to save, and the signal's reason and version if there is one.
    """
    signal = None

    def complete():
        nonlocal signal
        signal = complete_signal(user_id_of(session), version)

    return save(session, along=complete), signal


def save(session, **how) -> bool:
    """Save at once, so that requests beside this one see it; whether there was a session to save.

    The response still renews the cookie: the session middleware finds it modified, and this saved.
    """
    try:
        session.save(**how)
    except UpdateError:
        # Ended or re-keyed by a request beside this one: not a reason to refuse this one its page.
        session.modified = False
        return False
    except Exception:
        session.modified = False
        raise
    return True


def send_away(request: HttpRequest) -> HttpResponse | None:
    """End the session of a user who is gone or inactive; where to send who asked, if they cannot stay."""
    metrics.GONE.inc()
    logger.info("Ended the session of user %s, who is gone or inactive", request.session[SESSION_KEY])
    request.session.flush()
    if request.path == resolve_url(settings.LOGIN_URL):
        return None
    return login_needed(request)


def login_needed(request: HttpRequest) -> HttpResponse:
    """The login page with the way back, or 401 where nobody reads pages."""
    if request.path_info.startswith(tuple(option("API_PATHS"))):
        detail = "Log in to continue: there is no valid session."
        return JsonResponse({"detail": detail}, status=401)
    way_back = request.get_full_path()
    # `//host/…` is a path here and another site in a link; what was posted cannot be asked for again.
    if request.method not in ("GET", "HEAD") or not url_has_allowed_host_and_scheme(way_back, None):
        return redirect(settings.LOGIN_URL)
    return redirect_to_login(way_back, settings.LOGIN_URL)
