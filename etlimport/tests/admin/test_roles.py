"""Who may see and do what in the control room."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from etlimport.operations.roles import setup_roles
from etlimport.tests.admin.pages import deeds, make_question, make_run, page_of, sights
from leagues.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_a_viewer_sees_everything_and_can_act_on_nothing(log_in, launched):
    viewer = log_in("viewer")
    run = make_run()
    question = make_question(run)
    for address in sights(run):
        assert viewer.get(address).status_code == 200, address
    for address in deeds(run, question):
        assert viewer.get(address).status_code == 403, address
        assert viewer.post(address, {"source": "/snapshots"}).status_code == 403, address
    pages = b"".join(viewer.get(address).content for address in (reverse("admin:index"), page_of(run)))
    for button in (b"Start an import", b"Run again", b"Undo", b"decide/"):
        assert button not in pages
    assert launched == []
    question.refresh_from_db()
    assert question.status == "open"


def test_a_viewer_sees_nothing_that_is_peoples_own(log_in):
    viewer = log_in("viewer")
    for model in ("user", "captainmessage", "pollresponse", "availability", "playerassociation"):
        assert viewer.get(reverse(f"admin:leagues_{model}_changelist")).status_code == 403
    assert viewer.get(reverse("admin:sessionsync_usersession_changelist")).status_code == 403
    assert viewer.get(reverse("admin:leagues_team_changelist")).status_code == 200


def test_staff_without_a_group_sees_no_import(client):
    client.force_login(UserFactory(is_staff=True))
    run = make_run()
    assert b"Last runs" not in client.get(reverse("admin:index")).content
    for address in sights(run)[1:]:
        assert client.get(address).status_code == 403, address


def test_people_who_are_no_staff_are_sent_to_log_in(client):
    client.force_login(UserFactory())
    run = make_run()
    for address in (*sights(run), *deeds(run, make_question(run))):
        assert client.get(address).status_code == 302, address


def test_an_operator_may_not_touch_people_groups_or_the_schedule(log_in):
    operator = log_in("operator")
    for name in ("auth_group_add", "leagues_user_changelist", "django_celery_beat_periodictask_add"):
        assert operator.get(reverse(f"admin:{name}")).status_code == 403, name


def test_an_administrator_may_do_everything(log_in):
    administrator = log_in("administrator")
    run = make_run()
    for address in (*sights(run), *deeds(run, make_question(run))):
        assert administrator.get(address).status_code == 200, address
    assert administrator.get(reverse("admin:auth_group_add")).status_code == 200


def test_the_groups_can_be_made_again_and_lose_what_does_not_belong():
    counts = setup_roles()
    viewer = Group.objects.get(name="viewer")
    viewer.permissions.set(Group.objects.get(name="administrator").permissions.all())
    assert setup_roles() == counts
    assert viewer.permissions.count() == counts["viewer"] < counts["operator"] < counts["administrator"]
