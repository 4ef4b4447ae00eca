from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.test import Client, RequestFactory
from django.utils import timezone

from sessionsync.models import UserSession
from sessionsync.session_keys import CLIENT_KEY, CONTEXT_KEY
from sessionsync.sessions import (
    client_ip,
    delete_expired_sessions,
    describe_client,
    end_other_sessions,
    end_session,
    live_sessions,
    mark_stale,
    sessions_of,
)

pytestmark = pytest.mark.django_db


def test_a_user_sees_their_own_live_sessions_only(user, make_user, log_in):
    mine, _, expired = log_in(user), log_in(make_user("Bob")), log_in(user)
    hour_ago = timezone.now() - timedelta(hours=1)
    UserSession.objects.filter(session_key=expired.session.session_key).update(expire_date=hour_ago)
    assert [each.session_key for each in sessions_of(user)] == [mine.session.session_key]


def test_a_session_says_where_it_is_used_from(browser, user):
    request = RequestFactory(headers={"user-agent": "Firefox " * 50}, REMOTE_ADDR="2001:db8::7").get("/")
    request.session = browser.session
    describe_client(request)
    request.session.save()
    session = sessions_of(user).get()
    assert (session.ip_address, len(session.user_agent)) == ("2001:db8::7", 300)


def test_a_user_ends_one_of_their_sessions(user, browser, log_in):
    other = log_in(user)
    ended = sessions_of(user).get(session_key=other.session.session_key)
    assert end_session(user, ended.pk)
    assert other.get("/page").content == b"nobody | "
    assert browser.get("/page").content == b"Ann | "


def test_nobody_ends_the_session_of_another(browser, user, make_user):
    assert not end_session(make_user("Bob"), sessions_of(user).get().pk)
    assert browser.get("/page").content == b"Ann | "


def test_a_user_ends_all_their_other_sessions(user, browser, make_user, log_in):
    others, stranger = [log_in(user), log_in(user)], log_in(make_user("Bob"))
    assert end_other_sessions(user, browser.session) == 2
    assert {other.get("/page").content for other in others} == {b"nobody | "}
    assert browser.get("/page").content == b"Ann | "
    assert stranger.get("/page").content == b"Bob | "


@pytest.mark.parametrize("leave", ["deactivate", "delete"])
def test_the_sessions_of_who_leaves_end_at_once(user, browser, leave):
    if leave == "delete":
        user.delete()
    else:
        user.is_active = False
        user.save()
    assert not UserSession.objects.exists()
    assert browser.get("/page").content == b"nobody | "


def test_other_devices_take_up_what_one_device_chose(user, browser, log_in):
    other = log_in(user)
    get_user_model().objects.filter(pk=user.pk).update(first_name="Chosen")
    mark_stale(user, browser.session)
    assert other.get("/page").content == b"Chosen | session updated"
    assert browser.get("/page").content == b"Ann | "


def test_the_session_key_changes_at_login_and_the_old_one_is_worthless(user):
    browser = Client()
    browser.get("/note?text=hello")
    before = browser.session.session_key
    browser.force_login(user)
    assert browser.session.session_key != before
    assert browser.session["note"] == "hello"
    assert not UserSession.objects.filter(session_key=before).exists()


def test_a_session_lasts_a_day_and_its_cookie_is_out_of_reach_of_scripts(user):
    browser = Client()
    browser.force_login(user)
    cookie = browser.get("/page").cookies[django_settings.SESSION_COOKIE_NAME]
    assert cookie["max-age"] == 24 * 3600
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_session_in_use_is_kept_alive_once_in_a_while(browser, user):
    session = browser.session
    session[CLIENT_KEY] = {**session[CLIENT_KEY], "seen": 0}
    session.save()
    UserSession.objects.update(last_seen=timezone.now() - timedelta(days=1))
    assert django_settings.SESSION_COOKIE_NAME in browser.get("/page").cookies
    assert timezone.now() - sessions_of(user).get().last_seen < timedelta(minutes=1)
    assert django_settings.SESSION_COOKIE_NAME not in browser.get("/page").cookies


def test_an_expired_session_opens_nothing_and_is_cleaned_up(browser):
    UserSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert delete_expired_sessions() == 1
    assert not live_sessions().exists()


@pytest.mark.parametrize(
    ("behind_proxy", "remote", "forwarded", "found"),
    [
        (False, "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        (True, "192.0.2.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (True, "192.0.2.1", "", "192.0.2.1"),
        (True, "192.0.2.1", "not an address", None),
        (False, "", "", None),
        (False, "fe80::1%eth0", "", "fe80::1"),
    ],
)
def test_the_address_is_the_one_that_can_be_believed(settings, behind_proxy, remote, forwarded, found):
    settings.SESSIONSYNC = {**settings.SESSIONSYNC, "BEHIND_PROXY": behind_proxy}
    request = RequestFactory(REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded).get("/")
    assert client_ip(request) == found


def test_a_context_is_nothing_but_the_builders_and_its_version(browser, user):
    assert browser.session[CONTEXT_KEY] == {
        "id": user.pk,
        "email": user.email,
        "first_name": "Ann",
        "external_player_id": "",
        "had": False,
        "version": 0,
    }
