from collections.abc import Callable
from functools import wraps
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.contrib.auth import SESSION_KEY
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from sessionsync.refresh import after_view, before_view, login_needed
from sessionsync.requests import CheckedRequest

ViewFunction = Callable[..., Any]
"""A function that takes a request and returns a response, or an awaitable of one."""


def login_required(view: ViewFunction) -> ViewFunction:
    """For views that only people who are logged in may see, sync or async.

    Without a valid session the answer is the login page with the way back, or status 401 with JSON under the
    API paths. The session is checked and refreshed first, if no middleware has done that.
    """
    if iscoroutinefunction(view):

        @wraps(view)
        async def checked(request: CheckedRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            is_first = not hasattr(request, "session_refreshed")
            refusal = await sync_to_async(admit)(request, is_first)
            response: HttpResponseBase = refusal or await view(request, *args, **kwargs)
            return after_view(request, response) if is_first else response

        return checked

    @wraps(view)
    def checked_in_sync(request: CheckedRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        is_first = not hasattr(request, "session_refreshed")
        response: HttpResponseBase = admit(request, is_first) or view(request, *args, **kwargs)
        return after_view(request, response) if is_first else response

    return checked_in_sync


def admit(request: CheckedRequest, is_first: bool) -> HttpResponse | None:
    """The response that refuses a request, or None. `is_first`: nothing has checked its session yet."""
    if is_first and (refusal := before_view(request)):
        return refusal
    if request.user.is_authenticated:
        return None
    if SESSION_KEY in request.session:
        # Its user is deleted or inactive, or changed the password in another session.
        request.session.flush()
    return login_needed(request)
