"""What happens to the sessions of a user who logs in, is deactivated or is deleted."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver
from django.http import HttpRequest

from sessionsync.sessions import describe_client, end_sessions, sessions_of


@receiver(user_logged_in)
def note_where_from(request: HttpRequest, **_: Any) -> None:
    describe_client(request)


@receiver(post_save, sender=get_user_model())
def end_sessions_of_inactive(instance: AbstractBaseUser, created: bool, raw: bool, **_: Any) -> None:
    if not (created or raw or instance.is_active):
        end_sessions(sessions_of(instance))


@receiver(pre_delete, sender=get_user_model())
def end_sessions_of_deleted(instance: AbstractBaseUser, **_: Any) -> None:
    end_sessions(sessions_of(instance))
