import json

import pytest
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django_celery_beat.models import CrontabSchedule, PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler

from etlimport.operations import schedule
from etlimport.operations.schedule import setup_schedule
from rally.celery import app

pytestmark = pytest.mark.django_db

NIGHTLY = "Rally: nightly import"


@pytest.fixture(autouse=True)
def nightly(settings):
    settings.IMPORT_SOURCE, settings.IMPORT_TIME, settings.TIME_ZONE = "/snapshots", "02:30", "America/Chicago"


def when(name: str) -> crontab:
    return PeriodicTask.objects.get(name=name).schedule


def test_every_job_is_scheduled_at_its_time():
    setup_schedule()
    assert when(NIGHTLY) == crontab(minute="30", hour="2")
    assert when("Rally: session clean-up") == crontab(minute="0", hour="3")
    assert when("Rally: stale contexts") == crontab(minute="0", hour="2", day_of_week="0")
    assert when("Rally: health") == crontab(minute="*/5")
    assert when("Rally: refresh signals") == crontab(minute="15", hour="3")
    assert when("Rally: alerts") == crontab()
    assert str(PeriodicTask.objects.get(name=NIGHTLY).crontab.timezone) == "America/Chicago"


@pytest.mark.parametrize("hour", range(24))
def test_beat_finds_the_nightly_import_at_any_hour(settings, hour):
    """It leaves out what it thinks is not due soon, and so would forget a night on which it was not running."""
    settings.IMPORT_TIME = f"{hour}:30"
    setup_schedule()
    found = DatabaseScheduler(app=app, lazy=True).enabled_models()
    assert NIGHTLY in {task.name for task in found}


def test_every_scheduled_task_exists():
    setup_schedule()
    app.loader.import_default_modules()
    assert {entry.full_task for entry in schedule.entries()} <= set(app.tasks)


def test_setting_up_again_changes_nothing():
    assert set(setup_schedule().values()) == {"made"}
    before = list(PeriodicTask.objects.order_by("pk").values())
    assert set(setup_schedule().values()) == {"unchanged"}
    assert list(PeriodicTask.objects.order_by("pk").values()) == before


def test_a_new_time_is_taken_over(settings):
    setup_schedule()
    settings.IMPORT_TIME = "5:45"
    done = setup_schedule()
    assert [name for name, what in done.items() if what == "changed"] == [NIGHTLY]
    assert when(NIGHTLY) == crontab(minute="45", hour="5")


def test_without_a_source_there_is_no_nightly_import(settings):
    setup_schedule()
    settings.IMPORT_SOURCE = ""
    assert setup_schedule()[NIGHTLY] == "removed"
    assert not PeriodicTask.objects.filter(name=NIGHTLY).exists()


def test_what_an_operator_switched_off_stays_off_and_their_own_entries_stay():
    setup_schedule()
    PeriodicTask.objects.filter(name=NIGHTLY).update(enabled=False)
    PeriodicTask.objects.create(name="Ours alone", task="x", crontab=CrontabSchedule.objects.create())
    assert set(setup_schedule().values()) == {"unchanged"}
    assert not PeriodicTask.objects.get(name=NIGHTLY).enabled
    assert PeriodicTask.objects.filter(name="Ours alone").exists()


@pytest.mark.parametrize("time", ["", "24:00", "2:60", "half past two", "02:30:00", "-1:00"])
def test_a_time_that_is_none_is_refused(settings, time):
    settings.IMPORT_TIME = time
    with pytest.raises(ImproperlyConfigured, match="IMPORT_TIME"):
        setup_schedule()


def test_the_command_says_what_it_did(capsys):
    call_command("setup_schedule")
    assert f"{NIGHTLY}: made, 30 2-2 * * *" in capsys.readouterr().out
    call_command("setup_schedule", "--json")
    assert json.loads(capsys.readouterr().out)[NIGHTLY] == "unchanged"
