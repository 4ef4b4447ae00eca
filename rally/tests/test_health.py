from functools import partial

import pytest
from django.db import OperationalError, connections
from django.db.migrations.recorder import MigrationRecorder

from rally import health
from rally.celery import app


@pytest.fixture
def production(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["rally.example"]


@pytest.mark.usefixtures("production")
def test_a_probe_needs_neither_https_nor_an_allowed_host_nor_a_database(client):
    response = client.get("/healthz", headers={"host": "10.0.0.7:8000"})
    assert response.status_code == 200
    assert response.content.startswith(b"ok\n")


@pytest.mark.usefixtures("production")
def test_other_paths_are_redirected_to_https(client):
    response = client.get("/admin/", headers={"host": "rally.example"})
    assert (response.status_code, response["Location"]) == (301, "https://rally.example/admin/")


@pytest.mark.django_db
def test_readyz_names_every_check(client, settings):
    response = client.get("/readyz")
    assert response.status_code == 200
    body = response.json()
    assert body["status"] == "ready"
    assert list(body["checks"]) == ["database", "migrations", "cache", "broker"]
    assert body["checks"]["database"] == body["checks"]["migrations"] == "ok"
    with_server = "ok" if settings.REDIS_URL else "not configured"
    assert body["checks"]["cache"] == body["checks"]["broker"] == with_server


@pytest.mark.django_db
def test_readyz_is_503_when_the_database_does_not_answer_and_says_nothing_secret(client, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise OperationalError("no connection for user rally with password tennis")

    monkeypatch.setattr(connections["default"], "cursor", refuse)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["database"] == "failed: see the log"
    assert "tennis" not in response.content.decode()


@pytest.mark.django_db
def test_readyz_is_503_while_a_migration_is_unapplied(client, monkeypatch):
    monkeypatch.setattr(health, "complete_databases", set())
    MigrationRecorder(connections["default"]).record_unapplied("sessions", "0001_initial")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "unapplied migrations" in response.json()["checks"]["migrations"]


@pytest.mark.django_db
def test_readyz_costs_one_query_once_the_migrations_were_seen(client, django_assert_num_queries):
    client.get("/readyz")
    with django_assert_num_queries(1):
        client.get("/readyz")


@pytest.mark.django_db
def test_an_unreachable_broker_is_not_ready_unless_excluded(client, settings, monkeypatch):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    nobody_there = partial(app.connection, "redis://127.0.0.1:1/0")
    monkeypatch.setattr(app, "connection_for_write", nobody_there)
    assert client.get("/readyz").status_code == 503
    excluded = client.get("/readyz?exclude=broker")
    assert excluded.status_code == 200
    assert "broker" not in excluded.json()["checks"]


async def test_probes_answer_under_asgi(async_client, monkeypatch):
    # The real checks would leave a connection open in the thread that ran them.
    monkeypatch.setattr(health, "CHECKS", {"courts": lambda: True})
    assert (await async_client.get("/healthz")).status_code == 200
    assert (await async_client.get("/readyz")).json()["checks"] == {"courts": "ok"}
