from django.apps import AppConfig


class SessionSyncConfig(AppConfig):
    name = "sessionsync"
    verbose_name = "Session sync"
