from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http.response import HttpResponseBase

from sessionsync.refresh import after_view, before_view
from sessionsync.requests import CheckedRequest


class SessionRefreshMiddleware:
    """Keeps each session in step with the database; see `sessionsync.refresh`. For WSGI and ASGI.

    It belongs right after AuthenticationMiddleware, and needs a SESSION_ENGINE of `sessionsync.backends`.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[CheckedRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: CheckedRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self.__acall__(request)
        response: HttpResponseBase = before_view(request) or self.get_response(request)
        return after_view(request, response)

    async def __acall__(self, request: CheckedRequest) -> HttpResponseBase:
        # The check reads the session and may ask the database, which is work for a thread.
        response: HttpResponseBase = await sync_to_async(before_view)(request) or await self.get_response(request)
        return after_view(request, response)
