from django.apps import AppConfig


class EtlImportConfig(AppConfig):
    name = "etlimport"
    verbose_name = "Import"
