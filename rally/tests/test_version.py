"""One version, written in one place, and shown to whoever asks a running site."""

import re

import pytest
from django.conf import settings
from django.urls import reverse
from packaging.version import Version

import rally
from leagues.tests.factories import UserFactory

CHANGELOG = (settings.BASE_DIR / "CHANGELOG.md").read_text()


def test_healthz_tells_the_version(client):
    assert client.get("/healthz").content.decode() == f"ok\nRally {rally.__version__}\n"


@pytest.mark.django_db
def test_the_foot_of_every_page_of_the_admin_tells_the_version(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    for page in ("admin:index", "admin:leagues_team_changelist"):
        foot = client.get(reverse(page)).content.decode().partition('<footer id="footer">')[2]
        assert foot.startswith(f"Rally {rally.__version__}</footer>")


def test_it_is_the_latest_of_the_changelog_or_on_the_way_to_the_next():
    headings = re.findall(r"^## \[(\S+)\]", CHANGELOG, re.MULTILINE)
    latest = Version(next(heading for heading in headings if heading != "Unreleased"))
    version = Version(rally.__version__)
    assert version > latest if version.is_devrelease else version == latest
    assert (headings[0] == "Unreleased") == version.is_devrelease
