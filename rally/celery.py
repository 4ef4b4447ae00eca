"""The Celery application: tasks of all apps, log lines like the site's, request ids that travel along."""

import logging.config
import os

from celery import Celery, signals

from rally.logging import request_id

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rally.settings")
app = Celery("rally")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def use_the_logging_of_the_site(**_kwargs):
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@signals.before_task_publish.connect
def send_request_id(headers, **_kwargs):
    headers["request_id"] = request_id.get()


@signals.task_prerun.connect
def take_request_id(task, task_id, **_kwargs):
    """A task logs under the id of the request that sent it, or else under its own."""
    if not task.request.is_eager:
        request_id.set(task.request.get("request_id") or task_id)
