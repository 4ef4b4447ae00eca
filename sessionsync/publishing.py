"""Tell sessions that the data changed: raise the session version, arm the signals of whom it concerns."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from sessionsync import versions
from sessionsync.models import RefreshSignal

# `WHERE true` lets SQLite tell ON CONFLICT from a join condition; the casts give NULL literals a type.
ARM = """
    INSERT INTO user_session_refresh_signals
        (user_id, email, old_league_id, new_league_id, league_name, refresh_reason,
         version, created_at, refreshed_at, is_refreshed)
    SELECT changed.user_id, changed.email,
           CAST(changed.old_league_id AS bigint), CAST(changed.new_league_id AS bigint),
           COALESCE(changed.league_name, ''), changed.refresh_reason, %s, %s, NULL, false
    FROM ({changed_users}) AS changed
    WHERE true
    ON CONFLICT (user_id) DO UPDATE SET
        email = excluded.email,
        old_league_id = excluded.old_league_id,
        new_league_id = excluded.new_league_id,
        league_name = excluded.league_name,
        refresh_reason = excluded.refresh_reason,
        version = excluded.version,
        created_at = excluded.created_at,
        refreshed_at = NULL,
        is_refreshed = false
"""


def publish(changed_users_sql: str, params=()) -> int:
    """Within the caller's transaction: raise the session version and arm signals; returns the version.

    `changed_users_sql` selects user_id, email, old_league_id, new_league_id, league_name, refresh_reason,
    one row for each user whose context changed; a literal % is written %%. The version's row stays locked
    until the commit, so publishes follow one another. The cache hears of it after the commit; if it cannot,
    sessions notice within `versions.CACHED_SECONDS`. Raises TransactionManagementError outside a
    transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("publish() belongs in the transaction of its data.")
    version = versions.raise_number(versions.VERSION)
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(ARM.format(changed_users=changed_users_sql), [version, now, *params])
    transaction.on_commit(versions.push, robust=True)
    return version


def delete_old_signals(days: float) -> int:
    """Delete signals completed more than `days` days ago, or of users long gone; how many there were."""
    before = timezone.now() - timedelta(days=days)
    is_completed = Q(is_refreshed=True, refreshed_at__lt=before)
    is_of_nobody = Q(created_at__lt=before) & ~Exists(get_user_model().objects.filter(pk=OuterRef("pk")))
    deleted, _ = RefreshSignal.objects.filter(is_completed | is_of_nobody).delete()
    return deleted


def complete_signal(user_id: int, version: int) -> tuple[str, int] | None:
    """Complete the user's signal, if armed up to that version; its reason and version, complete or not."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE user_session_refresh_signals
            SET is_refreshed = true, refreshed_at = COALESCE(refreshed_at, %s)
            WHERE user_id = %s AND version <= %s
            RETURNING refresh_reason, version
            """,
            [connection.ops.adapt_datetimefield_value(timezone.now()), user_id, version],
        )
        return cursor.fetchone()


def complete_signals(signals: QuerySet[RefreshSignal]) -> int:
    """Complete these signals without a session having taken them up; how many were pending."""
    return signals.filter(is_refreshed=False).update(is_refreshed=True, refreshed_at=timezone.now())


def arm_again(signals: QuerySet[RefreshSignal]) -> int:
    """Publish these signals anew, so that every session of their users takes them up; the new version."""
    chosen, params = signals.order_by().values("pk").query.sql_with_params()
    with transaction.atomic():
        return publish(
            f"""SELECT user_id, email, old_league_id, new_league_id, league_name, refresh_reason
                FROM user_session_refresh_signals WHERE user_id IN ({chosen})""",
            params,
        )
