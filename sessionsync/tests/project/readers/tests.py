"""What the wheel does in this project; run by `manage.py test` outside Rally's source. See `test_wheel.py`."""

from django.core.cache import cache
from django.core.management import call_command
from django.test import Client, TransactionTestCase
from django.urls import reverse

import sessionsync
from readers.branches import rename
from readers.models import Branch, Reader
from sessionsync import publishing, sessions
from sessionsync.models import RefreshSignal, UserSession


def browser_of(reader):
    """A browser in which the reader has logged in and seen the desk once."""
    browser = Client()
    browser.force_login(reader)
    browser.get("/desk")
    return browser


class Walk(TransactionTestCase):
    def setUp(self):
        cache.clear()
        self.branch = Branch.objects.create(name="North")
        self.ann = Reader.objects.enrol("0001", branch=self.branch)
        self.bob = Reader.objects.enrol("0002", branch=Branch.objects.create(name="South"))

    def test_a_publish_is_detected_refreshed_and_completed(self):
        laptop, phone, other = browser_of(self.ann), browser_of(self.ann), browser_of(self.bob)
        rename(self.branch, "North End")
        signal = RefreshSignal.objects.get()
        assert (signal.user, signal.email, signal.is_refreshed) == (self.ann, "", False)
        for browser in (laptop, phone):
            page = browser.get("/desk")
            assert page["X-Session-Refresh-Reason"] == "branch renamed"
            self.assertContains(page, "North End")
            self.assertContains(page, "Brought up to date: branch renamed.")
            again = browser.get("/desk")
            assert "X-Session-Refreshed" not in again
            self.assertNotContains(again, "Brought up to date")
        assert RefreshSignal.objects.get().is_refreshed
        assert other.get("/desk")["X-Session-Refresh-Reason"] == "session updated"

    def test_a_context_is_what_the_builder_returns_and_its_version(self):
        browser = browser_of(self.ann)
        expected = {"id": str(self.ann.pk), "card": "0001", "branch": "North", "version": 0}
        assert browser.session["context"] == expected

    def test_strangers_are_sent_to_the_login_page_or_answered_in_json(self):
        self.assertRedirects(Client().get("/desk"), "/login?next=/desk")
        assert Client().get("/api/loans").status_code == 401

    def test_the_sessions_of_a_reader_who_leaves_end(self):
        browser = browser_of(self.ann)
        self.ann.is_active = False
        self.ann.save()
        self.assertRedirects(browser.get("/desk"), "/login?next=/desk")
        assert not UserSession.objects.filter(user=self.ann).exists()

    def test_a_reader_lists_and_ends_sessions_and_other_devices_take_up_a_change(self):
        laptop, phone = browser_of(self.ann), browser_of(self.ann)
        assert sessions.sessions_of(self.ann).count() == 2
        Reader.objects.filter(pk=self.ann.pk).update(branch=self.bob.branch)
        sessions.mark_stale(self.ann, laptop.session)
        self.assertContains(phone.get("/desk"), "South")
        assert sessions.end_other_sessions(self.ann, laptop.session) == 1
        self.assertRedirects(phone.get("/desk"), "/login?next=/desk")

    def test_the_admin_shows_finds_and_acts(self):
        reader = browser_of(self.ann)
        rename(self.branch, "North End")
        admin = browser_of(Reader.objects.enrol("0009", is_staff=True, is_superuser=True))
        found = admin.get(reverse("admin:sessionsync_usersession_changelist"), {"q": "0001"})
        self.assertContains(found, "1 session")
        for action in ("complete", "arm_again"):
            data = {"action": action, "_selected_action": [str(self.ann.pk)]}
            page = admin.post(reverse("admin:sessionsync_refreshsignal_changelist"), data, follow=True)
            self.assertContains(page, "1 signal")
        assert reader.get("/desk")["X-Session-Refresh-Reason"] == "branch renamed"
        session = UserSession.objects.get(user=self.ann)
        data = {"action": "delete_selected", "_selected_action": [session.pk], "post": "yes"}
        admin.post(reverse("admin:sessionsync_usersession_changelist"), data)
        self.assertRedirects(reader.get("/desk"), "/login?next=/desk")

    def test_old_signals_and_expired_sessions_are_cleaned_up(self):
        browser = browser_of(self.ann)
        rename(self.branch, "North End")
        browser.get("/desk")
        assert publishing.delete_old_signals(days=0) == 1
        UserSession.objects.update(expire_date="2000-01-01T00:00Z")
        call_command("cleanup_sessions", verbosity=0)
        assert not UserSession.objects.exists()

    def test_it_is_the_wheel_that_runs(self):
        assert "site-of-the-wheel" in sessionsync.__file__
