"""Whatever a source writes: a run ends as documented, every row is accounted for, what is named stays, pages answer."""

from collections import Counter
from random import Random

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from etlimport.models import ImportRun
from etlimport.reports.run_report import exit_code
from etlimport.tests.mutations import good_night, mutated, write
from etlimport.tests.sources import LEAGUE, imported, run_of
from leagues.models import League, Player, ScheduledMatch, Series, Team
from leagues.tests.factories import UserFactory
from rally.tests.selection import examples

ON_SQLITE = connection.vendor == "sqlite"
pytestmark = pytest.mark.django_db

DAYS = {"09/24/2024": "2024-09-24", "10/01/2024": "2024-10-01", "10/08/2024": "2024-10-08"}
TEAMS = {"Elm 1", "Oak 1"}
SIDES = (("Elm 1", "Oak 1"), ("Oak 1", "Elm 1"))
PAGES_ASKED = 0.2
"""After which share of the imports all pages are asked for, except in the thorough tier, which asks after each."""

PLAYERS = {row["Player ID"] for row in good_night()["players"]}


@pytest.fixture
def operator(snapshot):
    """A client of somebody who sees every league, after a night without faults."""
    imported(snapshot(**good_night()))
    client = Client()
    client.force_login(UserFactory(is_staff=True))
    return client


@pytest.mark.parametrize("part", range(4))  # which run beside one another
@examples(quick=2, ordinary=50 if ON_SQLITE else 13, thorough=500 if ON_SQLITE else 50)
@given(seed=st.integers(0, 2**32))
def test_a_mutated_snapshot_harms_nothing(operator, tmp_path_factory, pytestconfig, part, seed):
    random = Random(f"{part} {seed}")
    night = mutated(random)
    labels = dict(Team.objects.values_list("pk", "name"))
    with transaction.atomic():
        folder = tmp_path_factory.mktemp("night") / "night"
        damaged = write(folder, night, random)
        run = run_of(folder)
        assert exit_code(run) in (0, 2, 3), run.error
        if exit_code(run) == 0:
            everything_is_accounted_for(run)
            readable = {kind: [] if kind in damaged else rows for kind, rows in night.items()}
            everything_named_is_active(readable, labels)
            if pytestconfig.getoption("tier") == "thorough" or random.random() < PAGES_ASKED:
                every_page_answers(operator)
        transaction.set_rollback(True)


def everything_is_accounted_for(run: ImportRun) -> None:
    for counts in run.counts["files"].values():
        assert counts["read"] == sum(counts[x] for x in ("inserted", "updated", "unchanged", "duplicate", "rejected"))


def everything_named_is_active(night, labels: dict[int, str]) -> None:
    """`labels`: by the id of a team how it was labelled before; a night may label it otherwise, too."""
    rows = {kind: [row for row in rows if isinstance(row, dict)] for kind, rows in night.items()}
    told = [row for row in rows["players"] if row.get("League") == LEAGUE and is_one_of(row.get("Player ID"), PLAYERS)]
    ids = {row["Player ID"] for row in told}
    assert set(Player.objects.filter(external_id__in=ids, is_active=True).values_list("external_id", flat=True)) == ids
    teams = {row["Series Mapping ID"] for row in told if is_one_of(row.get("Series Mapping ID"), TEAMS)}
    assert teams <= {labels.get(pk) for pk in Team.objects.filter(is_active=True).values_list("pk", flat=True)}
    fixtures = Counter(
        (DAYS[row["date"]], row["home_team"], row["away_team"])
        for row in rows["schedules"]
        if row.get("League") == LEAGUE
        and is_one_of(row.get("date"), DAYS)
        and (row.get("home_team"), row.get("away_team")) in SIDES
    )
    active = ScheduledMatch.objects.filter(is_active=True)
    found = {
        (str(day), labels.get(home), labels.get(away))
        for day, home, away in active.values_list("date", "home_team_id", "away_team_id")
    }
    assert fixtures.keys() <= found


def is_one_of(value, values) -> bool:
    return isinstance(value, str) and value in values


def every_page_answers(client: Client) -> None:
    with_page = [
        *League.objects.filter(is_active=True),
        *Series.objects.select_related("league"),
        *Team.objects.select_related("league", "series", "club"),
        *Player.objects.select_related("league"),
    ]
    addresses = [row.get_absolute_url() for row in with_page]
    addresses += [reverse("register_in", args=[row.key]) for row in League.objects.filter(is_active=True)]
    for address in ["/", "/switch/", "/register/", "/settings/player/", *addresses]:
        response = client.get(address, follow=True)
        assert response.status_code == 200, address
