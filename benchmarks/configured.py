"""Configures Django for a program of the benchmarks. Import it before anything that needs the settings."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rally.settings")
os.environ.setdefault("SECRET_KEY", "benchmark")
os.environ.setdefault("SSL_REDIRECT", "0")
os.environ.setdefault("LOG_LEVEL", "ERROR")
# Each run has its own keys, because an earlier one may have left a newer session version in the cache.
os.environ.setdefault("CACHE_KEY_PREFIX", f"rally-bench-{os.getpid()}")

import django

django.setup()
