"""`/metrics` for Prometheus: counters summed over all web processes, and figures read from the database."""

import logging
import os
from collections.abc import Iterable
from secrets import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

logger = logging.getLogger(__name__)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not may_read_metrics(request):
        return HttpResponse(
            "Send METRICS_TOKEN as a bearer token. Without that setting nobody may read the metrics.\n",
            status=401,
            headers={"WWW-Authenticate": "Bearer"},
            content_type="text/plain",
        )
    return HttpResponse(generate_latest(whole_registry()), content_type=CONTENT_TYPE_LATEST)


def may_read_metrics(request: HttpRequest) -> bool:
    if not settings.METRICS_TOKEN:
        return bool(settings.DEBUG)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and compare_digest(token.encode(), settings.METRICS_TOKEN.encode())


def whole_registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)
    else:
        registry.register(REGISTRY)
    registry.register(SiteCollector())
    return registry


class SiteCollector:
    """Figures that are read whenever /metrics is: what the functions in `METRICS_COLLECTORS` return.

    That setting holds dotted paths of functions without arguments that return prometheus metric families. If
    one raises, that is logged and shown as `rally_collector_up 0`; the others still answer.
    """

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterable[Metric]:
        up = GaugeMetricFamily("rally_collector_up", "Whether a collector of figures answered.", labels=["collector"])
        for path in settings.METRICS_COLLECTORS:
            families = figures_of(path)
            up.add_metric([path], families is not None)
            yield from families or []
        yield up


def figures_of(path: str) -> list[Metric] | None:
    try:
        return list(import_string(path)())
    except Exception:
        logger.exception("The metrics collector %s failed", path)
        return None
