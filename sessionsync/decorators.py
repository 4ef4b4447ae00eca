from functools import wraps

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from sessionsync.refresh import begin, finish, login_needed


def login_required(view):
    """Only for who is logged in; the session is checked and refreshed first, if no middleware has done so.

    Without a valid session: the login page with the way back, or JSON 401 under the API paths. For sync and
    async views.
    """
    if iscoroutinefunction(view):

        @wraps(view)
        async def checked(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            is_first = not hasattr(request, "session_refreshed")
            refusal = await sync_to_async(admit)(request, is_first)
            response = refusal or await view(request, *args, **kwargs)
            return finish(request, response) if is_first else response

    else:

        @wraps(view)
        def checked(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            is_first = not hasattr(request, "session_refreshed")
            response = admit(request, is_first) or view(request, *args, **kwargs)
            return finish(request, response) if is_first else response

    return checked


def admit(request: HttpRequest, is_first: bool) -> HttpResponse | None:
    """The answer for who may not enter, else None. `is_first`: nothing has checked the session yet."""
    if is_first and (refusal := begin(request)):
        return refusal
    if request.user.is_authenticated:
        return None
    if SESSION_KEY in request.session:
        # Whose session it was may not enter any more: deleted, inactive, or a password changed elsewhere.
        request.session.flush()
    return login_needed(request)
