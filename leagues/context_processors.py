from typing import Any

from django.http import HttpRequest

from sessionsync.session_keys import CONTEXT_KEY


def current(request: HttpRequest) -> dict[str, Any]:
    """For every page: the session's context, and the reason for a refresh that no page has shown yet."""
    session = getattr(request, "session", None)
    return {
        "current": (session.get(CONTEXT_KEY) if session else None) or {},
        "session_refreshed": getattr(request, "session_refreshed", ""),
    }
