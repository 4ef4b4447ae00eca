"""gunicorn, by the environment: `BIND_ADDRESS`, `PORT`, `WEB_CONCURRENCY` (processes) and `WEB_THREADS` (of each)."""

import os
import tempfile

from rally.logging import logging_config

bind = f"{os.environ.get('BIND_ADDRESS', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
timeout = 60
graceful_timeout = 30
max_requests = 10_000
max_requests_jitter = 1_000
logconfig_dict = logging_config(
    as_json=os.environ.get("LOG_JSON", "1").lower() in ("1", "true", "yes", "on"),
    level=os.environ.get("LOG_LEVEL", "INFO"),
)

# The processes of this server add up their counters in files that live as long as the server. The
# metrics library looks for the variable once, when it is first imported: so it is not imported above.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="rally-metrics-")


def child_exit(_server, worker):
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
