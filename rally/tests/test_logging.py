import json
import logging
import logging.config
import threading

import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker

from rally.celery import app as celery_of_the_site
from rally.celery import send_request_id
from rally.logging import logging_config, request_id


@pytest.fixture
def root_handlers():
    """Puts the handlers of the root logger back, which configuring the logging replaces."""
    root = logging.getLogger()
    kept = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = kept[0], kept[1]


@pytest.fixture
def celery_put_back():
    """A worker of another application makes that the current one of this process."""
    yield
    celery_of_the_site.set_current()
    celery_of_the_site.set_default()


def test_a_request_keeps_the_id_it_came_with(client):
    assert client.get("/metrics", headers={"x-request-id": "abc-123"})["X-Request-ID"] == "abc-123"


@pytest.mark.parametrize("given", ["", "x" * 101, "a b", "<script>"])
def test_an_unusable_id_is_replaced_by_a_new_one(client, given):
    ids = {client.get("/metrics", headers={"x-request-id": given})["X-Request-ID"] for _ in range(2)}
    assert len(ids) == 2
    assert given not in ids


async def test_a_request_under_asgi_gets_an_id_too(async_client):
    response = await async_client.get("/metrics", headers={"x-request-id": "abc-123"})
    assert response["X-Request-ID"] == "abc-123"


def test_a_request_logs_one_line_with_its_route_and_never_its_query(client, caplog):
    with caplog.at_level("INFO", logger="rally.request"):
        client.get("/metrics?token=secret")
    (record,) = [record for record in caplog.records if record.name == "rally.request"]
    assert (record.method, record.route, record.status) == ("GET", "/metrics", 401)
    assert "secret" not in record.getMessage()


@pytest.mark.usefixtures("root_handlers")
def test_outside_debug_a_line_is_one_json_object_with_request_id_and_extras(capsys):
    logging.config.dictConfig(logging_config(as_json=True, level="INFO"))
    token = request_id.set("r-1")
    logging.getLogger("some.module").warning("Run %s failed", 7, extra={"run": 7})
    request_id.reset(token)
    line = json.loads(capsys.readouterr().err)
    assert line.pop("time")
    assert line == {
        "level": "WARNING",
        "logger": "some.module",
        "message": "Run 7 failed",
        "request_id": "r-1",
        "run": 7,
    }


@pytest.mark.usefixtures("root_handlers")
def test_an_exception_stays_within_its_json_line(capsys):
    logging.config.dictConfig(logging_config(as_json=True, level="INFO"))
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("some.module").exception("It failed")
    (line,) = capsys.readouterr().err.splitlines()
    assert "ValueError: two\nlines" in json.loads(line)["exc_info"]


@pytest.mark.usefixtures("root_handlers")
def test_inside_debug_a_line_is_for_people(capsys):
    logging.config.dictConfig(logging_config(as_json=False, level="INFO"))
    logging.getLogger("some.module").info("Ready")
    assert capsys.readouterr().err.endswith("INFO    some.module: Ready\n")


def test_a_task_carries_the_id_of_the_request_that_sent_it():
    token = request_id.set("r-2")
    headers = {}
    send_request_id(headers=headers)
    request_id.reset(token)
    assert headers == {"request_id": "r-2"}


@pytest.mark.processes
@pytest.mark.usefixtures("celery_put_back")
def test_a_task_logs_under_the_id_of_the_request_that_sent_it():
    app = Celery("courts", broker="memory://", set_as_current=False)
    app.conf.broker_transport_options = {"polling_interval": 0.01}
    seen, done = [], threading.Event()

    @app.task(name="book")
    def book():
        seen.append(request_id.get())
        done.set()

    token = request_id.set("r-3")
    book.delay()
    request_id.reset(token)
    with start_worker(app, perform_ping_check=False, pool="solo", shutdown_timeout=30):
        assert done.wait(10)
    assert seen == ["r-3"]
