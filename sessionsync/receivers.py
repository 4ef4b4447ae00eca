"""What must happen to sessions when their user logs in, or may not any more."""

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver

from sessionsync.sessions import describe_client, end_sessions, sessions_of


@receiver(user_logged_in)
def note_where_from(request, **_):
    describe_client(request)


@receiver(post_save, sender=get_user_model())
def end_sessions_of_inactive(instance, created, raw, **_):
    if not (created or raw or instance.is_active):
        end_sessions(sessions_of(instance))


@receiver(pre_delete, sender=get_user_model())
def end_sessions_of_deleted(instance, **_):
    end_sessions(sessions_of(instance))
