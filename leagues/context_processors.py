from sessionsync.session_keys import CONTEXT_KEY


def current(request) -> dict:
    """For every page: what the session knows, and why it was refreshed if nobody has said so yet."""
    session = getattr(request, "session", None)
    return {
        "current": (session.get(CONTEXT_KEY) if session else None) or {},
        "session_refreshed": getattr(request, "session_refreshed", ""),
    }
