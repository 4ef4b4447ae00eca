import pytest
from prometheus_client import Counter
from prometheus_client.core import GaugeMetricFamily

TOKEN = "letmein"
served = Counter("rally_test_served", "Only here to be seen.")


def courts():
    family = GaugeMetricFamily("rally_test_courts", "Courts free.")
    family.add_metric([], 3)
    return [family]


def broken():
    raise RuntimeError("no figures today")


def read(client, token=TOKEN):
    return client.get("/metrics", headers={"authorization": f"Bearer {token}"})


@pytest.fixture
def token(settings):
    settings.METRICS_TOKEN = TOKEN


def test_nobody_reads_metrics_outside_debug_when_no_token_is_set(client, settings):
    settings.DEBUG, settings.METRICS_TOKEN = False, ""
    assert read(client, "").status_code == 401
    assert client.get("/metrics").status_code == 401


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", "Bearer ünïcode"])
def test_a_wrong_token_is_refused(client, header):
    response = client.get("/metrics", headers={"authorization": header})
    assert response.status_code == 401
    assert b"rally_test" not in response.content


@pytest.mark.usefixtures("token")
def test_the_token_opens_the_counters_of_this_process(client):
    served.inc()
    assert "rally_test_served_total 1.0" in read(client).content.decode()


@pytest.mark.usefixtures("token")
def test_collectors_are_asked_when_read_and_a_broken_one_harms_no_other(client, settings, caplog):
    settings.METRICS_COLLECTORS = [f"{__name__}.broken", f"{__name__}.courts"]
    body = read(client).content.decode()
    assert "rally_test_courts 3.0" in body
    assert f'rally_collector_up{{collector="{__name__}.broken"}} 0.0' in body
    assert f'rally_collector_up{{collector="{__name__}.courts"}} 1.0' in body
    assert "no figures today" in caplog.text


@pytest.mark.usefixtures("token")
def test_plain_http_inside_the_network_may_read_them(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert read(client).status_code == 200


@pytest.mark.usefixtures("token")
@pytest.mark.django_db
def test_methods_and_addresses_that_the_site_does_not_know_are_counted_as_one(client):
    def labels() -> set[str]:
        lines = read(client).content.decode().splitlines()
        return {line.partition("}")[0] for line in lines if line.startswith("rally_request_seconds_count")}

    client.get("/no/such/page/")
    client.generic("BREW", "/no/such/page/")
    client.generic("BREW", "/login/")
    read(client)
    known = labels()
    assert 'rally_request_seconds_count{method="GET",route="unknown",status="404"' in known
    assert 'rally_request_seconds_count{method="unknown",route="unknown",status="404"' in known
    assert 'rally_request_seconds_count{method="unknown",route="/login/",status="405"' in known
    for number in range(20):
        client.get(f"/no/such/page/{number}")
        client.generic(f"BREW{number}", "/login/")
        client.get(f"/static/{number}.css")
    assert labels() == known
