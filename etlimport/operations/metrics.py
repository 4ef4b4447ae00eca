"""The metrics about imports, health, signals, sessions and alerts that Prometheus reads."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Count, Max, Q
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric

from etlimport.alerts import open_incidents
from etlimport.alerts.conditions import imports
from etlimport.models import HealthSnapshot, ImportRun
from etlimport.reports import run_report
from sessionsync.models import RefreshSignal, UserSession


def figures() -> Iterator[Metric]:
    yield from of_all_runs()
    yield from of_the_last_import()
    yield from of_health()
    signals = RefreshSignal.objects.aggregate(
        pending=Count("pk", filter=Q(is_refreshed=False)), completed=Count("pk", filter=Q(is_refreshed=True))
    )
    yield gauge("rally_refresh_signals", "Refresh signals, by whether they were taken up.", "state", signals)
    now = timezone.now()
    sessions = UserSession.objects.aggregate(
        active=Count("pk", filter=Q(expire_date__gt=now)), expired=Count("pk", filter=Q(expire_date__lte=now))
    )
    yield gauge("rally_sessions", "Sessions in the database.", "state", sessions)
    incidents = dict.fromkeys(open_incidents().values_list("key", flat=True), 1)
    yield gauge("rally_alert_open", "Alerts that are open.", "alert", incidents)


def of_all_runs() -> Iterator[Metric]:
    outcomes = ImportRun.objects.order_by().values("status").annotate(runs=Count("pk"), ended=Max("finished_at"))
    rows: dict[str, dict[str, Any]] = {row["status"]: dict(row) for row in outcomes}
    counts = {outcome: rows.get(outcome, {}).get("runs", 0) for outcome in ImportRun.Status.values}
    yield gauge("rally_import_runs", "Import runs on record, by outcome.", "outcome", counts)
    ended = {outcome: row["ended"].timestamp() for outcome, row in rows.items() if row["ended"]}
    yield gauge("rally_import_last_end_timestamp_seconds", "When a run last ended so.", "outcome", ended)


def of_the_last_import() -> Iterator[Metric]:
    """The rows and times of the last import that published."""
    run = imports().filter(status=ImportRun.Status.PUBLISHED).first()
    if run is None:
        return
    files = run.counts.get("files", {}).values()
    rows = {part: sum(counts.get(part, 0) for counts in files) for part in run_report.FILE_COLUMNS}
    yield gauge("rally_import_rows", "Rows of the last published import, by what became of them.", "part", rows)
    duration = GaugeMetricFamily("rally_import_duration_seconds", "How long the last published import took.")
    duration.add_metric([], run_report.seconds(run))
    yield duration
    yield gauge("rally_import_step_seconds", "How long its steps took.", "step", run.timings)


def of_health() -> Iterator[Metric]:
    snapshot = HealthSnapshot.objects.first()
    if snapshot is None:
        return
    score = GaugeMetricFamily("rally_health_score", "The health score, 0 to 100.")
    score.add_metric([], snapshot.score)
    yield score
    yield gauge("rally_health_count", "The counts behind the score, a check each.", "count", snapshot.counts)


def gauge(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family
