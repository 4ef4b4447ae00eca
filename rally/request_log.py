"""Gives every request an id; those that reach a view get a log line and are counted in the metrics."""

import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from asgiref.sync import iscoroutinefunction
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
    """Log and count a request that reached a view. Static files do not, and would only be noise."""
    if not request.resolver_match:
        return
    # The route, not the path: a path may hold what a log must not, such as a password reset token.
    what = {"method": request.method, "route": f"/{request.resolver_match.route}", "status": status}
    request_seconds.labels(**what).observe(seconds)
    figures = {**what, "ms": round(seconds * 1000, 1)}
    logger.info("%(method)s %(route)s %(status)s in %(ms)s ms", figures, extra=figures)
