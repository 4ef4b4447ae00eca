"""The Celery application: tasks of all apps; workers log as the site does, with the id of the request behind a task."""

import logging.config
import os
from typing import Any

from celery import Celery, Task, signals

from rally.logging import request_id

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rally.settings")
app = Celery("rally")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def use_the_logging_of_the_site(**_kwargs: Any) -> None:
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@signals.before_task_publish.connect
def send_request_id(headers: dict[str, Any], **_kwargs: Any) -> None:
    headers["request_id"] = request_id.get()


@signals.task_prerun.connect
def take_request_id(task: "Task[..., Any]", task_id: str, **_kwargs: Any) -> None:
    """A task logs with the id of the request that sent it, or with its own if there was none."""
    if not task.request.is_eager:
        request_id.set(task.request.get("request_id") or task_id)
