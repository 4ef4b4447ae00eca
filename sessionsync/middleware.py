from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse

from sessionsync.refresh import begin, finish


class SessionRefreshMiddleware:
    """Keeps each session in step with the database; see `sessionsync.refresh`.

    Belongs right after AuthenticationMiddleware, with a SESSION_ENGINE of `sessionsync.backends`.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response):
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.is_async:
            return self.__acall__(request)
        return finish(request, begin(request) or self.get_response(request))

    async def __acall__(self, request: HttpRequest) -> HttpResponse:
        # The check reads the session and may ask the database: work for a thread.
        response = await sync_to_async(begin)(request) or await self.get_response(request)
        return finish(request, response)
