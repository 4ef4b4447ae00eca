import pytest
from django.db import connection, transaction

from etlimport.database.constraints import enforced_constraints
from etlimport.health import (
    UnknownCheck,
    all_checks,
    band_of,
    compute_health,
    failing_critical_checks,
    record_health,
    run_check,
    run_of_catalogue,
)
from etlimport.health.score import score_of
from etlimport.models import HealthSnapshot
from leagues.models import MatchScore, PracticeTime, Team
from leagues.season import SEATS
from leagues.tests.factories import (
    AvailabilityFactory,
    LeagueFactory,
    MatchScoreFactory,
    PlayerAssociationFactory,
    PlayerFactory,
    PracticeTimeFactory,
    RosterSpotFactory,
    ScheduledMatchFactory,
    SeriesFactory,
    StandingFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOBODY = 2_000_000_000


def at_home(**fields):
    association = PlayerAssociationFactory(**fields)
    association.user.league_context = association.player.league
    association.user.save()
    return association.user


def number(check):
    return run_check(check).number


@pytest.fixture
def orphan(db):
    """A practice time of a team that does not exist; put right before the database would notice at commit."""
    practice_time = PracticeTimeFactory()
    team = practice_time.team_id
    PracticeTime.objects.update(team_id=NOBODY)
    yield practice_time
    PracticeTime.objects.update(team_id=team)


@pytest.fixture
def without_constraint(transactional_db):
    """The teams' constraint dropped, as a broken database would have it."""
    constraints = Team._meta.constraints
    constraint = next(each for each in constraints if each.name == "unique_team_club_series_league")
    Team._meta.constraints = [each for each in constraints if each is not constraint]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Team, constraint)
    yield
    Team.objects.all().delete()
    Team._meta.constraints = constraints
    with connection.schema_editor() as editor:
        editor.add_constraint(Team, constraint)


def test_an_empty_database_is_perfectly_healthy():
    health = compute_health()
    assert (health.score, health.band, health.warning, health.ok) == (100, "perfect", "", True)
    assert str(health) == f"health {len(all_checks())}/{len(all_checks())}, score 100.0 % (perfect)"


def test_the_score_is_the_share_of_users_in_a_league_they_are_active_in():
    for _ in range(3):
        at_home()
    PlayerAssociationFactory()
    UserFactory()  # without any player: does not count
    at_home(player__is_active=False)  # their player left: nothing to be active in
    health = compute_health()
    assert (health.counts["users"], health.counts["users_at_home"], health.score) == (4, 3, 75.0)
    assert health.band == "warning"
    assert "fix_league_contexts" in health.warning
    assert not health.ok


def test_what_is_orphaned_is_taken_off_the_score(orphan):
    at_home()
    PracticeTimeFactory()
    health = compute_health()
    assert health.counts["orphaned"] == 1
    # Four references into the catalogue: the association, the context, two practice times.
    assert (health.counts["owned"], health.score) == (4, 75.0)


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (100, "perfect"),
        (99.9, "excellent"),
        (90, "excellent"),
        (89.9, "good"),
        (80, "good"),
        (79.9, "warning"),
        (70, "warning"),
        (69.9, "critical"),
        (0, "critical"),
    ],
)
def test_bands(score, band):
    assert band_of(score) == band


def test_an_imperfect_score_never_reads_as_perfect_nor_below_nothing():
    assert score_of(users=100_000, users_at_home=99_999, owned=0, orphaned=0) == 99.9
    assert score_of(users=2, users_at_home=0, owned=1, orphaned=1) == 0


def test_a_dangling_reference_of_any_model_is_critical(orphan):
    (failing,) = failing_critical_checks()
    assert (failing.check.name, failing.number) == ("orphans_practicetime", 1)
    assert str(failing).startswith("CRITICAL: orphans_practicetime: 1 ")


@pytest.mark.django_db(transaction=True)
def test_two_rows_of_one_natural_key_are_critical(without_constraint):
    team = TeamFactory()
    TeamFactory(league=team.league, series=team.series, club=team.club)
    (failing,) = failing_critical_checks()
    assert (failing.check.name, failing.number) == ("duplicates_team", 1)


def test_every_reference_to_the_catalogue_and_every_natural_key_has_a_check():
    names = all_checks().keys()
    assert {
        "orphans_availability",
        "orphans_captainmessage",
        "orphans_matchscore",
        "orphans_playerassociation",
        "orphans_poll",
        "orphans_user",
        "duplicates_club",
        "duplicates_player",
        "duplicates_playerhistory",
        "duplicates_rosterspot",
    } <= names


def test_facts_on_an_inactive_team_are_a_warning():
    match = ScheduledMatchFactory()
    AvailabilityFactory(match=match)
    StandingFactory(team=match.home_team)
    assert number("facts_on_inactive_teams") == 0
    Team.objects.filter(pk=match.home_team_id).update(is_active=False)
    assert number("facts_on_inactive_teams") == 3
    assert failing_critical_checks() == []


def test_lines_that_no_page_can_show_are_a_warning():
    MatchScoreFactory()
    assert number("lines_without_a_page") == 0
    MatchScore.objects.update(home_team=None, away_team=None, **{f"{seat}_id": None for seat in SEATS})
    assert number("lines_without_a_page") == 1
    MatchScore.objects.update(is_active=False)
    assert number("lines_without_a_page") == 0


def test_things_on_an_inactive_team_are_a_warning_and_roll_nothing_back():
    PracticeTimeFactory(team__is_active=False)
    UserFactory(team_context=TeamFactory(is_active=False))
    AvailabilityFactory(match__is_active=False)
    at_home(player__is_active=False)
    assert number("held_on_inactive_team") == 2
    assert number("held_on_inactive_scheduledmatch") == 1
    assert number("held_on_inactive_player") == 1
    assert failing_critical_checks() == []
    assert compute_health().ok


def test_contexts_are_counted_by_what_is_wrong_with_them():
    at_home()
    PlayerAssociationFactory()
    PlayerAssociationFactory(user__league_context=LeagueFactory())
    PlayerAssociationFactory(user__league_context=LeagueFactory(is_active=False))
    UserFactory(league_context=LeagueFactory())
    assert [number(f"contexts_{what}") for what in ("missing", "elsewhere", "inactive")] == [1, 1, 1]


def test_users_with_two_active_players_in_one_league_are_counted_once():
    user, league = UserFactory(), LeagueFactory()
    for _ in range(3):
        PlayerAssociationFactory(user=user, player=PlayerFactory(league=league))
    PlayerAssociationFactory(user=user)
    PlayerAssociationFactory(player__league=league)
    assert number("two_players_in_one_league") == 1


def test_roster_spots_and_teams_astray_are_counted():
    RosterSpotFactory()
    RosterSpotFactory(team__is_active=False)
    RosterSpotFactory(player__is_active=False)
    RosterSpotFactory(team__is_active=False, is_active=False)
    assert number("roster_spots_astray") == 2
    assert number("teams_across_leagues") == 0
    TeamFactory(series=SeriesFactory())
    RosterSpotFactory(player=PlayerFactory())
    assert number("teams_across_leagues") == 2


def test_an_unknown_check_names_the_known_ones():
    with pytest.raises(UnknownCheck, match=r"“nonsense”.*orphans_team"):
        run_check("nonsense")


def test_a_snapshot_keeps_the_score_and_the_counts_behind_it():
    PlayerAssociationFactory()
    record_health()
    snapshot = HealthSnapshot.objects.get()
    assert (snapshot.score, snapshot.band, snapshot.run) == (0, "critical", None)
    assert snapshot.counts["contexts_missing"] == 1
    assert str(snapshot) == "0.0 % (critical)"


def test_it_sees_what_the_open_transaction_has_done():
    with transaction.atomic():
        PlayerAssociationFactory()
        assert compute_health().score == 0
        transaction.set_rollback(True)
    assert compute_health().score == 100


@pytest.mark.postgresql
def test_what_constraints_forbid_is_not_looked_for_again_unless_they_are_switched_off():
    of_teams = all_checks()["orphans_team"]
    assert of_teams.is_held(enforced_constraints())
    assert all_checks()["duplicates_playerhistory"].is_held(enforced_constraints())
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE leagues_team DISABLE TRIGGER ALL")
    assert not of_teams.is_held(enforced_constraints())
    TeamFactory()
    Team.objects.update(series_id=NOBODY)
    found = {result.check.name: result.number for result in run_of_catalogue(enforced_constraints())}
    assert found["orphans_team"] == 1
    Team.objects.all().delete()


@pytest.mark.sqlite
def test_on_sqlite_every_check_is_made():
    assert enforced_constraints() == frozenset()
