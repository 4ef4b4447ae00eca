"""People's browsers, as the site sees them: cookies kept, redirects followed, forms sent with their token."""

import re
import urllib.error
import urllib.parse
import urllib.request
from html import unescape
from http.cookiejar import CookieJar, DefaultCookiePolicy

# The site believes that a proxy in front of it took the request by https; so cookies marked secure travel.
BY_HTTPS = {"X-Forwarded-Proto": "https"}


class Browser:
    """Keeps its cookies whichever server it talks to, as one behind a load balancer does."""

    def __init__(self):
        self.cookies = CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def open(self, url: str, data: bytes | None = None, method: str | None = None, **headers: str):
        """The response, redirects followed, with `.text`; also of an error, whose `.status` says so."""
        headers = {**BY_HTTPS, "Referer": url.replace("http:", "https:"), **headers}
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            response = self.opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            response.text = response.read().decode()
        return response

    def submit(self, page: str, action: str, **fields: str):
        """Sends a form that stands on `page` to `action`."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.open(page).text)[1]
        return self.open(action, urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}).encode())

    def cookie(self, name: str) -> str:
        return next(cookie.value for cookie in self.cookies if cookie.name == name)


LINK = re.compile(r'<a [^>]*?href="(/l/[^"]+)"[^>]*>([^<]*)</a>')
HEADING = re.compile(r"<h1[^>]*>(?:<a [^>]*>)?([^<]+)")
WHERE = re.compile(r'class="where".*?<span>([^<]*)</span>', re.DOTALL)
PLAYER = re.compile(r"</h1>\s*<p>([^<]*)</p>")


class Page:
    """What a reader sees of a page."""

    def __init__(self, text: str):
        self.text = text

    def first(self, pattern: re.Pattern) -> str:
        found = pattern.search(self.text)
        return unescape(found[1]).strip() if found else ""

    @property
    def league(self) -> str:
        """The league named in the head of every page."""
        return self.first(WHERE)

    @property
    def heading(self) -> str:
        return self.first(HEADING)

    @property
    def player(self) -> str:
        """On the home page, the person's name as the league writes it."""
        return self.first(PLAYER)

    @property
    def links(self) -> list[tuple[str, str]]:
        """Address and text of the links to leagues, series, teams and players, in order."""
        return [(unescape(href), unescape(text).strip()) for href, text in LINK.findall(self.text)]

    @property
    def shows_the_notice(self) -> bool:
        return 'id="session-refreshed"' in self.text
