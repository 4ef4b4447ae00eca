"""The session stores, with simultaneous requests and a cache that fails and comes back."""

from importlib import import_module

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.db import transaction

from sessionsync import cache, versions
from sessionsync.backends import cached_db
from sessionsync.models import UserSession
from sessionsync.session_keys import CONTEXT_KEY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_outer_transaction")]


class FragileCache(LocMemCache):
    """A cache server that can be taken down, and that keeps what it holds meanwhile."""

    is_down = False

    def __getattribute__(self, name):
        if FragileCache.is_down and name in {"get", "get_many", "set", "add", "delete"}:
            raise ConnectionError("the cache is down")
        return super().__getattribute__(name)


@pytest.fixture
def fragile_cache(settings, monkeypatch):
    """Cached sessions over a cache that this fixture, called with a truth value, takes down and brings back."""
    settings.CACHES = {
        **settings.CACHES,
        "fragile": {"BACKEND": f"{__name__}.FragileCache", "LOCATION": "fragile"},
    }
    settings.SESSION_CACHE_ALIAS = "fragile"
    settings.SESSION_ENGINE = "sessionsync.backends.cached_db"
    monkeypatch.setattr(cache, "RETRY_SECONDS", 0)
    monkeypatch.setattr(FragileCache, "is_down", False)
    caches["fragile"].clear()

    def take_down(is_down):
        FragileCache.is_down = is_down

    return take_down


@pytest.fixture(params=["db", "cached_db"])
def store(request, settings, fragile_cache):
    settings.SESSION_ENGINE = f"sessionsync.backends.{request.param}"
    return import_module(settings.SESSION_ENGINE).SessionStore


@pytest.fixture
def saved(store):
    """A saved session holding `data`; returns its key."""

    def save(**data) -> str:
        session = store()
        session.update(data)
        session.save()
        return session.session_key

    return save


def change(session, **data):
    session.update(data)
    session.save()


def test_what_is_saved_is_read(store, saved):
    assert store(saved(a=1))["a"] == 1


def test_two_requests_that_change_different_things_keep_both(store, saved):
    key = saved(a=1, b=1, c=1)
    first, second = store(key), store(key)
    first.load(), second.load()
    change(first, a=2)
    del second["c"]
    change(second, b=2)
    assert dict(store(key).items()) == {"a": 2, "b": 2}


def test_of_two_requests_that_change_one_thing_the_later_wins(store, saved):
    key = saved(a=1)
    first, second = store(key), store(key)
    assert first["a"] == second["a"] == 1
    change(first, a=2)
    change(second, a=3)
    assert store(key)["a"] == 3


def test_of_two_refreshes_of_a_session_one_is_kept_and_the_other_knows(store, saved):
    key = saved(context={"team": "old"})
    first, second = store(key), store(key)
    assert first["context"] == second["context"]
    change(first, context={"team": "first"})
    change(second, context={"team": "second"})
    assert store(key)[CONTEXT_KEY] == second[CONTEXT_KEY] == {"team": "first"}


def test_a_choice_that_races_with_a_refresh_leaves_the_database_to_decide(store, saved):
    key = saved(context={"team": "old"})
    refreshing, choosing = store(key), store(key)
    assert refreshing["context"] == choosing["context"]
    choosing.context_is_chosen = True
    change(refreshing, context={"team": "refreshed"})
    change(choosing, context={"team": "chosen"})
    assert CONTEXT_KEY not in store(key)


def test_a_session_ended_by_another_request_does_not_come_back(store, saved):
    key = saved(a=1)
    session = store(key)
    assert session["a"] == 1
    store(key).flush()
    with pytest.raises(UpdateError):
        change(session, a=2)
    assert store(key).get("a") is None


def test_a_save_brings_no_second_query_when_nothing_changed_since(store, saved, django_assert_num_queries):
    session = store(saved(a=1))
    change(session, a=2)
    with django_assert_num_queries(0):
        session.save()


@pytest.mark.parametrize("key", ["x" * 41, "'; DROP TABLE", "a\x00b" * 4, "ключ" * 10, ""])
def test_a_key_nobody_gave_out_opens_an_empty_session(store, key):
    assert store(key).get("a") is None


def test_a_read_brings_the_session_version_along(store, saved, rename):
    key = saved(a=1)
    version = rename("Bea")
    session = store(key)
    assert session["a"] == 1
    assert session.state.version == version


def test_a_session_knows_its_user(store, saved, user):
    saved(**{SESSION_KEY: str(user.pk)})
    assert UserSession.objects.get().user == user


@pytest.fixture
def cached(fragile_cache):
    return cached_db.SessionStore


def test_the_cache_answers_without_sql(cached, saved, django_assert_num_queries):
    key = saved(a=1)
    assert cached(key)["a"] == 1
    with django_assert_num_queries(0):
        assert cached(key)["a"] == 1


def test_no_session_is_lost_when_the_cache_goes_away_and_comes_back_empty(cached, saved, fragile_cache):
    key = saved(a=1)
    fragile_cache(True)
    assert cached(key)["a"] == 1
    change(cached(key), a=2)
    assert cached(key)["a"] == 2
    fragile_cache(False)
    caches["fragile"].clear()
    assert cached(key)["a"] == 2


def test_what_was_saved_while_the_cache_was_away_wins_over_what_it_kept(cached, saved, fragile_cache):
    key, other = saved(a="old"), saved(b="unchanged")
    fragile_cache(True)
    change(cached(key), a="new")
    fragile_cache(False)
    assert cached(key)["a"] == "new"
    assert cached(key)["a"] == "new"
    assert cached(other)["b"] == "unchanged"


def test_a_session_ended_while_the_cache_was_away_stays_ended(cached, saved, fragile_cache):
    key = saved(a=1)
    fragile_cache(True)
    cached(key).flush()
    fragile_cache(False)
    assert cached(key).get("a") is None


def test_what_one_process_could_not_write_another_does_not_read(cached, saved, fragile_cache, monkeypatch):
    """The other process never lost the cache, so it believes what the cache says of the epoch, for some seconds."""
    key = saved(a="old")
    assert cached(key)["a"] == "old"
    fragile_cache(True)
    change(cached(key), a="new")
    fragile_cache(False)
    monkeypatch.setattr(cache, "retry_at", None)
    caches["fragile"].delete(cache.STATE_KEY)  # as if those seconds were over
    assert cached(key)["a"] == "new"


def test_a_save_by_a_process_behind_on_the_epoch_reaches_the_others(cached, saved):
    key = saved(a="old")
    behind = cached(key)
    assert behind["a"] == "old"
    versions.raise_number(versions.EPOCH)
    versions.write_to_cache()
    assert cached(key)["a"] == "old"
    change(behind, a="new")
    assert cached(key)["a"] == "new"


def test_a_slow_reader_does_not_put_back_what_a_writer_replaced(cached, saved, monkeypatch):
    key = saved(a="old")
    caches["fragile"].clear()
    load = cached._stored_row

    def slow(session):
        row = load(session)
        monkeypatch.setattr(cached, "_stored_row", load)
        change(cached(key), a="new")
        return row

    monkeypatch.setattr(cached, "_stored_row", slow)
    assert cached(key)["a"] == "old"
    assert cached(key)["a"] == "new"


def test_a_slow_reader_does_not_bring_back_an_ended_session(cached, saved, monkeypatch):
    key = saved(a="old")
    caches["fragile"].clear()
    load = cached._stored_row

    def slow(session):
        row = load(session)
        monkeypatch.setattr(cached, "_stored_row", load)
        cached(key).flush()
        return row

    monkeypatch.setattr(cached, "_stored_row", slow)
    assert cached(key)["a"] == "old"
    assert cached(key).get("a") is None


def test_a_save_that_is_rolled_back_leaves_nothing_in_the_cache(cached, saved, monkeypatch):
    key = saved(a="old")
    monkeypatch.setattr(cached_db, "is_inside_transaction", lambda using: True)
    with transaction.atomic():
        change(cached(key), a="never")
        transaction.set_rollback(True)
    assert cached(key)["a"] == "old"


def test_every_page_is_served_while_the_cache_comes_and_goes(fragile_cache, log_in, user, rename):
    browser = log_in(user)
    for number in range(6):
        fragile_cache(number % 2 == 0)
        rename(f"Name{number}")
        response = browser.get("/page")
        assert response.content == f"Name{number} | team renamed".encode()
        assert browser.get("/page").content == f"Name{number} | ".encode()
