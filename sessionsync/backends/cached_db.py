"""Sessions in the database with a cache in front. The cache may fail at any time; old data never wins.

- A save writes the cache while it holds the lock on the row, so the cache sees saves in the database's order.
- A reader that found nothing in the cache only adds to it: it never replaces what a writer has written since.
- Where a save must not be in the cache yet, because a transaction around it may still be rolled back, and
  where a session was deleted, the cache holds the entry `ASK_DATABASE` for a minute.
- When the cache misses a write, the cache epoch is raised in the same transaction. The epoch is part of every
  key in the cache, so all that it held is out of date at once, also if it comes back with its old data.
"""

from collections.abc import Callable
from typing import Any

from django.db import router, transaction
from django.db.models import Exists, Q

from sessionsync import cache, versions
from sessionsync.backends.db import Data, looks_like_a_key
from sessionsync.backends.db import SessionStore as DatabaseStore
from sessionsync.models import SystemSetting, UserSession
from sessionsync.versions import State

CACHED_SECONDS = 600
"""How long a session is read from the cache before the database is asked again."""
ASK_DATABASE: list[Any] = []
"""The entry of a session that must be read from the database. Other entries are its revision and its data."""
ASK_SECONDS = 60

probable_epoch = 0
"""The epoch this process saw last. It lets one round trip to the cache fetch both the session and the state."""


class SessionStore(DatabaseStore):
    def load(self) -> Data:
        global probable_epoch
        if not looks_like_a_key(key := self.session_key or ""):
            return super().load()
        epoch = probable_epoch
        found = cache.read([entry_key(key, epoch), cache.STATE_KEY])
        state = State(*found[cache.STATE_KEY]) if cache.STATE_KEY in found else None
        if entry := found.get(entry_key(key, epoch)):
            state = state or versions.current_state()
            if state.epoch == epoch:
                revision, data = entry
                return self._take(data, revision, state)
        loaded = super().load()
        if self.session_key is not None and self.state is not None:
            if state is None:
                versions.add_to_cache(self.state)
            probable_epoch = self.state.epoch
            cache.add(entry_key(key, probable_epoch), [self._revision, loaded], CACHED_SECONDS)
        return loaded

    def save(self, must_create: bool = False, also: Callable[[], None] | None = None) -> None:
        self._may_roll_back = is_inside_transaction(router.db_for_write(UserSession))
        super().save(must_create, also)

    def _cache_is_in_step(self) -> Q:
        """The epoch is still the one that this session was loaded with."""
        epoch = SystemSetting.objects.filter(key=versions.EPOCH)
        if self.state and self.state.epoch:
            return Q(Exists(epoch.filter(value=str(self.state.epoch))))
        return ~Q(Exists(epoch))

    def _written(self, data: Data) -> None:
        if self.state is None:
            self.state = versions.stored_state()
        entry = ASK_DATABASE if self._may_roll_back else [self._revision, data]
        seconds = ASK_SECONDS if self._may_roll_back else min(CACHED_SECONDS, self.get_expiry_age())
        if not cache.write({entry_key(self._get_or_create_session_key(), self.state.epoch): entry}, seconds):
            versions.raise_number(versions.EPOCH)

    @classmethod
    def _deleted(cls, keys: list[str]) -> None:
        epoch = versions.stored_state().epoch
        if not cache.write({entry_key(key, epoch): ASK_DATABASE for key in keys}, ASK_SECONDS):
            versions.raise_number(versions.EPOCH)


def is_inside_transaction(using: str) -> bool:
    return bool(transaction.get_connection(using).in_atomic_block)


def entry_key(session_key: str, epoch: int) -> str:
    return f"sessionsync.session.{epoch}.{session_key}"
