"""What runs when, written into the tables of django-celery-beat as often as one likes."""

import re
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django_celery_beat.models import CrontabSchedule, PeriodicTask

OURS = "Rally: "
"""How the names of our entries begin; entries of other names are the operators' own."""

HOUR = 3600


@dataclass(frozen=True)
class Entry:
    """`when`: fields of a crontab. A task not taken up within `expires` seconds is dropped: the next one is due."""

    name: str
    task: str
    expires: int
    when: dict[str, str] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        return OURS + self.name

    @property
    def full_task(self) -> str:
        return f"etlimport.tasks.{self.task}"


def entries() -> list[Entry]:
    """The schedule as the settings want it. Without IMPORT_SOURCE there is no nightly import."""
    nightly = [Entry("nightly import", "import_nightly", 6 * HOUR, import_time())] if settings.IMPORT_SOURCE else []
    return [
        *nightly,
        Entry("stale contexts", "clean_up_stale_contexts", 6 * HOUR, daily(2, 0) | {"day_of_week": "0"}),
        Entry("session clean-up", "clean_up_sessions", 6 * HOUR, daily(3, 0)),
        Entry("refresh signals", "clean_up_refresh_signals", 6 * HOUR, daily(3, 15)),
        Entry("old health scores", "clean_up_health", 6 * HOUR, daily(3, 30)),
        Entry("health", "check_health", 240, {"minute": "*/5"}),
        Entry("alerts", "check_alerts", 50, {}),
    ]


def daily(hour: int, minute: int) -> dict[str, str]:
    """Each day at this time; later, and once, if beat was not running then.

    The hour is written as a range. django-celery-beat leaves out entries with a plain hour more than two hours away,
    so that beat would never find one of those overdue.
    """
    return {"hour": f"{hour}-{hour}", "minute": str(minute)}


def import_time() -> dict[str, str]:
    match = re.fullmatch(r"(\d?\d):(\d\d)", settings.IMPORT_TIME)
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise ImproperlyConfigured(f"IMPORT_TIME is “{settings.IMPORT_TIME}”: give a time of day such as 02:30.")
    return daily(int(match[1]), int(match[2]))


@transaction.atomic
def setup_schedule() -> dict[str, str]:
    """Make the entries what the settings say; {entry: "made", "changed", "unchanged" or "removed"}.

    An entry that an operator switched off stays off.
    """
    wanted = entries()
    done = {entry.full_name: set_up(entry) for entry in wanted}
    for old in PeriodicTask.objects.filter(name__startswith=OURS).exclude(name__in=done):
        done[old.name] = "removed"
        old.delete()
    return done


def set_up(entry: Entry) -> str:
    crontab = {"minute": "*", "hour": "*", "day_of_week": "*", "day_of_month": "*", "month_of_year": "*"} | entry.when
    crontab["timezone"] = settings.TIME_ZONE
    values = {"task": entry.full_task, "crontab": crontab_of(crontab), "expire_seconds": entry.expires}
    found = PeriodicTask.objects.filter(name=entry.full_name).select_related("crontab").first()
    if found is None:
        PeriodicTask.objects.create(name=entry.full_name, **values)
        return "made"
    if all(getattr(found, name) == value for name, value in values.items()):
        return "unchanged"
    for name, value in values.items():
        setattr(found, name, value)
    found.save()
    return "changed"


def crontab_of(fields: dict[str, str]) -> CrontabSchedule:
    """The first such crontab, as an operator may have made a second one; made where there is none."""
    found = CrontabSchedule.objects.filter(**fields).order_by("pk").first()
    return found or CrontabSchedule.objects.create(**fields)
