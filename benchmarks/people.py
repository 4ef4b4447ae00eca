"""People of a site's leagues, and things of theirs that an import must not touch."""

from datetime import date, time

from django.db.models import F

from leagues.models import (
    Availability,
    CaptainMessage,
    Poll,
    PollChoice,
    PollResponse,
    PracticeTime,
    RosterSpot,
    ScheduledMatch,
    User,
)
from rally.tests.sites import ALIAS
from rally.tests.snapshots import Person, register


def settle_in(persons: list[Person]) -> list[User]:
    """An account for each, with their player; each has a poll, an answer, a practice time and a message on the team,
    and says whether they come to a match of it.
    """
    users = register(persons)
    spots = RosterSpot.objects.using(ALIAS).filter(player__association__user__in=users)
    teams = list(spots.annotate(user_id=F("player__association__user")).values_list("user_id", "team_id"))
    create(PracticeTime, [{"team_id": team, "date": date(2026, 1, 6), "start_time": time(19)} for _, team in teams])
    create(CaptainMessage, [{"team_id": team, "author_id": user, "body": "Bring two balls"} for user, team in teams])
    polls = create(Poll, [{"team_id": team, "created_by_id": user, "question": "Who?"} for user, team in teams])
    choices = create(PollChoice, [{"poll": poll, "text": "Me"} for poll in polls])
    create(PollResponse, [{"choice": choice, "user_id": choice.poll.created_by_id} for choice in choices])
    matches = dict(ScheduledMatch.objects.using(ALIAS).order_by("-pk").values_list("home_team_id", "pk"))
    answers = {(user, matches[team]) for user, team in teams if team in matches}
    create(Availability, [{"user_id": user, "match_id": match, "status": "yes"} for user, match in sorted(answers)])
    return users


def create(model, rows: list[dict]) -> list:
    return model.objects.using(ALIAS).bulk_create(model(**row) for row in rows)
