"""What a failed request is answered with, whosever fault it is."""

import psycopg2
import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import Client

from leagues.models import User
from rally import faults
from rally.request_limits import set_limits

pytestmark = pytest.mark.django_db


def raised_by(sql: str) -> DatabaseError:
    with pytest.raises(DatabaseError) as raised, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    return raised.value


@pytest.fixture
def visit(client, monkeypatch):
    """Asks for a page whose view runs a statement."""
    client.raise_request_exception = False

    def visit(path: str, sql: str):
        def fail(*_args):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)

        monkeypatch.setattr("django.contrib.auth.views.LoginView.get", fail)
        monkeypatch.setattr("leagues.api.session_health", fail)
        return client.get(path)

    return visit


@pytest.mark.postgresql
@pytest.mark.parametrize("code", ["08006", "25P03", "40001", "40P01", "53300", "55P03", "57014", "57P01", "57P03"])
def test_a_database_that_is_away_is_told_from_a_wrong_statement(code):
    assert faults.is_away(raised_by(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$"))


@pytest.mark.parametrize("sql", ["SELECT * FROM nothing_of_this_name", "SELECT FROM WHERE", "SELECT abs('a', 'b')"])
def test_a_wrong_statement_is_a_fault_of_the_site(visit, sql):
    assert not faults.is_away(raised_by(sql))
    assert visit("/login/", sql).status_code == 500
    response = visit("/api/health/session", sql)
    assert (response.status_code, response["Content-Type"]) == (500, "application/json")


@pytest.mark.postgresql
def test_a_statement_that_takes_too_long_is_answered_with_503(visit):
    too_long = "SET LOCAL statement_timeout = '10ms'; SELECT pg_sleep(5)"
    response = visit("/login/", too_long)
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "Our database is busy or restarting" in response.content.decode()
    response = visit("/api/health/session", too_long)
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response.json() == {"detail": "The database is busy or restarting. Try again in a few seconds."}


@pytest.mark.postgresql
def test_under_debug_too_as_it_is_no_fault_of_the_code(visit, settings):
    settings.DEBUG = True
    assert visit("/login/", "SET LOCAL statement_timeout = '10ms'; SELECT pg_sleep(5)").status_code == 503


async def test_under_asgi_too(async_client, monkeypatch):
    def fail(*_args, **_kwargs):
        raise OperationalError("the connection is lost") from psycopg2.OperationalError("closed")

    monkeypatch.setattr("django.contrib.auth.views.LoginView.get", fail)
    response = await async_client.get("/login/")
    assert (response.status_code, response["Retry-After"]) == (503, "5")


def test_a_session_that_cannot_be_saved_after_the_view_is_answered_with_503(client, monkeypatch):
    client.raise_request_exception = False

    def fail(*_args, **_kwargs):
        raise OperationalError("the connection is lost") from psycopg2.OperationalError("closed")

    client.force_login(User.objects.create(email="reader@rally.example"))
    monkeypatch.setattr("sessionsync.backends.db.SessionStore._update", fail)
    monkeypatch.setattr("leagues.views.home.select", keep_something)
    response = client.post("/switch/")
    assert (response.status_code, response["Retry-After"]) == (503, "5")


def keep_something(request):
    request.session["kept"] = 1
    return HttpResponse("well")


@pytest.mark.django_db(transaction=True)
def test_a_form_that_refers_to_a_row_that_an_import_has_replaced_is_told_so(client, monkeypatch):
    """The row goes between the moment the view finds it and the commit."""
    client.raise_request_exception = False
    client.force_login(User.objects.create(email="late@rally.example"))

    def select_what_is_gone(request):
        with transaction.atomic():
            User.objects.filter(pk=request.user.pk).update(league_context_id=987654321)

    monkeypatch.setattr("leagues.views.home.select", select_what_is_gone)
    response = client.post("/switch/", {"league": "any"})
    assert response.status_code == 409
    assert "what you picked has been replaced" in response.content.decode()
    assert not User.objects.exclude(league_context=None).exists()


@pytest.mark.postgresql
def test_a_request_has_the_limits_of_the_settings(settings):
    settings.REQUEST_LOCK_TIMEOUT, settings.REQUEST_STATEMENT_TIMEOUT, settings.REQUEST_IDLE_TIMEOUT = 2, 7, 9
    set_limits(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting(name) FROM unnest(ARRAY['lock_timeout', 'statement_timeout',"
            " 'idle_in_transaction_session_timeout']) AS name"
        )
        assert [value for (value,) in cursor.fetchall()] == ["2s", "7s", "9s"]


@pytest.mark.sqlite
def test_on_sqlite_the_limit_is_how_long_it_waits_for_another_writer(settings):
    settings.REQUEST_LOCK_TIMEOUT = 2
    set_limits(connection)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        found = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {connection.settings_dict['OPTIONS']['timeout'] * 1000}")
    assert found == (2000,)


FORM = "application/x-www-form-urlencoded"
UNREADABLE = {
    "another charset": (f"{FORM}; charset=utf-16", "username=ä".encode("utf-16")),
    "no boundary": ("multipart/form-data", b"--x--"),
    "NUL": (FORM, b"username=%00"),
    "NUL as the name of a field": (FORM, b"%00=1"),
}
READ_AS_FAR_AS_IT_GOES = {
    "it ends within a part": b'--x\r\nContent-Disposition: form-data; name="user',
    "base64 that is none": b'--x\r\nContent-Disposition: form-data; name="username"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\n!\r\n--x--",
    "no parts at all": b"\xff\xfe",
}


@pytest.fixture
def sender():
    """Sends a body as a browser would that has opened the form: with the token in a header, as a script sends it."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.get("/login/")
    token = {"x-csrftoken": client.cookies["csrftoken"].value}

    def send(path: str, content_type: str, body: bytes):
        return client.generic("POST", path, body, content_type=content_type, headers=token)

    return send


@pytest.mark.parametrize("path", ["/login/", "/switch/", "/admin/login/"])
@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_body_that_cannot_be_read_is_answered_with_a_page_that_says_so(sender, path, kind):
    response = sender(path, *UNREADABLE[kind])
    assert response.status_code == 400
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert "Not understood" in response.content.decode()


@pytest.mark.parametrize("path", ["/login/", "/switch/", "/admin/login/"])
@pytest.mark.parametrize("kind", READ_AS_FAR_AS_IT_GOES)
def test_a_body_that_is_cut_short_lacks_what_the_form_asks_for(sender, path, kind):
    response = sender(path, "multipart/form-data; boundary=x", READ_AS_FAR_AS_IT_GOES[kind])
    assert response.status_code in (200, 302)


def test_under_the_api_it_is_answered_with_json():
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.get("/login/")
    response = client.generic("POST", "/api/refresh-session", b"a=1", content_type=f"{FORM}; charset=utf-16")
    assert response.status_code == 400
    assert response.json() == {"detail": "This could not be read. Send UTF-8, without NUL characters."}


@pytest.mark.parametrize("path", ["/l/%00/", "/l/a%00b/s/x/", "/register/%00/", "/settings/player/%00/"])
def test_an_address_with_a_nul_character_is_not_understood(client, path):
    client.force_login(User.objects.create(email="reader@rally.example"))
    client.raise_request_exception = False
    response = client.get(path)
    assert response.status_code == 400
    assert "Not understood" in response.content.decode()


@pytest.mark.parametrize(
    "path", ["/l/%FF%FE/", "/%C3%28/", "/l/%ED%A0%80/", "/settings/suggestions/99999999999999999999/"]
)
def test_an_address_that_is_no_utf_8_or_beyond_all_numbers_leads_nowhere(client, path):
    client.force_login(User.objects.create(email="reader@rally.example"))
    client.raise_request_exception = False
    assert client.get(path).status_code in (404, 405)
    assert client.post(path).status_code in (404, 405)


@pytest.mark.parametrize("query", ["next=%FF%FE", "next=%00", "q=%00", "q=%ED%A0%80", "%FF=%FF", "page=%F0%28%8C%28"])
@pytest.mark.parametrize("path", ["/", "/login/", "/switch/", "/admin/leagues/player/", "/api/leagues"])
def test_a_query_that_is_no_utf_8_harms_nothing(client, path, query):
    client.force_login(User.objects.create(email="reader@rally.example", is_staff=True, is_superuser=True))
    client.raise_request_exception = False
    assert client.get(f"{path}?{query}").status_code in (200, 302)
