"""Telling sessions that the data changed: the session version is raised and a signal written for each user concerned.

A signal is *armed* by a publish and *completed* when a session of its user has taken the change up.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.utils import timezone

from sessionsync import versions
from sessionsync.models import RefreshSignal

# Without `WHERE true` SQLite would read ON CONFLICT as a join condition. The casts give NULL a type on PostgreSQL.
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


class TakenUp(NamedTuple):
    """What a user's signal says, and the session version whose publish armed it."""

    reason: str
    version: int


def publish(changed_users_sql: str, params: Sequence[Any] = ()) -> int:
    """Raise the session version and arm signals, in the transaction that changes the data; returns the version.

    `changed_users_sql` selects user_id, email, old_league_id, new_league_id, league_name and refresh_reason,
    one row for each user whose context changed; a literal % is written %%. The row of the version stays
    locked until the commit, so that publishes follow one another. The cache is told after the commit; if it
    cannot be told, sessions notice within `versions.CACHED_SECONDS`. Raises TransactionManagementError
    outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("publish() must be called in the transaction of its data.")
    version = versions.raise_number(versions.VERSION)
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(ARM.format(changed_users=changed_users_sql), [version, now, *params])
    transaction.on_commit(versions.write_to_cache, robust=True)
    return version


def publish_to(users: QuerySet[Any], reason: str) -> int:
    """`publish` for a site without leagues: these users' context changed for this reason."""
    names = {field.name for field in users.model._meta.fields}
    email = users.model.get_email_field_name()
    chosen = users.order_by().values_list("pk", email if email in names else Value(""))
    sql, params = chosen.query.sql_with_params()
    return publish(
        f"""WITH chosen (user_id, email) AS ({sql})
            SELECT user_id, email, NULL AS old_league_id, NULL AS new_league_id,
                   '' AS league_name, %s AS refresh_reason FROM chosen""",
        [*params, reason],
    )


def delete_old_signals(days: float) -> int:
    """Delete signals completed more than `days` days ago, and signals of deleted users written so long ago.

    Returns how many there were.
    """
    before = timezone.now() - timedelta(days=days)
    is_completed = Q(is_refreshed=True, refreshed_at__lt=before)
    is_of_nobody = Q(created_at__lt=before) & ~Exists(get_user_model().objects.filter(pk=OuterRef("pk")))
    deleted, _ = RefreshSignal.objects.filter(is_completed | is_of_nobody).delete()
    return deleted


def complete_signal(user_id: Any, version: int) -> TakenUp | None:
    """Complete the user's signal if it was armed at `version` or before.

    Returns the signal, also if it was complete already; None if the user has none or only a later one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE user_session_refresh_signals
            SET is_refreshed = true, refreshed_at = COALESCE(refreshed_at, %s)
            WHERE user_id = %s AND version <= %s
            RETURNING refresh_reason, version
            """,
            [
                connection.ops.adapt_datetimefield_value(timezone.now()),
                RefreshSignal._meta.pk.get_db_prep_value(user_id, connection),
                version,
            ],
        )
        row = cursor.fetchone()
    return TakenUp(*row) if row else None


def complete_signals(signals: QuerySet[RefreshSignal]) -> int:
    """Complete these signals although no session has taken them up; returns how many were pending."""
    return signals.filter(is_refreshed=False).update(is_refreshed=True, refreshed_at=timezone.now())


def arm_again(signals: QuerySet[RefreshSignal]) -> int:
    """Publish these signals anew, so that every session of their users takes them up; returns the version."""
    chosen, params = signals.order_by().values("pk").query.sql_with_params()
    with transaction.atomic():
        return publish(
            f"""SELECT user_id, email, old_league_id, new_league_id, league_name, refresh_reason
                FROM user_session_refresh_signals WHERE user_id IN ({chosen})""",
            params,
        )
