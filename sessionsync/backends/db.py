"""Sessions in the database: each knows its user, and no save undoes what another request saved."""

import pickle
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from asgiref.sync import sync_to_async
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DjangoStore
from django.db import IntegrityError, connections, router, transaction
from django.db.models import Q
from django.utils import timezone

from sessionsync import versions
from sessionsync.models import UserSession
from sessionsync.session_keys import CLIENT_KEY, CONTEXT_KEY
from sessionsync.versions import State

Data = dict[str, Any]
"""What is in a session."""

LOAD = f"""
    SELECT session_data, revision,
           (SELECT value FROM system_settings WHERE key = %s) AS version,
           (SELECT value FROM system_settings WHERE key = %s) AS epoch
    FROM {UserSession._meta.db_table} WHERE session_key = %s AND expire_date > %s
"""


class StoredRow(NamedTuple):
    """A session as the database has it, still encoded, with the `state` of the same moment."""

    session_data: str
    revision: int
    state: State


class SessionStore(DjangoStore):
    """Django's database store, with two additions.

    Loading a session also reads the session version of that moment (`state`), in the same query.

    Saving a session first looks whether another request has saved it since this one loaded it. If so, only
    the entries that this request changed are written, over what is stored now. If both changed the context,
    the stored one stays; but if this request wrote it because the user chose something
    (`context_is_chosen`), it is dropped, so that the next request builds it from the database.
    """

    if TYPE_CHECKING:  # Django's base class has these, its type stubs leave them out.

        def _get_session(self, no_load: bool = False) -> Data: ...
        def _get_or_create_session_key(self) -> str: ...

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.state: State | None = None
        self.context_is_chosen = False
        self._revision = 0
        self._known = pickle.dumps({})
        self._has_saved = False

    @classmethod
    def get_model_class(cls) -> type[UserSession]:
        return UserSession

    def load(self) -> Data:
        row = self._stored_row()
        return self._take(self.decode(row.session_data), row.revision, row.state) if row else {}

    async def aload(self) -> Data:
        return await sync_to_async(self.load)()

    def _stored_row(self) -> StoredRow | None:
        """The row of this session if it has not expired. If there is none, the session drops its key."""
        if looks_like_a_key(self.session_key):
            connection = connections[router.db_for_read(UserSession)]
            now = connection.ops.adapt_datetimefield_value(timezone.now())
            with connection.cursor() as cursor:
                cursor.execute(LOAD, [versions.VERSION, versions.EPOCH, self.session_key, now])
                row = cursor.fetchone()
            if row:
                session_data, revision, version, epoch = row
                return StoredRow(session_data, revision, State(int(version or 0), int(epoch or 0)))
        self._session_key = None
        return None

    def _take(self, data: Data, revision: int, state: State) -> Data:
        self.state = state
        self._revision = revision
        self._known = pickle.dumps(data)
        return data

    def save(self, must_create: bool = False, also: Callable[[], None] | None = None) -> None:
        """Write the session, and call `also`, if given, in the same transaction.

        `also` is for changes that the next request would make again if they were lost, as it would refresh
        the session again. That is why a transaction with `also` does not wait until it is safe on disk.
        """
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)
        if self._has_saved and not must_create and pickle.dumps(data) == self._known:
            return None
        using = router.db_for_write(UserSession)
        with transaction.atomic(using=using):
            if also:
                do_not_wait_for_the_disk(using)
                also()
            if must_create:
                self._insert(data)
            else:
                data = self._update(data)
            self._session_cache = data
            self._written(data)
        self._has_saved = True
        self._known = pickle.dumps(data)
        return None

    async def asave(self, must_create: bool = False) -> None:
        await sync_to_async(self.save)(must_create)

    def _insert(self, data: Data) -> None:
        try:
            with transaction.atomic(using=router.db_for_write(UserSession)):
                self.create_model_instance(data).save(force_insert=True)
        except IntegrityError as error:
            raise CreateError from error
        self._revision = 0

    def _update(self, data: Data) -> Data:
        """Returns what is stored now: `data`, or `data` merged with what other requests saved meanwhile."""
        if not self._update_row(data, Q(revision=self._revision) & self._cache_is_in_step()):
            row = UserSession.objects.select_for_update().filter(session_key=self.session_key).first()
            if row is None:
                raise UpdateError
            data = self._merged(pickle.loads(self._known), data, self.decode(row.session_data))
            self._revision = row.revision
            self.state = versions.stored_state()
            self._update_row(data, Q())
        self._revision += 1
        return data

    def _update_row(self, data: Data, condition: Q) -> int:
        new = self.create_model_instance(data)
        names = ["session_data", "expire_date", "user_id", "ip_address", "user_agent", "last_seen"]
        values = {name: getattr(new, name) for name in names}
        rows = UserSession.objects.filter(condition, session_key=self.session_key)
        return rows.update(revision=self._revision + 1, **values)

    def _merged(self, known: Data, mine: Data, theirs: Data) -> Data:
        """`theirs` with what changed from `known`, as this request loaded it, to `mine`."""
        gone = object()
        merged = dict(theirs)
        for key in known.keys() | mine.keys():
            value = mine.get(key, gone)
            if value == known.get(key, gone):
                continue
            if key == CONTEXT_KEY and theirs.get(key, gone) != known.get(key, gone):
                if not self.context_is_chosen:
                    continue
                value = gone
            if value is gone:
                merged.pop(key, None)
            else:
                merged[key] = value
        return merged

    def create_model_instance(self, data: Data) -> UserSession:
        client = data.get(CLIENT_KEY, {})
        return UserSession(
            session_key=self._get_or_create_session_key(),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=data.get(SESSION_KEY),
            ip_address=client.get("ip"),
            user_agent=client.get("agent", ""),
        )

    async def acreate_model_instance(self, data: Data) -> UserSession:
        return await sync_to_async(self.create_model_instance)(data)

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            self.end([key])

    async def adelete(self, session_key: str | None = None) -> None:
        await sync_to_async(self.delete)(session_key)

    @classmethod
    def end(cls, keys: list[str]) -> int:
        """Delete the sessions with these keys; returns how many there were."""
        if not keys:
            return 0
        with transaction.atomic(using=router.db_for_write(UserSession)):
            ended, _ = UserSession.objects.filter(session_key__in=keys).delete()
            cls._deleted(keys)
        return ended

    # Hooks for a store with a cache in front of the database; see `cached_db`.

    def _cache_is_in_step(self) -> Q:
        """What must hold in the database so that a save may be written to the cache without looking again."""
        return Q()

    def _written(self, data: Data) -> None:
        """Called within the transaction of a save, while the row is locked."""

    @classmethod
    def _deleted(cls, keys: list[str]) -> None:
        """Called within the transaction of a deletion."""


def do_not_wait_for_the_disk(using: str) -> None:
    """Let the commit of this transaction return before its data is safe from a crash (PostgreSQL only)."""
    if connections[using].vendor == "postgresql" and len(connections[using].atomic_blocks) == 1:
        with connections[using].cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")


def looks_like_a_key(session_key: str | None) -> bool:
    return session_key is not None and 0 < len(session_key) <= 40 and session_key.isalnum()
