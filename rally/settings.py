"""The one settings file, driven by the environment. docs/settings.md lists every variable."""

import os
import secrets
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from redis.backoff import NoBackoff
from redis.retry import Retry
from whitenoise.compress import Compressor

from rally.logging import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
env = environ.Env()


def local_secret_key() -> str:
    """The secret key of a machine without SECRET_KEY: made once and kept in a file that only its owner may read.

    `check --deploy` refuses such a key, because each of several machines would make one of its own.
    """
    path = BASE_DIR / ".secret-key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"Set SECRET_KEY: none is given and {error}") from error
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_urlsafe(50)
        file.write(key)
    return key


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or local_secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "rally",
    "leagues",
    "sessionsync",
    "etlimport",
    "django_celery_beat",
    "ninja",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "rally.health.health_middleware",
    "rally.request_log.request_log_middleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "rally.responses.CarefulCompression",
    "rally.responses.FreshPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "rally.faults.FaultsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "sessionsync.middleware.SessionRefreshMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "rally.urls"
WSGI_APPLICATION = "rally.wsgi.application"
ASGI_APPLICATION = "rally.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "leagues.context_processors.current",
            ],
        },
    }
]

# Database: SQLite with WAL where nothing is configured, PostgreSQL by DATABASE_URL.
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'rally.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-64000;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        # A server that is gone without a word is noticed within 20 seconds. The last figure is in milliseconds.
        "keepalives_idle": 5,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
        **DATABASES["default"].get("OPTIONS", {}),
    }
REQUEST_LOCK_TIMEOUT = env.int("REQUEST_LOCK_TIMEOUT", default=5)
REQUEST_STATEMENT_TIMEOUT = env.int("REQUEST_STATEMENT_TIMEOUT", default=20)
REQUEST_IDLE_TIMEOUT = env.int("REQUEST_IDLE_TIMEOUT", default=30)
"""Seconds a request may wait for one lock, spend on one statement, and be idle within its transaction. SQLite has only
the first: its lock of writers."""
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Cache: Redis by REDIS_URL, local memory without.
REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": env.str("CACHE_KEY_PREFIX", default="rally"),
            "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 2, "SOCKET_TIMEOUT": 2},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Sessions: in the database, with Redis in front of it where there is one.
SESSION_ENGINE = "sessionsync.backends.cached_db" if REDIS_URL else "sessionsync.backends.db"
SESSION_CACHE_ALIAS = "sessions" if REDIS_URL else "default"
if REDIS_URL:
    # An alias of its own: the sessions must learn that a write failed, and may wait only briefly.
    CACHES["sessions"] = {
        **CACHES["default"],
        "OPTIONS": {
            "IGNORE_EXCEPTIONS": False,
            "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
            "SOCKET_CONNECT_TIMEOUT": 0.5,
            "SOCKET_TIMEOUT": 0.5,
            # One more try: a connection kept from before a restart of Redis fails once.
            "CONNECTION_POOL_KWARGS": {"retry": Retry(NoBackoff(), 1)},
        },
    }
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=24) * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_SAMESITE = "Lax"

# People log in by email.
AUTH_USER_MODEL = "leagues.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Security: what is safe is the default outside DEBUG; the environment takes back what a site cannot do yet.
SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", default=not DEBUG)
SECURE_REDIRECT_EXEMPT = [r"^metrics$"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=0 if DEBUG else 365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=True)
CSRF_COOKIE_SECURE = not DEBUG
SECURE_REFERRER_POLICY = "same-origin"
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
"""Whether a reverse proxy in front sets X-Forwarded-Proto and -For, so that they can be believed."""
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SESSIONSYNC = {
    "CONTEXT_BUILDER": "leagues.contexts.build_context",
    "REQUIRED_FIELDS": ["id", "email", "external_player_id"],
    "EXEMPT_PATHS": env.list("SESSION_EXEMPT_PATHS", default=["/healthz", "/readyz", "/metrics", "/api/health/"]),
    "RESTORE": env.bool("SESSION_RESTORE", default=True),
    "SIGNAL_RETENTION_DAYS": env.int("SIGNAL_RETENTION_DAYS", default=7),
    "BEHIND_PROXY": BEHIND_PROXY,
}
"""What keeps sessions in step with the database; `sessionsync/conf.py` lists it all."""
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Watching
LOGGING = logging_config(as_json=env.bool("LOG_JSON", default=not DEBUG), level=env.str("LOG_LEVEL", default="INFO"))
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
"""The bearer token of /metrics. Without one nobody may read them outside DEBUG."""
METRICS_COLLECTORS = ["etlimport.operations.metrics.figures"]
"""Functions, by dotted path, that return prometheus metric families; /metrics asks each when it is read."""

LANGUAGE_CODE = "en-us"
TIME_ZONE = env.str("TIME_ZONE", default="America/Chicago")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "rally.staticfiles.SiteStaticFilesStorage"},
}
# Before `collectstatic` has run, static files are served from where they lie.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")  # only who debugs asks for one
WHITENOISE_USE_FINDERS = DEBUG or not (STATIC_ROOT / "staticfiles.json").exists()
STATICFILES_DIRS = [BASE_DIR / "static"] if (BASE_DIR / "static").is_dir() else []

# People and pages
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Rally <rally@localhost>")
MULTI_TENANCY = env.bool("MULTI_TENANCY", default=False)
"""Whether people may also see every league of their own organization."""

# The import
ETL_MAX_DROP = env.float("ETL_MAX_DROP", default=0.30)
"""Share of its active rows an entity of a league may lose before a run refuses."""
ETL_DROP_MIN_ROWS = env.int("ETL_DROP_MIN_ROWS", default=10)
"""Entities with fewer active rows than this are too small for a share to mean anything."""
ETL_UNDOABLE_RUNS = env.int("ETL_UNDOABLE_RUNS", default=14)
"""How many published runs keep what `undo_run` needs."""

IMPORT_LOCK_WAIT = env.int("IMPORT_LOCK_WAIT", default=30)
"""Seconds an import waits for another one at work before it is refused."""
IMPORT_PATIENCE = env.int("IMPORT_PATIENCE", default=60)
"""Seconds an import tries, letting everybody pass in between, to get a lock that somebody else holds."""
IMPORT_LOCK_TIMEOUT = env.int("IMPORT_LOCK_TIMEOUT", default=10)
IMPORT_STATEMENT_TIMEOUT = env.int("IMPORT_STATEMENT_TIMEOUT", default=1800)
IMPORT_IDLE_TIMEOUT = env.int("IMPORT_IDLE_TIMEOUT", default=300)
"""Seconds an import may wait for one lock, spend on one statement, and be idle within its transaction (PostgreSQL)."""

# Import schedule
IMPORT_SOURCE = env.str("IMPORT_SOURCE", default="")
"""The folder the nightly import reads; without one there is no nightly import."""
IMPORT_TIME = env.str("IMPORT_TIME", default="02:30")
IMPORT_ROOTS = env.list("IMPORT_ROOTS", default=[])
"""Further folders below which the admin may choose a source to import."""

# Alerts
ADMINS = [(address, address) for address in env.list("ADMINS", default=[])]
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_SUBJECT_PREFIX = "[Rally] "
EMAIL_TIMEOUT = 10
ALERT_WEBHOOK = env.str("ALERT_WEBHOOK", default="")
"""Where each alert is sent as JSON, when it opens and when it is over."""

# Celery. Without a broker a task runs at once in the process that sends it.
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=REDIS_URL)
CELERY_TASK_ALWAYS_EAGER = not CELERY_BROKER_URL
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", default="rally")
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = env.int("TASK_TIME_LIMIT", default=2 * 3600)
"""Seconds after which a task is killed; a minute earlier it is asked to stop."""
CELERY_TASK_SOFT_TIME_LIMIT = max(CELERY_TASK_TIME_LIMIT - 60, 1)
if CELERY_BROKER_URL.startswith(("redis", "sentinel")):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        # A task unacknowledged for longer is given to another worker, so no task may take longer.
        "visibility_timeout": CELERY_TASK_TIME_LIMIT + 300,
        "socket_connect_timeout": 5,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
