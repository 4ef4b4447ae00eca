import pytest
from django.db import connection

from etlimport.check.preconditions import CONSTRAINT, owned_counts, validate
from etlimport.models import ImportRun
from etlimport.tests.sources import imported, run_of, two_teams
from etlimport.tests.test_health import orphan, without_constraint  # noqa: F401
from leagues.models import League
from leagues.tests.factories import PlayerAssociationFactory, PracticeTimeFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_sound_database_is_safe():
    PracticeTimeFactory()
    assert validate() == []


def test_a_practice_time_without_a_team_is_a_problem(orphan):  # noqa: F811
    (problem,) = validate()
    assert str(problem) == "1 references of practice times to rows that do not exist"


@pytest.mark.django_db(transaction=True)
def test_a_missing_constraint_and_the_violations_that_wait_are_problems(without_constraint):  # noqa: F811
    team = TeamFactory()
    TeamFactory(league=team.league, series=team.series, club=team.club)
    assert [str(problem) for problem in validate()] == [
        f"leagues_team lacks the constraint {CONSTRAINT}: run migrate",
        "1 natural keys borne by several teams",
    ]


@pytest.mark.django_db(transaction=True)
def test_a_constraint_over_other_columns_is_a_problem(without_constraint):  # noqa: F811
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE UNIQUE INDEX {CONSTRAINT} ON leagues_team (club_id, squad)")
        try:
            (problem,) = validate()
        finally:
            cursor.execute(f"DROP INDEX {CONSTRAINT}")
    assert "is not unique over club_id, league_id, season_id, series_id, squad" in str(problem)


@pytest.mark.postgresql
def test_an_index_that_is_not_valid_is_a_problem():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", [CONSTRAINT])
    (problem,) = validate()
    assert "is not valid" in str(problem)


def test_the_counts_are_of_rows_that_hold_a_reference():
    PracticeTimeFactory.create_batch(2)
    UserFactory()
    association = PlayerAssociationFactory()
    association.user.league_context = association.player.league
    association.user.team_context = TeamFactory()
    association.user.save()
    counts = owned_counts()
    assert counts["leagues_practicetime"] == 2
    assert counts["leagues_user"] == 1
    assert counts["leagues_playerassociation"] == 1
    assert counts["leagues_poll"] == 0


@pytest.mark.parametrize("rebuild", [False, True], ids=["merge", "rebuild"])
def test_no_import_starts_where_something_is_broken_already(orphan, snapshot, rebuild):  # noqa: F811
    run = run_of(snapshot(players=two_teams()), rebuild=rebuild, force=True)
    assert (run.status, run.step) == (ImportRun.Status.REFUSED, "check")
    assert "1 references of practice times to rows that do not exist" in run.error


def test_how_a_league_counts_ratings_survives_a_rebuild(snapshot):
    imported(snapshot(players=two_teams()))
    League.objects.update(lower_rating_is_better=False)
    before = League.objects.get().pk
    imported(snapshot(players=two_teams()), rebuild=True)
    assert League.objects.get().pk != before
    assert not League.objects.get().lower_rating_is_better
