from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import transaction
from django.utils import timezone

from sessionsync import cache, versions
from sessionsync.models import RefreshSignal
from sessionsync.publishing import complete_signal, delete_old_signals, publish

NOBODY = """SELECT 0 AS user_id, '' AS email, 0 AS old_league_id, 0 AS new_league_id,
                   '' AS league_name, '' AS refresh_reason WHERE 1 = 0"""
pytestmark = pytest.mark.django_db


def test_each_publish_raises_the_version_by_one(rename):
    before = versions.current_version()
    assert rename("Bea") == before + 1
    assert rename("Cleo") == before + 2
    assert versions.current_version() == before + 2


def test_a_publish_signals_exactly_the_users_it_names(user, make_user, rename):
    make_user("Bob")
    version = rename("Bea", reason="league re-keyed")
    [signal] = RefreshSignal.objects.all()
    assert (signal.user, signal.email, signal.refresh_reason) == (user, user.email, "league re-keyed")
    assert (signal.old_league_id, signal.new_league_id, signal.league_name) == (None, 7, "North")
    assert (signal.version, signal.is_refreshed, signal.refreshed_at) == (version, False, None)


def test_a_completed_signal_is_armed_again_in_its_one_row(user, rename):
    version = rename("Bea")
    complete_signal(user.pk, version)
    assert RefreshSignal.objects.get().is_refreshed
    rename("Cleo", reason="run undone")
    signal = RefreshSignal.objects.get()
    assert (signal.is_refreshed, signal.refreshed_at, signal.refresh_reason) == (False, None, "run undone")


def test_a_signal_of_a_later_publish_is_not_completed_by_a_context_of_before(user, rename):
    version = rename("Bea")
    rename("Cleo")
    assert complete_signal(user.pk, version) is None
    assert not RefreshSignal.objects.get().is_refreshed


def test_a_publish_that_is_rolled_back_leaves_nothing(user):
    before = versions.current_version()
    with transaction.atomic():
        assert publish(NOBODY) == before + 1
        transaction.set_rollback(True)
    assert versions.stored_state().version == before


@pytest.mark.django_db(transaction=True)
def test_a_publish_outside_a_transaction_is_refused():
    with pytest.raises(transaction.TransactionManagementError):
        publish(NOBODY)


def test_a_publish_succeeds_while_the_cache_is_down(user, rename, monkeypatch):
    monkeypatch.setattr(cache, "retry_at", float("inf"))
    assert versions.current_version() + 1 == rename("Bea") == versions.current_version()


def test_the_cache_knows_a_new_version_as_soon_as_it_is_committed(settings, django_capture_on_commit_callbacks):
    before = versions.current_version()
    with django_capture_on_commit_callbacks() as callbacks:
        assert publish(NOBODY) == before + 1
    assert versions.current_version() == before
    [tell_the_cache] = callbacks
    tell_the_cache()
    assert caches[settings.SESSION_CACHE_ALIAS].get(cache.STATE_KEY) == [before + 1, 0]


def test_a_version_in_the_cache_is_believed_without_sql(user, rename, django_assert_num_queries):
    version = rename("Bea")
    with django_assert_num_queries(0):
        assert versions.current_version() == version


def test_an_old_signal_of_a_user_deleted_behind_its_back_goes_too(user, rename):
    rename("Bea")
    RefreshSignal.objects.update(user_id=user.pk + 1000)
    assert delete_old_signals(7) == 0
    RefreshSignal.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert delete_old_signals(7) == 1


def test_only_signals_completed_long_ago_are_deleted(make_user, rename):
    old, recent, pending = (make_user(name) for name in ("Old", "Recent", "Pending"))
    version = rename("X", old, recent, pending)
    for user in (old, recent):
        complete_signal(user.pk, version)
    long_ago = timezone.now() - timedelta(days=8)
    RefreshSignal.objects.filter(user=old).update(refreshed_at=long_ago)
    RefreshSignal.objects.filter(user=pending).update(created_at=long_ago)
    assert delete_old_signals(7) == 1
    assert {signal.user for signal in RefreshSignal.objects.all()} == {recent, pending}
