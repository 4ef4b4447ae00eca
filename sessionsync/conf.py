"""What `settings.SESSIONSYNC` may say, and what holds where it says nothing."""

from django.conf import settings

DEFAULTS = {
    # Dotted path of `build_context(user_id: int, stored: dict | None) -> dict | None`. It returns what a
    # session shall know of the user, JSON-safe and with every required field, or None for a user who is
    # gone or inactive. `stored` is what the session knew before. At most two queries.
    "CONTEXT_BUILDER": None,
    "REQUIRED_FIELDS": ["id", "email"],
    # Paths under which no session is checked, beside static and media files.
    "EXEMPT_PATHS": [],
    # Paths under which a person without a valid session gets JSON, not the login page.
    "API_PATHS": ["/api/"],
    # Whether a session without a context gets one on its first request.
    "RESTORE": True,
    "SIGNAL_RETENTION_DAYS": 7,
    # How long a session may go unsaved while it is used. Each save moves its end and its "last seen".
    "TOUCH_SECONDS": 3600,
    # Whether a proxy in front sets X-Forwarded-For, so that its last address can be believed.
    "BEHIND_PROXY": False,
}


def option(name: str):
    return getattr(settings, "SESSIONSYNC", {}).get(name, DEFAULTS[name])
