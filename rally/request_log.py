"""Gives every request an id, a log line, and a place in the metrics."""

import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from prometheus_client import Histogram

from rally.logging import request_id

logger = logging.getLogger("rally.request")
request_seconds = Histogram(
    "rally_request_seconds",
    "Time from a request's arrival to its response, by the route it took.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
UNKNOWN = "unknown"
ACCEPTABLE_ID = re.compile(r"[\w.:-]{1,100}")


class TrackedRequest(HttpRequest):
    """A request with an id; for type hints."""

    id: str


@sync_and_async_middleware
def request_log_middleware(get_response: Callable[[TrackedRequest], Any]) -> Callable[[TrackedRequest], Any]:
    """Gives each request an id (`X-Request-ID`, or a new one), sends it back, and logs one line at the end."""
    if iscoroutinefunction(get_response):

        async def async_middleware(request: TrackedRequest) -> HttpResponseBase:
            with tracked(request) as finish:
                return finish(await get_response(request))

        return async_middleware

    def middleware(request: TrackedRequest) -> HttpResponseBase:
        with tracked(request) as finish:
            return finish(get_response(request))

    return middleware


@contextmanager
def tracked(request: TrackedRequest) -> Iterator[Callable[[HttpResponseBase], HttpResponseBase]]:
    """Within the block, log lines have the request's id. It yields what must be called with the response."""
    given = request.headers.get("X-Request-ID", "")
    request.id = given if ACCEPTABLE_ID.fullmatch(given) else uuid.uuid4().hex
    started = time.perf_counter()
    token = request_id.set(request.id)

    def finish(response: HttpResponseBase) -> HttpResponseBase:
        response["X-Request-ID"] = request.id
        note_request(request, response.status_code, time.perf_counter() - started)
        return response

    try:
        yield finish
    finally:
        request_id.reset(token)


def note_request(request: HttpRequest, status: int, seconds: float) -> None:
    """Log and count a request, but for those of static files, which would only be noise.

    Methods and addresses that the site does not know are counted as one, so that nobody can make the metrics grow.
    """
    if not request.resolver_match and request.path_info.startswith(settings.STATIC_URL):
        return
    # The route, not the path: a path may hold what a log must not, such as a password reset token.
    route = f"/{request.resolver_match.route}" if request.resolver_match else UNKNOWN
    method = request.method if request.method in METHODS else UNKNOWN
    request_seconds.labels(method=method, route=route, status=status).observe(seconds)
    figures = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
    logger.info("%(method)s %(route)s %(status)s in %(ms)s ms", figures, extra=figures)
