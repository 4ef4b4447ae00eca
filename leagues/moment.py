"""A page shows the database as of one moment: before a publish or after it, never some of each."""

from contextlib import contextmanager
from functools import wraps

from django.db import connection, transaction

from sessionsync.refresh import check
from sessionsync.session_keys import CONTEXT_KEY
from sessionsync.versions import stored_state


def as_of_one_moment(view):
    """A view that only reads and renders what it read before it returns.

    What the session knows, which every page shows in its head, is of the same moment: where something was
    published since the session was checked, it is checked again first.
    """

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        with snapshot():
            state = stored_state()
            if not is_behind(request.session, state.version):
                return view(request, *args, **kwargs)
        request.session.state = state
        refusal = check(request)
        with snapshot():
            return refusal or view(request, *args, **kwargs)

    return wrapped


def is_behind(session, version: int) -> bool:
    context = session.get(CONTEXT_KEY)
    return context is not None and context.get("version", version) < version


@contextmanager
def snapshot():
    """All queries within see what the first of them saw. Within a transaction already, it is left as it is."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        connection.ensure_connection()
        # The site's transactions take SQLite's lock for writers at once; a reader must not wait for it.
        usual, connection.transaction_mode = connection.transaction_mode, "DEFERRED"
        try:
            with transaction.atomic():
                yield
        finally:
            connection.transaction_mode = usual
