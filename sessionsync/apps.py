from django.apps import AppConfig


class SessionSyncConfig(AppConfig):
    name = "sessionsync"
    verbose_name = "Session sync"

    def ready(self) -> None:
        from sessionsync import checks, receivers  # noqa: F401
