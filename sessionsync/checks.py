"""What `manage.py check` says about a site's settings for this app."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.utils.module_loading import import_string

from sessionsync.backends.db import SessionStore
from sessionsync.conf import DEFAULTS, option

AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"
REFRESH = "sessionsync.middleware.SessionRefreshMiddleware"


@register
def options_are_known(**_: Any) -> list[CheckMessage]:
    unknown = sorted(set(getattr(settings, "SESSIONSYNC", {})) - set(DEFAULTS))
    known = ", ".join(sorted(DEFAULTS))
    return [
        Error(f"SESSIONSYNC has no option {name!r}.", hint=f"There are: {known}.", id="sessionsync.E001")
        for name in unknown
    ]


@register
def context_builder_is_there(**_: Any) -> list[CheckMessage]:
    path = option("CONTEXT_BUILDER")
    if not path:
        problem = "SESSIONSYNC has no CONTEXT_BUILDER."
    else:
        try:
            import_string(path)
            return []
        except ImportError as error:
            problem = f"The CONTEXT_BUILDER {path!r} of SESSIONSYNC cannot be imported: {error}"
    hint = "Name a function that returns what a session shall know of its user, by its dotted path."
    return [Error(problem, hint=hint, id="sessionsync.E002")]


@register
def session_engine_is_ours(**_: Any) -> list[CheckMessage]:
    if issubclass(import_module(settings.SESSION_ENGINE).SessionStore, SessionStore):
        return []
    hint = "Use sessionsync.backends.db, or sessionsync.backends.cached_db with a cache in front."
    problem = f"sessionsync cannot work with the SESSION_ENGINE {settings.SESSION_ENGINE!r}."
    return [Error(problem, hint=hint, id="sessionsync.E003")]


@register
def middleware_is_in_order(**_: Any) -> list[CheckMessage]:
    """A site without the middleware is fine: `login_required` can refresh sessions, too."""
    middleware = list(settings.MIDDLEWARE)
    if REFRESH not in middleware or AUTHENTICATION in middleware[: middleware.index(REFRESH)]:
        return []
    hint = f"Put it right after {AUTHENTICATION}."
    return [Error(f"{REFRESH} must come after the user is known.", hint=hint, id="sessionsync.E004")]


@register(Tags.database)
def database_is_supported(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    vendors = {connections[alias].vendor for alias in databases or []}
    return [
        Error(f"sessionsync does not work on {vendor}.", hint="Use PostgreSQL or SQLite.", id="sessionsync.E005")
        for vendor in sorted(vendors - {"postgresql", "sqlite"})
    ]
