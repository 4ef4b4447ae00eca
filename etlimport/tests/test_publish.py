"""After an import exactly those are told to refresh whose session shows something that changed, and why."""

import pytest

from etlimport.tests.sources import imported, match, standing, two_teams
from leagues.models import League, Player
from leagues.tests.factories import PlayerAssociationFactory, UserFactory
from sessionsync.models import RefreshSignal

pytestmark = pytest.mark.django_db


@pytest.fixture
def users(snapshot):
    """p1, who plays for Elm 1, and p5, who plays for Oak 1."""
    imported(snapshot(players=two_teams()))
    users = {}
    for external_id in ("p1", "p5"):
        users[external_id] = UserFactory(email=f"{external_id}@example.org", league_context=League.objects.get())
        PlayerAssociationFactory(user=users[external_id], player=Player.objects.get(external_id=external_id))
    return users


def but(external_id: str, **changes) -> list[dict]:
    """The players of the last snapshot, one of them otherwise."""
    return [{**row, **changes} if row["Player ID"] == external_id else row for row in two_teams()]


def renamed(team: str, new: str) -> list[dict]:
    changes = {"Series Mapping ID": new, "Club": new.rpartition(" ")[0]}
    return [{**row, **changes} if row["Series Mapping ID"] == team else row for row in two_teams()]


def respelled(**changes) -> list[dict]:
    """The players of the last snapshot, with a word of some field spelled otherwise in all rows."""
    return [{**row, **{field: row[field].replace(*words) for field, words in changes.items()}} for row in two_teams()]


SEEN = {
    "a club spelled otherwise": (respelled(Club=("Elm", "ELM")), {"p1": "context changed"}),
    "a series spelled otherwise": (
        respelled(Series=("Series", "SERIES")),
        {"p1": "context changed", "p5": "context changed"},
    ),
    "a team renamed": (renamed("Elm 1", "Ash 1"), {"p1": "team renamed"}),
    "a player at another team": (but("p1", **{"Series Mapping ID": "Oak 1", "Club": "Oak"}), {"p1": "team changed"}),
    "a player of another last name": (but("p5", **{"Last Name": "Wed"}), {"p5": "context changed"}),
}


@pytest.mark.parametrize(("players", "told"), SEEN.values(), ids=SEEN)
def test_who_sees_something_that_changed_is_told_why(users, snapshot, players, told):
    run = imported(snapshot(players=players))
    signals = RefreshSignal.objects.filter(version=run.session_version)
    assert {signal.email.partition("@")[0]: signal.refresh_reason for signal in signals} == told
    assert run.counts["signals"] == len(told)


def test_who_is_in_a_league_that_was_rekeyed_is_told_so(users, snapshot):
    run = imported(snapshot(players=[{**row, "League": "NEW_NSTF"} for row in two_teams()]))
    signals = RefreshSignal.objects.filter(version=run.session_version)
    assert set(signals.values_list("refresh_reason", flat=True)) == {"league re-keyed"}
    assert len(signals) == 2


def test_what_no_session_shows_is_published_without_a_signal(users, snapshot):
    run = imported(snapshot(players=two_teams(), schedules=[match()], series_stats=[standing()]))
    assert run.session_version
    assert run.counts["signals"] == RefreshSignal.objects.count() == 0
