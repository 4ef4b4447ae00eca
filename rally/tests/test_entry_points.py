"""The commands of the image and of compose.yaml, started as processes."""

import json
import os
import urllib.error
import urllib.request
import uuid

import pytest
from kombu import Connection

from rally.tests.processes import free_port, production_environment, run, running, wait_until
from rally.tests.test_containers import SERVICES, dockerfile_lines

pytestmark = pytest.mark.processes

WEB = json.loads(dockerfile_lines("CMD")[-1])
MIGRATE = ["python", "manage.py", "migrate_locked"]


def fetch(url: str, **headers: str) -> tuple[int, str]:
    """Status and body, whatever the status; 0 while nobody listens."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def test_the_web_command_migrates_then_serves_and_migrating_can_be_repeated(tmp_path):
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    environment = production_environment(
        DATABASE_URL=f"sqlite:///{tmp_path}/web.sqlite3",
        PORT=str(port),
        ALLOWED_HOSTS="rally.example",
        METRICS_TOKEN="letmein",
        BEHIND_PROXY="1",
    )
    log = tmp_path / "web.log"
    with running(WEB, environment, log):
        wait_until(lambda: fetch(f"{site}/healthz")[0] == 200, seconds=60)
        assert json.loads(fetch(f"{site}/readyz")[1])["checks"]["migrations"] == "ok"
        assert fetch(f"{site}/metrics", Host="rally.example")[0] == 401
        # Both processes' counters: how many requests were answered does not depend on who is asked.
        refused = 'rally_request_seconds_count{method="GET",route="/metrics",status="401"}'
        for _ in range(20):
            fetch(f"{site}/metrics", Host="rally.example")
        read = {"Host": "rally.example", "Authorization": "Bearer letmein"}
        counts = {
            line.rpartition(" ")[2]
            for _ in range(10)
            for line in fetch(f"{site}/metrics", **read)[1].splitlines()
            if line.startswith(refused)
        }
        assert counts == {"21.0"}
        login = {"Host": "rally.example", "X-Forwarded-Proto": "https", "X-Request-ID": "r-1"}
        status, page = fetch(f"{site}/admin/login/", **login)
        assert status == 200
        assert "csrfmiddlewaretoken" in page
        again = run(MIGRATE, environment)
        assert again.returncode == 0, again.stderr
        assert "No migrations to apply" in again.stdout
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert [line["status"] for line in lines if line.get("request_id") == "r-1"] == [200]
    assert any(line["logger"] == "gunicorn.error" for line in lines)


@pytest.mark.postgresql
def test_three_replicas_may_migrate_an_empty_database_at_once(empty_database, tmp_path):
    environment = production_environment(DATABASE_URL=empty_database)
    logs = [tmp_path / f"{number}.log" for number in range(3)]
    with (
        running(MIGRATE, environment, logs[0]) as one,
        running(MIGRATE, environment, logs[1]) as two,
        running(MIGRATE, environment, logs[2]) as three,
    ):
        codes = [process.wait(120) for process in (one, two, three)]
    outputs = [log.read_text() for log in logs]
    assert codes == [0, 0, 0], outputs
    assert sum("No migrations to apply" in output for output in outputs) == 2


@pytest.fixture(
    params=[
        pytest.param("REDIS_URL", marks=pytest.mark.redis),
        pytest.param("RABBITMQ_URL", marks=pytest.mark.rabbitmq),
    ]
)
def broker(request):
    """Its address and a queue of our own there, gone afterwards."""
    url, queue = os.environ[request.param], f"test-{uuid.uuid4().hex[:8]}"
    yield {"CELERY_BROKER_URL": url, "CELERY_QUEUE": queue}
    with Connection(url) as connection:
        connection.default_channel.queue_delete(queue)


@pytest.mark.postgresql
def test_the_worker_and_beat_commands_start_and_their_health_checks_pass(broker, empty_database, tmp_path):
    environment = production_environment(
        **broker,
        DATABASE_URL=empty_database,
        HOSTNAME=f"test-{uuid.uuid4().hex[:8]}",
    )
    assert run(MIGRATE, environment).returncode == 0
    worker_command = [*SERVICES["worker"]["command"], "--hostname", f"celery@{environment['HOSTNAME']}"]
    pid_file = tmp_path / "beat.pid"
    beat_command = [str(pid_file) if part == "/tmp/beat.pid" else part for part in SERVICES["beat"]["command"]]
    with (
        running(worker_command, environment, tmp_path / "worker.log"),
        running(beat_command, environment, tmp_path / "beat.log"),
    ):
        wait_until(lambda: " ready." in (tmp_path / "worker.log").read_text(), seconds=60)
        assert health_check_passes("worker", environment)
        wait_until(pid_file.exists)
        wait_until(lambda: "DatabaseScheduler" in (tmp_path / "beat.log").read_text())
        assert health_check_passes("beat", environment, {"/tmp/beat.pid": str(pid_file)})
    assert not health_check_passes("worker", environment)


def health_check_passes(service: str, environment: dict, replaced: dict[str, str] | None = None) -> bool:
    """Runs the health check of compose.yaml as the container's shell would."""
    kind, command = SERVICES[service]["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    command = command.replace("$$", "$")
    for old, new in (replaced or {}).items():
        command = command.replace(old, new)
    return run(["sh", "-c", command], environment).returncode == 0
