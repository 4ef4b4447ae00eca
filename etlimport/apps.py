from django.apps import AppConfig
from django.db.backends.signals import connection_created


class EtlImportConfig(AppConfig):
    name = "etlimport"
    verbose_name = "Import"

    def ready(self) -> None:
        from etlimport.database.dialect import add_to_sqlite

        connection_created.connect(add_to_sqlite, dispatch_uid="etlimport")
