from rally.celery import app as celery_app

__version__ = "1.1.0.dev0"
"""Of this site; the only place it is written. CHANGELOG.md says what each version brought."""

__all__ = ["__version__", "celery_app"]
