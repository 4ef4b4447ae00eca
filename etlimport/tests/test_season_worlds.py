"""In invented leagues with all their irregularities a season begins, and nothing of anybody reaches somebody else."""

import json
from datetime import date, time
from pathlib import Path

import pytest
from django.test import Client

from etlimport.models import ImportRun
from etlimport.resolve.season_answers import given
from etlimport.sample import make_next_season, make_snapshot
from etlimport.tests.sources import imported, run_of
from etlimport.tests.undoing import undone
from leagues.access import may_read_things_of
from leagues.models import (
    CaptainMessage,
    MatchScore,
    Player,
    PlayerAssociation,
    Poll,
    PracticeTime,
    RosterSpot,
    ScheduledMatch,
    Season,
    Standing,
    Team,
    User,
)

pytestmark = pytest.mark.django_db(transaction=True)

SEEDS = [1, 2, 3, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in range(4, 10))]
WORLDS = pytest.mark.parametrize(
    ("rebuild", "early"), [(False, False), (True, False), (False, True), (True, True)], ids=str
)


@pytest.fixture
def world(tmp_path, request):
    """A first snapshot that is imported, with users who own things; and the folder of the next one, with its truth."""
    seed, early = request.getfixturevalue("seed"), request.getfixturevalue("early")
    make_snapshot(tmp_path / "first", players=150, seed=seed, history=0)
    make_next_season(tmp_path / "first", tmp_path / "next", seed=seed, early=early)
    imported(tmp_path / "first")
    own_things()
    return tmp_path / "next"


def own_things() -> None:
    """Every third player on a team gets a user; each team on which one is gets a message, a poll and a practice."""
    spots = RosterSpot.objects.filter(is_active=True).select_related("player", "team").order_by("pk")
    linked: set[int] = set()
    for number, spot in enumerate(spots):
        if number % 3 or spot.player_id in linked:
            continue
        linked.add(spot.player_id)
        user = User.objects.create(email=f"user{number}@example.com", league_context_id=spot.team.league_id)
        PlayerAssociation.objects.create(user=user, player=spot.player, is_primary=True)
        if not spot.team.captain_messages.exists():
            words = f"Words for {spot.team.pk}, only"
            CaptainMessage.objects.create(team=spot.team, author=user, body=words)
            Poll.objects.create(team=spot.team, created_by=user, question=words)
            PracticeTime.objects.create(team=spot.team, date=date(2030, 1, 1), start_time=time(19), location=words)


def begun(source: Path, *, rebuild: bool) -> ImportRun:
    """The import of the new season, after an operator's answer where one is asked for."""
    run = run_of(source, rebuild=rebuild)
    if run.cause == ImportRun.Cause.SEASON:
        answers = [f"{asked['league']}={asked['key']}" for asked in run.counts["season questions"]]
        run = run_of(source, rebuild=rebuild, seasons=given(opens=answers))
    assert run.status == ImportRun.Status.PUBLISHED, run.error
    return run


def past() -> dict[str, list]:
    """All that the first season of each league has."""
    first = {season.league_id: season for season in Season.objects.order_by("-key")}
    of_teams, own = {"team__season__in": first.values()}, {"season__in": first.values()}
    player = "player__league__key", "player__external_id"
    found = {
        "teams": Team.objects.filter(**own).values_list("league__key", "name", "is_active"),
        "spots": RosterSpot.objects.filter(**of_teams).values_list(*player, "team__name", "wins", "is_active"),
        "standings": Standing.objects.filter(**of_teams).values_list("team__name", "points", "is_active"),
        "matches": ScheduledMatch.objects.filter(**own).values_list(
            "home_team__name", "home_team__season__key", "date", "is_active"
        ),
        "lines": MatchScore.objects.filter(**own).values_list("key", "home_team__name", "is_active"),
    }
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def links() -> set[tuple]:
    return set(PlayerAssociation.objects.values_list("user", "player__league__key", "player__external_id"))


def owned() -> set[tuple]:
    """What users wrote, each with its team and that team's season."""
    texts = ((CaptainMessage, "body"), (Poll, "question"), (PracticeTime, "location"))
    return {
        (model.__name__, *row)
        for model, text in texts
        for row in model.objects.values_list(text, "team__name", "team__season__key")
    }


def readable_by_strangers() -> list[str]:
    """Messages that somebody reads who was not on the team for which they were written."""
    found = []
    for message in CaptainMessage.objects.select_related("team__league", "team__season", "team__series", "team__club"):
        team = message.team
        label = {"league": team.league, "series": team.series, "club": team.club, "squad": team.squad}
        heirs = Team.objects.filter(season__is_current=True, **label).exclude(pk=team.pk)
        on_it = RosterSpot.objects.filter(team=team).values("player")
        strangers = User.objects.filter(associations__player__roster_spots__team__in=heirs)
        for stranger in strangers.exclude(associations__player__in=on_it).distinct()[:2]:
            client = Client()
            client.force_login(stranger)
            pages = ("/", team.get_absolute_url(), *(heir.get_absolute_url() for heir in heirs))
            found += [page for page in pages if message.body in client.get(page).content.decode()]
            found += [str(team)] if may_read_things_of(stranger, team) else []
    return found


@WORLDS
@pytest.mark.parametrize("seed", SEEDS)
def test_a_season_begins_and_the_last_one_stays_with_its_people(world, seed, rebuild, early):
    was, linked = past(), links()
    things = owned()
    run = begun(world, rebuild=rebuild)
    opened = Season.objects.filter(is_current=True).values_list("league__key", flat=True)
    with_players = set(Player.objects.values_list("league__key", flat=True))
    assert with_players <= set(Season.objects.filter(is_current=False).values_list("league__key", flat=True))
    assert len(opened) == len(set(opened))
    assert past() == was
    assert links() == linked
    assert owned() == things
    assert readable_by_strangers() == []
    check_previous(json.loads((world / "truth.json").read_text()))
    undone(run)
    assert (past(), links(), owned()) == (was, linked, things)
    assert not Season.objects.filter(is_current=False).exists()


def check_previous(truth: dict) -> None:
    """A team that is linked with one of last season is linked with the one whose people it has, as the truth tells."""
    codes = dict(Season.objects.values_list("league", "league__code"))
    became = {(row["league"], one_blank(row["old"])): one_blank(row["new"]) for row in truth["teams"]}
    linked = Team.objects.filter(previous__isnull=False).select_related("previous")
    wrong = [
        (team.name, team.previous.name)
        for team in linked
        if became.get((codes[team.league_id], team.previous.name)) != team.name
    ]
    assert wrong == []
    assert linked.count() > len(truth["teams"]) / 2


def one_blank(label: str) -> str:
    """Some labels have double blanks, which names of teams do not."""
    return " ".join(label.split())
