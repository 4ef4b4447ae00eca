"""One scheduled match is one scheduled match, and people's answers stay with it, wherever the source moves it."""

import pytest

from etlimport.tests.sources import imported, match, roster, two_teams
from leagues.models import Availability, ScheduledMatch, User

pytestmark = pytest.mark.django_db

BOTH_MODES = pytest.mark.parametrize("rebuild", [False, True])


def scheduled(snapshot, *matches: dict, **options):
    players = two_teams() + roster("Ivy Pratt", "Jo Quinn", team="Ash 1", club="Ash", start=9)
    return imported(snapshot(players=players, schedules=[*matches]), **options)


def answer(**match_fields) -> None:
    """A user answers with the day of the month for which the match is scheduled now."""
    user, _ = User.objects.get_or_create(email="ann@example.com")
    found = ScheduledMatch.objects.get(**match_fields)
    Availability.objects.create(user=user, match=found, status="yes", note=f"{found.date.day}")


def answered() -> list[tuple[int, str, list[str]]]:
    """(day of the month, home team, days for which people had answered) of the active matches."""
    matches = ScheduledMatch.objects.filter(is_active=True).order_by("date", "time")
    return [(m.date.day, m.home_team.name, [a.note for a in m.availability.all()]) for m in matches]


@BOTH_MODES
def test_exchanging_home_and_away_keeps_the_answers(snapshot, rebuild):
    scheduled(snapshot, match())
    answer()
    scheduled(snapshot, match("Oak 1", "Elm 1"), rebuild=rebuild)
    assert answered() == [(24, "Oak 1", ["24"])]


@BOTH_MODES
def test_exchanging_sides_on_another_day_keeps_the_answers(snapshot, rebuild):
    scheduled(snapshot, match())
    answer()
    scheduled(snapshot, match("Oak 1", "Elm 1", date="10/01/2024", time="07:00 pm", location="Oak"), rebuild=rebuild)
    assert answered() == [(1, "Oak 1", ["24"])]


@BOTH_MODES
def test_several_meetings_moved_at_once_keep_their_order(snapshot, rebuild):
    scheduled(snapshot, match(date="09/03/2024"), match(date="09/17/2024"))
    for day in (3, 17):
        answer(date__day=day)
    scheduled(snapshot, match(date="09/10/2024"), match(date="09/24/2024"), rebuild=rebuild)
    assert answered() == [(10, "Elm 1", ["3"]), (24, "Elm 1", ["17"])]


@BOTH_MODES
def test_home_and_away_match_that_exchange_their_days_exchange_their_sides(snapshot, rebuild):
    scheduled(snapshot, match(date="09/03/2024"), match("Oak 1", "Elm 1", date="09/17/2024"))
    for day in (3, 17):
        answer(date__day=day)
    scheduled(snapshot, match("Oak 1", "Elm 1", date="09/03/2024"), match(date="09/17/2024"), rebuild=rebuild)
    assert answered() == [(3, "Oak 1", ["3"]), (17, "Elm 1", ["17"])]


def test_a_match_moved_onto_the_day_of_another_keeps_its_answers(snapshot):
    scheduled(snapshot, match(date="09/03/2024"), match(date="09/17/2024", time="08:00 pm"))
    for day in (3, 17):
        answer(date__day=day)
    scheduled(snapshot, match(date="09/17/2024", time="01:00 pm"), match(date="09/17/2024", time="08:00 pm"))
    assert answered() == [(17, "Elm 1", ["3"]), (17, "Elm 1", ["17"])]
    scheduled(snapshot, match(date="09/03/2024"), match(date="09/17/2024", time="08:00 pm"))
    assert answered() == [(3, "Elm 1", ["3"]), (17, "Elm 1", ["17"])]


def test_what_cannot_be_told_is_a_new_match(snapshot):
    scheduled(snapshot, match(date="09/03/2024"), match(date="09/17/2024"))
    answer(date__day=3)
    scheduled(snapshot, match(date="09/24/2024"))
    assert answered() == [(24, "Elm 1", [])]
    assert ScheduledMatch.objects.filter(is_active=False, availability__note="3").count() == 1


def test_the_run_tells_how_many_answers_stay_with_a_match_that_leaves(snapshot):
    scheduled(snapshot, match(date="09/03/2024"), match(date="09/17/2024"))
    answer(date__day=3)
    run = scheduled(snapshot, match(date="09/24/2024"))
    assert run.warnings == ["Elm 1 – Oak 1 on 2024-09-03 is no longer in the source; 1 answer stays with it."]
    assert scheduled(snapshot, match(date="09/24/2024")).warnings == []
