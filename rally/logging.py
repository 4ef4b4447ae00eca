"""Log lines: JSON for machines outside DEBUG, plain ones for people inside; each names its request."""

import logging
import re
import time
import uuid
from contextlib import contextmanager
from contextvars import ContextVar

from asgiref.sync import iscoroutinefunction
from django.utils.decorators import sync_and_async_middleware

logger = logging.getLogger("rally.request")
request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request, or of the request that sent off the task, that is being worked on."""

ACCEPTABLE_ID = re.compile(r"[\w.:-]{1,100}")


def logging_config(as_json: bool, level: str) -> dict:
    """The `dictConfig` of every process: one handler, on standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": "rally.logging.RequestIdFilter"}},
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": "{levelname}{name}{message}{request_id}",
                "style": "{",
                "rename_fields": {"levelname": "level", "name": "logger"},
                "timestamp": "time",
            },
            "plain": {"format": "{asctime} {levelname:<7} {name}: {message}", "style": "{"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "json" if as_json else "plain",
                "filters": ["request_id"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        # Django gives these handlers of their own; without them every line comes out once, by the root's.
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True, "level": "WARNING"},
            "gunicorn.error": {"handlers": [], "propagate": True},
        },
    }


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


@sync_and_async_middleware
def request_log_middleware(get_response):
    """Gives a request its id (`X-Request-ID`, or a new one), sends it back, and logs one line at the end."""
    if iscoroutinefunction(get_response):

        async def middleware(request):
            with tracked(request) as finish:
                return finish(await get_response(request))
    else:

        def middleware(request):
            with tracked(request) as finish:
                return finish(get_response(request))

    return middleware


@contextmanager
def tracked(request):
    given = request.headers.get("X-Request-ID", "")
    request.id = given if ACCEPTABLE_ID.fullmatch(given) else uuid.uuid4().hex
    started = time.perf_counter()
    token = request_id.set(request.id)

    def finish(response):
        response["X-Request-ID"] = request.id
        log_request(request, response.status_code, time.perf_counter() - started)
        return response

    try:
        yield finish
    finally:
        request_id.reset(token)


def log_request(request, status: int, seconds: float) -> None:
    """One line for a request that reached a view; static files would only be noise."""
    if not request.resolver_match:
        return
    # The route, not the path: a path may hold what a log must not, such as a password reset token.
    route = f"/{request.resolver_match.route}"
    figures = {"method": request.method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
    logger.info("%(method)s %(route)s %(status)s in %(ms)s ms", figures, extra=figures)
