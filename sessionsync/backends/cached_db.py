"""Sessions in the database with a cache in front, which may go away and come back and never makes old win.

- A save writes the cache while it holds the row's lock, so the cache sees saves in the database's order.
- A reader that found nothing only adds to the cache: it never replaces what a writer wrote since.
- Where a write cannot go to the cache now (the session is deleted, or a transaction around may yet roll
  back), the entry says "ask the database" for a minute.
- A write the cache missed raises the cache epoch, in the same transaction. The epoch is part of every key,
  so all that the cache held is out of date at once, also when it comes back with its old data.
"""

from django.db import router, transaction
from django.db.models import Exists, Q

from sessionsync import cache, versions
from sessionsync.backends.db import SessionStore as DatabaseStore
from sessionsync.backends.db import looks_like_a_key
from sessionsync.models import SystemSetting
from sessionsync.versions import State

CACHED_SECONDS = 600
"""How long the cache answers for the database before it is looked at again."""
ASK_DATABASE: list = []
ASK_SECONDS = 60

probable_epoch = 0
"""The epoch this process saw last: the guess that lets one round trip fetch session and state."""


class SessionStore(DatabaseStore):
    def load(self) -> dict:
        global probable_epoch
        if not looks_like_a_key(self.session_key):
            return super().load()
        epoch = probable_epoch
        key = entry_key(self.session_key, epoch)
        found = cache.read([key, cache.STATE_KEY])
        state = State(*found[cache.STATE_KEY]) if cache.STATE_KEY in found else None
        if entry := found.get(key):
            state = state or versions.current_state()
            if state.epoch == epoch:
                revision, data = entry
                return self._take(data, revision, state)
        data = super().load()
        if self.session_key is not None:
            if state is None:
                versions.cached(self.state)
            probable_epoch = self.state.epoch
            cache.add(entry_key(self.session_key, probable_epoch), [self._revision, data], CACHED_SECONDS)
        return data

    def save(self, must_create=False, along=None):
        self._may_roll_back = is_inside_transaction(router.db_for_write(self.model))
        super().save(must_create, along)

    def _cache_is_in_step(self) -> Q:
        epoch = SystemSetting.objects.filter(key=versions.EPOCH)
        if self.state and self.state.epoch:
            return Q(Exists(epoch.filter(value=str(self.state.epoch))))
        return ~Q(Exists(epoch))

    def _written(self, data: dict):
        if self.state is None:
            self.state = versions.stored_state()
        entry = ASK_DATABASE if self._may_roll_back else [self._revision, data]
        seconds = ASK_SECONDS if self._may_roll_back else min(CACHED_SECONDS, self.get_expiry_age())
        if not cache.write({entry_key(self.session_key, self.state.epoch): entry}, seconds):
            versions.raise_number(versions.EPOCH)

    @classmethod
    def _deleted(cls, keys: list[str]):
        epoch = versions.stored_state().epoch
        if not cache.write({entry_key(key, epoch): ASK_DATABASE for key in keys}, ASK_SECONDS):
            versions.raise_number(versions.EPOCH)


def is_inside_transaction(using: str) -> bool:
    return transaction.get_connection(using).in_atomic_block


def entry_key(session_key: str, epoch: int) -> str:
    return f"sessionsync.session.{epoch}.{session_key}"
