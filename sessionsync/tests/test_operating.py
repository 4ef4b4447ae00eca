"""Commands, admin, health and metrics."""

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.urls import include, path, reverse
from django.utils import timezone
from prometheus_client import REGISTRY

from sessionsync import health, versions
from sessionsync.models import RefreshSignal, UserSession
from sessionsync.tests import site

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_signal(user, browser, rename):
    rename("Bea")
    browser.get("/page")
    RefreshSignal.objects.update(refreshed_at=timezone.now() - timedelta(days=8))


def output(capsys, *command, **options) -> str:
    call_command(*command, **options)
    return capsys.readouterr().out


def test_old_signals_are_cleaned_up_by_command(old_signal, capsys):
    assert output(capsys, "cleanup_refresh_signals", days=9) == ("Deleted 0 signals completed more than 9 days ago.\n")
    assert json.loads(output(capsys, "cleanup_refresh_signals", "--json")) == {"deleted": 1, "days": 7}


def test_an_impossible_age_is_refused():
    with pytest.raises(CommandError, match="--days"):
        call_command("cleanup_refresh_signals", days=-1)


def test_expired_sessions_are_cleaned_up_by_command(user, browser, log_in, capsys):
    UserSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    log_in(user)
    assert output(capsys, "cleanup_sessions") == "Deleted 1 expired sessions; 1 are live.\n"


@pytest.mark.processes
def test_the_demonstration_walks_through_a_refresh_and_leaves_nothing(tmp_path):
    """In a process and a database of its own, as it serves real HTTP."""
    database = f"sqlite:///{tmp_path / 'demo.sqlite3'}"
    environment = {**os.environ, "DATABASE_URL": database, "REDIS_URL": "", "LOG_LEVEL": "ERROR", "DEBUG": "1"}

    def manage(*command):
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=django_settings.BASE_DIR,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    manage("migrate", "-v0")
    steps = manage("session_refresh_demo", "--path", "/nowhere")
    assert [line.split()[0] for line in steps.splitlines()] == [
        *["restore"] * 3,
        "publish",
        *["detect", "refresh", "once"] * 2,
        *["refresh", "complete", "clean", "Every"],
    ]
    left = "from sessionsync.models import *; print(UserSession.objects.count() + RefreshSignal.objects.count())"
    assert manage("shell", "-v0", "-c", left).strip() == "0"


@pytest.fixture
def admin(settings, make_user, log_in):
    """A browser of the administrator, on a site with the admin."""
    from django.contrib import admin as django_admin

    settings.ROOT_URLCONF = (path("admin/", django_admin.site.urls), path("", include(site)))
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.contrib.messages.middleware.MessageMiddleware"]
    return log_in(make_user("Admin", is_staff=True, is_superuser=True))


def act(admin, model: str, action: str, *rows, **more):
    url = reverse(f"admin:sessionsync_{model}_changelist")
    data = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return admin.post(url, data, follow=True)


def test_the_admin_lists_signals_with_totals_and_filters(admin, old_signal):
    url = reverse("admin:sessionsync_refreshsignal_changelist")
    assert b"0 pending \xc2\xb7 1 completed" in admin.get(url).content
    for query, found in (("is_refreshed__exact=1", True), ("is_refreshed__exact=0", False), ("age=older", False)):
        assert (b"ann@example.org" in admin.get(f"{url}?{query}").content) is found, query


def test_the_admin_completes_a_signal(admin, user, rename):
    rename("Bea")
    act(admin, "refreshsignal", "complete", RefreshSignal.objects.get())
    assert RefreshSignal.objects.get().is_refreshed
    assert LogEntry.objects.get().get_change_message() == "Completed 1 signal."


def test_a_signal_armed_again_by_the_admin_refreshes_its_sessions(admin, browser, old_signal):
    before = versions.stored_state().version
    act(admin, "refreshsignal", "arm_again", RefreshSignal.objects.get())
    versions.write_to_cache()
    assert versions.current_version() == before + 1
    assert browser.get("/page")["X-Session-Refresh-Reason"] == "team renamed"


def test_the_admin_deletes_old_signals(admin, old_signal):
    act(admin, "refreshsignal", "delete_old", RefreshSignal.objects.get())
    assert not RefreshSignal.objects.exists()


def test_who_may_only_view_signals_cannot_act_on_them(admin, make_user, log_in, old_signal):
    viewer = make_user("Viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_refreshsignal"))
    for action in ("complete", "arm_again", "delete_old"):
        act(log_in(viewer), "refreshsignal", action, RefreshSignal.objects.get())
    assert RefreshSignal.objects.exists()
    assert versions.stored_state().version == 1


def test_a_session_deleted_in_the_admin_is_ended_and_its_key_never_shown(admin, user, browser):
    session = UserSession.objects.get(user=user)
    for view in ("changelist", "change"):
        args = [session.pk] if view == "change" else []
        shown = admin.get(reverse(f"admin:sessionsync_usersession_{view}", args=args)).content.decode()
        assert session.session_key not in shown
        assert session.session_data not in shown
    act(admin, "usersession", "delete_selected", session, post="yes")
    assert browser.get("/page").content == b"nobody | "


def test_health_counts_sessions_and_tells_the_backend(browser, monkeypatch):
    monkeypatch.setattr(health, "remembered", {})
    found = health.session_health()
    assert found["backend"] == django_settings.SESSION_ENGINE.rpartition(".")[2]
    assert (found["healthy"], found["active"], found["expired"]) == (True, 1, 0)
    assert found["database"]["latency_ms"] >= 0
    assert (found["cache"] is None) is (found["backend"] == "db")


def test_health_is_measured_at_most_every_few_seconds(browser, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(health, "remembered", {})
    first = health.session_health()
    with django_assert_num_queries(0):
        assert health.session_health() is first


def test_health_says_when_the_cache_is_down(settings, monkeypatch):
    settings.SESSION_ENGINE = "sessionsync.backends.cached_db"
    settings.SESSION_CACHE_ALIAS = "nowhere"
    found = health.measured_health()
    assert (found["healthy"], found["database"]["ok"], found["cache"]["ok"]) == (False, True, False)


def test_checks_and_restores_are_counted(user, log_in, rename, settings):
    def figure(name, **labels):
        return REGISTRY.get_sample_value(name, labels) or 0

    def figures():
        outcomes = ("warm", "refreshed", "restored", "failed")
        checks = [figure("session_checks_total", outcome=outcome) for outcome in outcomes]
        return [*checks, figure("session_restores_total", result="ok"), figure("session_check_seconds_count")]

    before = figures()
    browser = log_in(user)
    browser.get("/page")
    rename("Bea")
    browser.get("/page")
    rename("Cleo")
    settings.SESSIONSYNC = {**settings.SESSIONSYNC, "CONTEXT_BUILDER": f"{site.__name__}.failing_builder"}
    browser.get("/page")
    assert [new - old for new, old in zip(figures(), before, strict=True)] == [1, 1, 1, 1, 1, 4]
