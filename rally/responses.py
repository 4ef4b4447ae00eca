"""How pages travel: compressed, sent only when they have changed, and kept by nobody but their reader's browser."""

import hashlib
import re

from compression_middleware.middleware import CompressionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware
from django.utils.cache import patch_cache_control

CSRF_TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=)"[^"]*"')


class CarefulCompression(CompressionMiddleware):
    """Brotli, Zstandard or gzip, whichever the browser takes, but not where somebody could measure a secret by it.

    Who can make a person's browser send requests, and sees how long the answers are, can guess a secret in a page if
    the page also contains what was sent (the attack is called BREACH). So what answers a form or has a query is not
    compressed, nor are errors, which may name what was asked for. CSRF tokens differ in each page in any case.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.method != "GET" or request.META.get("QUERY_STRING") or response.status_code != 200:
            return response
        return super().process_response(request, response)  # type: ignore[no-any-return, no-untyped-call]  # it has no types


class FreshPages(ConditionalGetMiddleware):
    """No proxy keeps a page, and a browser asks each time; where nothing has changed, it gets 304 and no body."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        if request.method == "GET" and isinstance(response, HttpResponse) and self.needs_etag(response):
            response["ETag"] = etag_of(request, response)
        return super().process_response(request, response)

    def needs_etag(self, response: HttpResponseBase) -> bool:
        """Not where headers say once that the session was refreshed, which an answer with 304 would leave out."""
        is_told_once = response.has_header("X-Session-Refreshed")
        return response.status_code == 200 and not is_told_once and super().needs_etag(response)


def etag_of(request: HttpRequest, response: HttpResponse) -> str:
    """Equal for pages that say the same and whose forms work the same.

    Each page has its CSRF token in another disguise. All of them are good as long as the secret in the cookie stays, so
    the secret counts instead.
    """
    digest = hashlib.sha256(CSRF_TOKEN.sub(rb"\1", response.content))
    digest.update(request.META.get("CSRF_COOKIE", "").encode())
    return f'W/"{digest.hexdigest()[:32]}"'
