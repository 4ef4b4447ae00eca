from django.apps import AppConfig


class RallyConfig(AppConfig):
    name = "rally"

    def ready(self) -> None:
        from rally import checks  # noqa: F401
