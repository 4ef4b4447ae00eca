"""Sessions in the database: each knows its user, and no save undoes another request's."""

import pickle
import time
from collections.abc import Callable

from asgiref.sync import sync_to_async
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DjangoStore
from django.db import IntegrityError, connections, router, transaction
from django.db.models import Q
from django.utils import timezone

from sessionsync import versions
from sessionsync.versions import State

CONTEXT_KEY = "context"
"""Where a session keeps what it knows of its user: the builder's dict, and the `version` it was built at."""
CLIENT_KEY = "client"
"""Where a session keeps whose it is to the eye: `ip`, `agent`, and when it was last `seen` (Unix seconds)."""

LOAD = """
    SELECT id, session_key, session_data, expire_date, revision, user_id,
           (SELECT value FROM system_settings WHERE key = %s) AS version,
           (SELECT value FROM system_settings WHERE key = %s) AS epoch
    FROM {table} WHERE session_key = %s AND expire_date > %s
"""


class SessionStore(DjangoStore):
    """Django's database store with two things more.

    A read brings along `state`, the session version at that moment, in the same query.

    A save looks whether another request saved since this one loaded. If so, only what this request changed
    goes on top of what is there. A context changed by both is kept as the other saved it, or dropped where
    this one comes from a choice of the user (`context_is_chosen`): the next request then asks the database.
    """

    def __init__(self, session_key=None):
        super().__init__(session_key)
        self.state: State | None = None
        self.context_is_chosen = False
        self._revision = 0
        self._known = pickle.dumps({})
        self._has_saved = False

    @classmethod
    def get_model_class(cls):
        from sessionsync.models import UserSession

        return UserSession

    def load(self) -> dict:
        row = self._stored_row()
        return self._take(self.decode(row.session_data), row.revision, row.state) if row else {}

    async def aload(self) -> dict:
        return await sync_to_async(self.load)()

    def _stored_row(self):
        """The live row of this session with the `state` of the same moment, or None, forgetting the key."""
        if looks_like_a_key(self.session_key):
            rows = self.model.objects.raw(
                LOAD.format(table=self.model._meta.db_table),
                (versions.VERSION, versions.EPOCH, self.session_key, timezone.now()),
            )
            for row in rows:
                row.state = State(int(row.version or 0), int(row.epoch or 0))
                return row
        self._session_key = None
        return None

    def _take(self, data: dict, revision: int, state: State) -> dict:
        self.state = state
        self._revision = revision
        self._known = pickle.dumps(data)
        return data

    def save(self, must_create=False, along: Callable[[], None] | None = None):
        """`along` is what else belongs into the transaction of a change that can be made again: a derived one.

        Its commit does not wait for the disk, for after a crash the next request makes the change anew.
        """
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)
        if self._has_saved and not must_create and pickle.dumps(data) == self._known:
            return None
        using = router.db_for_write(self.model)
        with transaction.atomic(using=using):
            if along:
                do_not_wait_for_the_disk(using)
                along()
            if must_create:
                self._insert(data)
            else:
                data = self._update(data)
            self._session_cache = data
            self._written(data)
        self._has_saved = True
        self._known = pickle.dumps(data)
        return None

    async def asave(self, must_create=False):
        await sync_to_async(self.save)(must_create)

    def _insert(self, data: dict):
        try:
            with transaction.atomic(using=router.db_for_write(self.model)):
                self.create_model_instance(data).save(force_insert=True)
        except IntegrityError as error:
            raise CreateError from error
        self._revision = 0

    def _update(self, data: dict) -> dict:
        """Returns what is stored now: `data`, or `data` put together with what others saved meanwhile."""
        if not self._update_row(data, Q(revision=self._revision) & self._cache_is_in_step()):
            row = self.model.objects.select_for_update().filter(session_key=self.session_key).first()
            if row is None:
                raise UpdateError
            data = self._merged(pickle.loads(self._known), data, self.decode(row.session_data))
            self._revision = row.revision
            self.state = versions.stored_state()
            self._update_row(data, Q())
        self._revision += 1
        return data

    def _update_row(self, data: dict, condition: Q) -> int:
        new = self.create_model_instance(data)
        names = ["session_data", "expire_date", "user_id", "ip_address", "user_agent", "last_seen"]
        values = {name: getattr(new, name) for name in names}
        rows = self.model.objects.filter(condition, session_key=self.session_key)
        return rows.update(revision=self._revision + 1, **values)

    def _merged(self, known: dict, mine: dict, theirs: dict) -> dict:
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

    def create_model_instance(self, data: dict):
        client = data.get(CLIENT_KEY, {})
        return self.model(
            session_key=self._get_or_create_session_key(),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=data.get(SESSION_KEY),
            ip_address=client.get("ip"),
            user_agent=client.get("agent", ""),
        )

    async def acreate_model_instance(self, data: dict):
        return await sync_to_async(self.create_model_instance)(data)

    def delete(self, session_key=None):
        if key := session_key or self.session_key:
            self.end([key])

    async def adelete(self, session_key=None):
        await sync_to_async(self.delete)(session_key)

    @classmethod
    def end(cls, keys: list[str]) -> int:
        """Delete the sessions of these keys; how many there were."""
        if not keys:
            return 0
        model = cls.get_model_class()
        with transaction.atomic(using=router.db_for_write(model)):
            ended, _ = model.objects.filter(session_key__in=keys).delete()
            cls._deleted(keys)
        return ended

    def _cache_is_in_step(self) -> Q:
        """What must hold for a save to be told to a cache; see `cached_db`."""
        return Q()

    def _written(self, data: dict):
        """Called within the transaction of a save, while the row is locked."""

    @classmethod
    def _deleted(cls, keys: list[str]):
        """Called within the transaction of a deletion."""


def do_not_wait_for_the_disk(using: str) -> None:
    """Let this transaction return from its commit before it is safe from a crash, where that can be told."""
    if connections[using].vendor == "postgresql" and len(connections[using].atomic_blocks) == 1:
        with connections[using].cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")


def looks_like_a_key(session_key: str | None) -> bool:
    return bool(session_key) and len(session_key) <= 40 and session_key.isalnum()


def touch(session, seconds: float) -> bool:
    """Mark a session as seen now if the last time is longer ago than that; whether it was."""
    client = session.get(CLIENT_KEY, {})
    now = int(time.time())
    if now - client.get("seen", 0) < seconds:
        return False
    session[CLIENT_KEY] = {**client, "seen": now}
    return True
