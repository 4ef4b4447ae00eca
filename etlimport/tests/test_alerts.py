import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from etlimport.alerts import check_alerts, conditions, delivery, outage
from etlimport.models import AlertIncident, AlertNotice, HealthSnapshot, ImportRun

pytestmark = pytest.mark.django_db

Status = ImportRun.Status


@pytest.fixture(autouse=True)
def admins(settings):
    settings.ADMINS = [("Ann", "ann@example.com")]
    settings.ALERT_WEBHOOK = ""
    settings.IMPORT_SOURCE = ""


@pytest.fixture
def webhook(settings):
    """A server that keeps what it is sent, and answers with `.status`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.received.append(json.loads(body))
            self.send_response(server.status)
            self.end_headers()

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.received, server.status = [], 200
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        settings.ALERT_WEBHOOK = f"http://127.0.0.1:{server.server_port}/hook"
        yield server
        server.shutdown()
        thread.join()


def make_run(status, ago=timedelta(), **fields) -> ImportRun:
    now = timezone.now() - ago
    return ImportRun.objects.create(source="/snapshots", status=status, started_at=now, finished_at=now, **fields)


def make_health(score: float):
    counts = {"users": 100, "users_at_home": int(score), "orphaned": 0}
    return HealthSnapshot.objects.create(score=score, band="good", counts=counts)


def keys(incidents) -> list[str]:
    return [incident.key for incident in incidents]


def subjects() -> list[str]:
    return [message.subject for message in mail.outbox]


def test_a_fresh_site_has_nothing_to_say():
    assert check_alerts() == []
    assert mail.outbox == []


@pytest.mark.parametrize("status", [Status.FAILED, Status.REFUSED, Status.UNREADABLE, Status.DIED])
def test_a_run_that_did_not_publish_is_told_once_and_once_when_it_is_over(status):
    make_run(status, reasons=["Half of the teams are missing."])
    assert keys(check_alerts()) == ["import failed"]
    check_alerts()
    (message,) = mail.outbox
    assert message.subject == "[Rally] Alert: import failed"
    assert "Half of the teams are missing." in message.body
    assert message.to == ["ann@example.com"]

    make_run(Status.PUBLISHED)
    assert check_alerts() == []
    check_alerts()
    assert subjects() == ["[Rally] Alert: import failed", "[Rally] Over: import failed"]


def test_a_second_incident_is_told_again():
    for _ in range(2):
        make_run(Status.FAILED)
        check_alerts()
        make_run(Status.UNCHANGED)
        check_alerts()
    assert len(mail.outbox) == 4


def test_an_import_that_found_another_run_at_work_alerts_nobody_and_ends_no_alert():
    make_run(Status.REFUSED, cause=ImportRun.Cause.BUSY)
    assert check_alerts() == []
    make_run(Status.FAILED)
    make_run(Status.REFUSED, cause=ImportRun.Cause.BUSY)
    assert keys(check_alerts()) == ["import failed"]


def test_a_rehearsal_or_an_undo_that_is_refused_alerts_nobody():
    make_run(Status.REFUSED, dry_run=True)
    make_run(Status.REFUSED, mode=ImportRun.Mode.UNDO)
    assert check_alerts() == []


def test_a_run_whose_process_is_gone_is_found_and_told():
    run = ImportRun.objects.create(source="/snapshots", step="merge")
    assert keys(check_alerts()) == ["import failed"]
    run.refresh_from_db()
    assert run.status == Status.DIED
    assert "died in the middle" in mail.outbox[0].body


def test_health_below_95_is_told_with_the_repair_command():
    make_health(95)
    assert check_alerts() == []
    make_health(94.9)
    assert keys(check_alerts()) == ["health low"]
    assert "fix_league_contexts" in mail.outbox[0].body
    make_health(97)
    check_alerts()
    assert subjects()[-1] == "[Rally] Over: health low"


def test_an_unhealthy_session_backend_is_told_after_five_minutes(monkeypatch):
    state = {"healthy": False, "database": {"ok": True}, "cache": {"ok": False}}
    monkeypatch.setattr(conditions, "session_health", lambda: state)
    assert check_alerts() == []
    assert mail.outbox == []
    AlertIncident.objects.update(first_seen=timezone.now() - timedelta(minutes=5))
    assert keys(check_alerts()) == ["sessions unhealthy"]
    assert "its cache does not answer" in mail.outbox[0].body


def test_a_session_backend_that_recovers_in_time_is_no_incident(monkeypatch):
    state = {"healthy": False, "database": {"ok": True}, "cache": {"ok": False}}
    monkeypatch.setattr(conditions, "session_health", lambda: state)
    check_alerts()
    state["healthy"] = True
    check_alerts()
    assert not AlertIncident.objects.exists()


@pytest.mark.parametrize(("hours", "told"), [(25, False), (27, True)])
def test_a_nightly_import_that_is_missing_for_26_hours_is_told(settings, hours, told):
    settings.IMPORT_SOURCE = "/snapshots"
    make_run(Status.UNCHANGED, timedelta(hours=hours))
    make_run(Status.PUBLISHED, mode=ImportRun.Mode.SETTLE)
    assert keys(check_alerts()) == ["import overdue"] * told
    assert ["run_etl --source /snapshots" in message.body for message in mail.outbox] == [True] * told


def test_a_site_that_never_imported_is_given_26_hours(settings):
    settings.IMPORT_SOURCE = "/snapshots"
    assert check_alerts() == []


def test_a_webhook_gets_the_incident_and_its_end_as_json(webhook):
    make_health(50)
    check_alerts()
    make_health(100)
    check_alerts()
    opened, over = webhook.received
    assert (opened["event"], opened["key"], opened["until"]) == ("opened", "health low", None)
    assert opened["text"].startswith("Alert: health low.")
    assert over["event"] == "over"
    assert over["until"] > over["since"]


def test_what_could_not_be_delivered_is_tried_again_by_its_channel_alone(webhook, caplog):
    webhook.status = 500
    make_health(50)
    check_alerts()
    assert "could not be sent by webhook" in caplog.text
    assert "HTTP Error 500" in AlertNotice.objects.get(channel="webhook").error
    webhook.status = 204
    check_alerts()
    check_alerts()
    assert len(webhook.received) == 2
    assert len(mail.outbox) == 1


def test_a_notice_somebody_is_sending_is_left_to_them():
    make_health(50)
    check_alerts()
    AlertNotice.objects.update(sent_at=None)
    delivery.deliver()
    assert len(mail.outbox) == 1
    AlertNotice.objects.update(tried_at=timezone.now() - timedelta(minutes=3))
    delivery.deliver()
    assert len(mail.outbox) == 2


def test_only_http_addresses_are_called(settings):
    settings.ALERT_WEBHOOK = "file:///etc/passwd"
    make_health(50)
    check_alerts()
    assert "must begin with https://" in AlertNotice.objects.get(channel="webhook").error


def test_a_condition_that_cannot_be_checked_hides_no_other(monkeypatch, caplog):
    monkeypatch.setattr(conditions, "session_health", lambda: 1 / 0)
    make_health(50)
    assert keys(check_alerts()) == ["health low"]
    assert "“sessions unhealthy” could not be checked" in caplog.text


def test_a_database_that_does_not_answer_is_told_after_five_minutes_and_once_it_does(monkeypatch, webhook):
    def down():
        raise OperationalError("connection refused")

    moment = timezone.now()
    monkeypatch.setattr(outage.timezone, "now", lambda: moment)
    for minutes, told in ((0, 0), (4, 0), (5, 1), (6, 1)):
        with monkeypatch.context() as broken:
            broken.setattr(outage.timezone, "now", lambda minutes=minutes: moment + timedelta(minutes=minutes))
            broken.setattr("etlimport.run.lifecycle.find_dead", down)
            with pytest.raises(OperationalError):
                check_alerts()
        assert len(mail.outbox) == len(webhook.received) == told
    check_alerts()
    check_alerts()
    assert subjects() == ["[Rally] Alert: database down", "[Rally] Over: database down"]
    assert [body["event"] for body in webhook.received] == ["opened", "over"]


def test_the_command_says_what_is_wrong_and_fails(capsys):
    call_command("check_alerts")
    assert capsys.readouterr().out == "All is well.\n"
    make_health(50)
    with pytest.raises(SystemExit) as ended:
        call_command("check_alerts", "--json")
    assert ended.value.code == 1
    (found,) = json.loads(capsys.readouterr().out)["open"]
    assert found["key"] == "health low"
