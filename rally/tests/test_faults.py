"""What a failed request is answered with, whosever fault it is."""

import pytest
from django.db import DatabaseError, connection, transaction

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
