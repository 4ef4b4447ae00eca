import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client

SITE = "sessionsync.tests.site"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "sessionsync.middleware.SessionRefreshMiddleware",
]


@pytest.fixture(autouse=True)
def small_site(settings):
    settings.ROOT_URLCONF = SITE
    settings.MIDDLEWARE = MIDDLEWARE
    settings.LOGIN_URL = "/login"
    settings.SESSIONSYNC = {
        "CONTEXT_BUILDER": f"{SITE}.build_context",
        "REQUIRED_FIELDS": ["id", "email", "external_player_id"],
        "EXEMPT_PATHS": ["/quiet/"],
    }


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch):
    """Every test starts as a new process would, which knows nothing of the cache yet."""
    from sessionsync import cache
    from sessionsync.backends import cached_db

    monkeypatch.setattr(cache, "retry_at", None)
    monkeypatch.setattr(cached_db, "probable_epoch", 0)


@pytest.fixture
def no_outer_transaction(monkeypatch):
    """Sessions are saved as outside tests, where no transaction around may still roll them back."""
    from sessionsync.backends import cached_db

    monkeypatch.setattr(cached_db, "is_inside_transaction", lambda using: False)


@pytest.fixture
def make_user():
    def make(name="Ann", **fields):
        return get_user_model().objects.create_user(f"{name}@example.org".lower(), first_name=name, **fields)

    return make


@pytest.fixture
def user(make_user):
    return make_user()


@pytest.fixture
def log_in():
    """A browser whose user logged in and has been seen once, so that its session is warm."""

    def log_in_as(user, warm=True, client_class=Client) -> Client:
        browser = client_class()
        browser.force_login(user)
        if warm:
            browser.get("/page")
        return browser

    return log_in_as


@pytest.fixture
def browser(user, log_in):
    return log_in(user)


@pytest.fixture
def rename(user, django_capture_on_commit_callbacks):
    """Give users a new name and publish that; `user` if none are given."""
    from sessionsync.publishing import publish

    def rename_to(name, *users, reason="team renamed"):
        ids = ", ".join(str(each.pk) for each in users or [user])
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            get_user_model().objects.filter(pk__in=ids.split(", ")).update(first_name=name)
            return publish(
                f"""SELECT id AS user_id, email, NULL AS old_league_id, 7 AS new_league_id,
                           'North' AS league_name, %s AS refresh_reason
                    FROM {get_user_model()._meta.db_table} WHERE id IN ({ids})""",
                [reason],
            )

    return rename_to
