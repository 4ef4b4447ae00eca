"""The options of `settings.SESSIONSYNC` and their defaults. The README in this folder explains each."""

from typing import Any

from django.conf import settings

DEFAULTS: dict[str, Any] = {
    # Dotted path of `build_context(user_id, stored: dict | None) -> dict | None`. It returns what a session
    # shall know of the user: a dict that JSON can hold, with every required field; or None if the user is
    # gone or inactive. `stored` is the context the session has so far. It should take two queries at most.
    "CONTEXT_BUILDER": None,
    # A context that lacks one of these fields is built again.
    "REQUIRED_FIELDS": ["id", "email"],
    # Beginnings of paths under which no session is checked, besides those of static and media files.
    "EXEMPT_PATHS": [],
    # Beginnings of paths that answer a request without a valid session with JSON instead of the login page.
    "API_PATHS": ["/api/"],
    # Whether a session without a context gets one on its first request.
    "RESTORE": True,
    # For how many days completed refresh signals are kept.
    "SIGNAL_RETENTION_DAYS": 7,
    # A session in use is saved at least this often; each save moves its expiry and its "last seen".
    "TOUCH_SECONDS": 3600,
    # Whether a proxy in front of the site sets X-Forwarded-For, so that its last address can be trusted.
    "BEHIND_PROXY": False,
}


def option(name: str) -> Any:
    """The value of an option in `settings.SESSIONSYNC`, or its default. KeyError if there is no such option."""
    return getattr(settings, "SESSIONSYNC", {}).get(name, DEFAULTS[name])
