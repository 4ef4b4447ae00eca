"""How pages travel: whose they are, when they are sent again, and which are compressed."""

import gzip

import pytest
from django.db import transaction
from django.test import Client

from leagues.models import User
from leagues.tests.factories import LeagueFactory, UserFactory
from sessionsync.publishing import publish_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    client = Client()
    client.force_login(UserFactory())
    return client


def again(client, first, path="/settings/"):
    return client.get(path, headers={"if-none-match": first["ETag"]})


def test_a_page_is_for_its_reader_alone_and_asked_for_each_time(client):
    for path in ("/", "/settings/", "/switch/", "/api/leagues"):
        response = client.get(path)
        assert response.status_code == 200
        assert response["Cache-Control"] == "private, no-cache"
        assert "Cookie" in response["Vary"]


def test_what_must_not_be_stored_stays_so(client):
    assert "no-store" in Client().get("/login/")["Cache-Control"]
    assert "ETag" not in Client().get("/login/")


def test_a_page_that_has_not_changed_is_not_sent_again(client):
    client.get("/settings/")
    response = again(client, client.get("/settings/"))
    assert response.status_code == 304
    assert not response.content
    assert response["Cache-Control"] == "private, no-cache"


def test_a_page_that_has_changed_is(client):
    client.get("/switch/")
    before = client.get("/switch/")
    LeagueFactory(name="Brand New")
    response = again(client, before, "/switch/")
    assert response.status_code == 200
    assert "Brand New" in response.content.decode()


def test_the_forms_of_a_page_kept_by_the_browser_still_work():
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())
    client.get("/settings/")
    kept = client.get("/settings/")
    assert again(client, kept).status_code == 304
    token = str(kept.context["csrf_token"])
    form = {"first_name": "New", "last_name": "Name", "csrfmiddlewaretoken": token}
    assert client.post("/settings/", form).status_code == 302


def test_a_page_whose_forms_no_longer_work_is_sent_again(client):
    client.get("/settings/")
    kept = client.get("/settings/")
    client.cookies["csrftoken"] = "x" * 32
    assert again(client, kept).status_code == 200


def test_nobody_elses_page_is_taken_for_ones_own(client):
    client.get("/settings/")
    kept = client.get("/settings/")
    other = Client()
    other.force_login(UserFactory())
    assert again(other, kept).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_that_the_session_was_refreshed_is_told_also_where_the_answer_is_the_same(client):
    client.get("/api/leagues")
    kept = client.get("/api/leagues")
    assert again(client, kept, "/api/leagues").status_code == 304
    with transaction.atomic():
        publish_to(User.objects.all(), "a new night")
    response = again(client, kept, "/api/leagues")
    assert (response.status_code, response["X-Session-Refreshed"]) == (200, "true")


@pytest.mark.parametrize("accepted", ["br", "gzip", "zstd"])
def test_a_page_is_compressed_as_the_browser_takes_it(client, accepted):
    plain = client.get("/settings/")
    response = client.get("/settings/", headers={"accept-encoding": accepted})
    assert response["Content-Encoding"] == accepted
    assert "Accept-Encoding" in response["Vary"]
    assert len(response.content) < len(plain.content) / 2
    if accepted == "gzip":
        assert b"</html>" in gzip.decompress(response.content)
    assert client.get("/settings/", headers={"if-none-match": response["ETag"]}).status_code == 304


def test_nothing_that_may_contain_what_was_sent_is_compressed(client):
    for_all = {"accept-encoding": "br, gzip, zstd"}
    reflecting = [
        client.post("/settings/", {"first_name": "a" * 900}, headers=for_all),
        client.get("/settings/?q=guess", headers=for_all),
        client.get("/l/guess/", headers=for_all),
    ]
    assert [response.status_code for response in reflecting] == [200, 200, 404]
    assert not any(response.has_header("Content-Encoding") for response in reflecting)
