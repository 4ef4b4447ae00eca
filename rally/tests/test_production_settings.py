import json

import pytest
from django.core.exceptions import ImproperlyConfigured

from rally import settings as settings_file
from rally.tests.processes import production_environment, run

READ_SETTINGS = """
import json
from rally import settings
names = {names}
print(json.dumps({{name: getattr(settings, name) for name in names}}))
"""


def settings_of(environment: dict, *names: str) -> dict:
    """The values of these settings in a fresh process with this environment."""
    result = run(["python", "-c", READ_SETTINGS.format(names=names)], environment)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.processes
def test_check_deploy_is_clean_when_configured():
    result = run(["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"], production_environment())
    assert result.returncode == 0, result.stderr
    assert "no issues (0 silenced)" in result.stdout


@pytest.mark.processes
def test_check_deploy_refuses_a_key_the_machine_made_itself():
    result = run(["python", "manage.py", "check", "--deploy"], production_environment(SECRET_KEY=""))
    assert result.returncode == 1
    assert "rally.E001" in result.stderr


@pytest.mark.processes
def test_what_is_safe_is_the_default_outside_debug_and_not_in_the_way_inside():
    names = ("DEBUG", "SECURE_SSL_REDIRECT", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_SECURE", "BEHIND_PROXY")
    assert settings_of(production_environment(), *names) == {
        "DEBUG": False,
        "SECURE_SSL_REDIRECT": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_SECURE": True,
        "BEHIND_PROXY": False,
    }
    inside = settings_of(production_environment(DEBUG="1"), *names)
    assert inside == {**dict.fromkeys(names, False), "DEBUG": True}


@pytest.mark.processes
def test_without_a_broker_tasks_run_at_once_and_with_redis_they_are_queued():
    names = ("CELERY_TASK_ALWAYS_EAGER", "CELERY_BROKER_URL")
    nothing = production_environment(REDIS_URL="", CELERY_BROKER_URL="")
    assert settings_of(nothing, *names) == {"CELERY_TASK_ALWAYS_EAGER": True, "CELERY_BROKER_URL": ""}
    redis = production_environment(REDIS_URL="redis://cache:6379/0", CELERY_BROKER_URL="redis://broker:6379/1")
    assert settings_of(redis, *names) == {
        "CELERY_TASK_ALWAYS_EAGER": False,
        "CELERY_BROKER_URL": "redis://broker:6379/1",
    }


@pytest.mark.django_db
def test_every_page_carries_the_security_headers(client):
    response = client.get("/admin/login/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"


def test_hsts_is_sent_over_https(client, settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    response = client.get("/metrics", secure=True)
    assert response["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


@pytest.mark.django_db
def test_the_proxy_is_believed_only_where_one_is_configured(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    forwarded = {"x-forwarded-proto": "https"}
    assert client.get("/admin/login/", headers=forwarded).status_code == 301
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert client.get("/admin/login/", headers=forwarded).status_code == 200


def test_a_key_of_the_machine_is_made_once_and_read_by_its_owner_only(tmp_path, monkeypatch):
    monkeypatch.setattr(settings_file, "BASE_DIR", tmp_path)
    key = settings_file.local_secret_key()
    assert len(key) >= 50
    assert settings_file.local_secret_key() == key
    assert (tmp_path / ".secret-key").stat().st_mode & 0o777 == 0o600


def test_where_none_can_be_made_the_error_says_what_to_set(tmp_path, monkeypatch):
    monkeypatch.setattr(settings_file, "BASE_DIR", tmp_path / "nowhere")
    with pytest.raises(ImproperlyConfigured, match="Set SECRET_KEY"):
        settings_file.local_secret_key()
