"""What a visitor is told when a request fails. HTML for people, JSON under /api/.

The database is away or busy: status 503 and when to try again. An import has replaced what the request refers to:
status 409. What was sent cannot be read: status 400. Anything else is a fault of the site: status 500. The pages need
neither the database nor the request's body.
"""

import logging
import sqlite3
import sys
from typing import Any

from django.core.exceptions import BadRequest
from django.db import DatabaseError, Error, IntegrityError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.deprecation import MiddlewareMixin

logger = logging.getLogger(__name__)

RETRY_SECONDS = 5
"""When a client may try again. A server that restarts, or a row that somebody holds, is back within seconds."""

AWAY_CODES = ("08", "25P03", "40", "53", "55P03", "57", "58")
"""Beginnings of PostgreSQL's codes: connection lost, idle for too long, conflict of transactions, too many connections
or no space, lock not to be had, statement cancelled or server going down, failure of its machine."""

AWAY_CODES_OF_SQLITE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
}

MISSING_ROW = "23503"
"""PostgreSQL's code of a reference to a row that is not there."""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler400`. Django's own looks for a CSRF token, so it fails again at a body that cannot be read."""
    return answer(request, 400, "This could not be read. Send UTF-8, without NUL characters.")


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to a request that raised the exception being handled; Django's `handler500`."""
    expected = expected_fault(request, sys.exception())
    return expected or answer(request, 500, "Something went wrong on our side, and it is in our log.")


class FaultsMiddleware(MiddlewareMixin):
    """Answers the faults of views that are not the site's own, in DEBUG, too; `server_error` those of middlewares.

    It belongs after CsrfViewMiddleware, which has read the body by then.
    """

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Refuse addresses and forms with the character NUL, which PostgreSQL cannot store."""
        fields = [text for name, values in request.POST.lists() for text in (name, *values)]
        if any("\0" in text for text in (request.path_info, *fields)):
            raise BadRequest("NUL character")

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return expected_fault(request, exception)


def expected_fault(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """The answer to an error that is due to the state of the database or to an import; None for any other."""
    if isinstance(error, Error) and is_away(error):
        response = answer(request, 503, "The database is busy or restarting. Try again in a few seconds.")
        response["Retry-After"] = str(RETRY_SECONDS)
    elif isinstance(error, IntegrityError) and is_overtaken(error):
        detail = "An import has just replaced what this refers to. Read it again, then repeat it."
        response = answer(request, 409, detail)
    else:
        return None
    logger.warning("Status %s, as the database said: %s", response.status_code, " ".join(str(error).split()))
    forget_session(request)
    return response


def is_away(error: Error) -> bool:
    """Whether the database could not be asked now, so that the same request may succeed later."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return primary_code(cause) in AWAY_CODES_OF_SQLITE
    code = getattr(cause, "pgcode", None)
    if code is None:
        # The server sent no error: nothing listens there, or the connection broke.
        return cause is not None and type(error) in (OperationalError, InterfaceError, DatabaseError)
    return bool(code.startswith(AWAY_CODES))


def is_overtaken(error: IntegrityError) -> bool:
    """Whether the request refers to a row that has gone since it was read."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return cause.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY
    return getattr(cause, "pgcode", None) == MISSING_ROW


def primary_code(error: sqlite3.Error) -> int:
    """SQLite's code of an error without what its higher bits add to it; 0 where the error has none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def forget_session(request: HttpRequest) -> None:
    """Do not save the session, as after any failed request: saving would wait for the same database once more."""
    if hasattr(request, "session"):
        request.session.modified = False


def answer(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        return JsonResponse({"detail": detail}, status=status)
    # Without the request, whose user and messages would be looked up in the database.
    return HttpResponse(loader.render_to_string(f"{status}.html", {"method": request.method}), status=status)
