"""Makes a page show the database as of one moment: before a publish or after it, never a mixture."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db import connection, transaction

from leagues.requests import Request
from sessionsync.decorators import ViewFunction
from sessionsync.refresh import check
from sessionsync.session_keys import CONTEXT_KEY
from sessionsync.versions import stored_state


def as_of_one_moment(view: ViewFunction) -> ViewFunction:
    """For a view that only reads, and has rendered its response when it returns.

    The session's context, which every page shows in its header, is of the same moment: if something was
    published after the session was checked, the session is checked again first.
    """

    @wraps(view)
    def wrapped(request: Request, *args: Any, **kwargs: Any) -> Any:
        with snapshot():
            state = stored_state()
            if not is_behind(request.session, state.version):
                return view(request, *args, **kwargs)
        request.session.state = state
        if refusal := check(request):
            return refusal
        with snapshot():
            return view(request, *args, **kwargs)

    return wrapped


def is_behind(session: SessionBase, version: int) -> bool:
    """Whether the session has a context that was built before that version."""
    context: dict[str, Any] | None = session.get(CONTEXT_KEY)
    return context is not None and int(context.get("version", version)) < version


@contextmanager
def snapshot() -> Iterator[None]:
    """Within the block, all queries see the database as the first of them does.

    Inside a transaction it changes nothing.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        connection.ensure_connection()
        sqlite: Any = connection  # only Django's SQLite connection has a transaction_mode
        # The site's transactions take SQLite's lock for writers when they begin; a reader must not wait for it.
        usual, sqlite.transaction_mode = sqlite.transaction_mode, "DEFERRED"
        try:
            with transaction.atomic():
                yield
        finally:
            sqlite.transaction_mode = usual
