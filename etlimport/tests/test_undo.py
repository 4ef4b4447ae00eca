"""A published run is undone: the catalogue as it was, row for row; what users did since stays."""

import json
from contextlib import nullcontext
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from etlimport.errors import AuditFailed
from etlimport.models import Alias, AmbiguousIdentity, ImportRun, RowChange, SourceFile
from etlimport.pipeline import Options, run_import
from etlimport.sample import make_next, make_snapshot
from etlimport.tests.sources import ELM, OAK, catalogue, dump, imported, match, player, two_teams
from etlimport.tests.undoing import owned, refused, undone
from etlimport.undo import undo_run
from leagues.models import (
    FormerKey,
    Player,
    Poll,
    PracticeTime,
    ScheduledMatch,
    Team,
)
from leagues.tests.factories import (
    AvailabilityFactory,
    PlayerAssociationFactory,
    PollFactory,
    PracticeTimeFactory,
    UserFactory,
)
from rally.tests.selection import examples
from sessionsync.models import RefreshSignal

Status = ImportRun.Status
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory):
    """Two nights of the same invented leagues, with renames, re-keyings, leavers and newcomers between."""
    folder = tmp_path_factory.mktemp("nights")
    make_snapshot(folder / "old", players=150, seed=3, history=2)
    make_next(folder / "old", folder / "new", seed=3)
    return folder / "old", folder / "new"


@pytest.fixture
def first_night(snapshots):
    run = run_import(Options(source=snapshots[0]))
    assert run.status == Status.PUBLISHED, run.error
    give_people_things()
    return run


@pytest.fixture
def second_night(first_night, snapshots):
    return import_next(snapshots)


def import_next(snapshots, **options):
    run = run_import(Options(source=snapshots[1], force=True, **options))
    assert run.status == Status.PUBLISHED, run.error
    return run


def give_people_things():
    """Things of users on every fifth team and player, whoever of these is gone the next night."""
    for team in Team.objects.filter(is_active=True).order_by("pk")[::5]:
        PracticeTimeFactory(team=team)
        PollFactory(team=team)
    for person in Player.objects.filter(is_active=True).order_by("pk")[::5]:
        user = UserFactory(first_name=person.first_name, last_name=person.last_name, league_context=person.league)
        PlayerAssociationFactory(user=user, player=person, is_primary=True)
    for scheduled in ScheduledMatch.objects.order_by("pk")[::20]:
        AvailabilityFactory(match=scheduled)


@pytest.mark.parametrize("rebuild", [False, True], ids=["merge", "rebuild"])
def test_the_catalogue_is_as_it_was_before_the_run_byte_for_byte(first_night, snapshots, rebuild):
    before, held = catalogue(), owned()
    run = import_next(snapshots, rebuild=rebuild)
    assert catalogue() != before
    undo = undone(run)
    assert catalogue() == before
    assert owned() == held
    run.refresh_from_db()
    assert (run.status, run.undone_by) == (Status.UNDONE, undo)
    assert undo.mode == ImportRun.Mode.UNDO


@pytest.mark.parametrize("rebuild", [False, True], ids=["merge", "rebuild"])
def test_what_users_did_since_stays(first_night, snapshots, rebuild):
    before = catalogue()
    old_team = PracticeTime.objects.order_by("pk").first().team_id
    run = import_next(snapshots, rebuild=rebuild)
    team = PracticeTime.objects.order_by("pk").first().team
    assert (team.pk != old_team) == rebuild
    added = PracticeTimeFactory(team=team, location="Court 9")
    Poll.objects.order_by("pk").first().delete()
    polls = Poll.objects.count()
    undone(run)
    assert catalogue() == before
    added.refresh_from_db()
    assert (added.team_id, added.location) == (old_team, "Court 9")
    assert Poll.objects.count() == polls


def test_runs_are_undone_latest_first(first_night, snapshots):
    before = catalogue()
    second = import_next(snapshots)
    between = catalogue()
    third = import_next(snapshots, rebuild=True)
    reason = refused(second)
    assert f"Run {third.pk} has since changed" in reason
    assert f"undo run {third.pk} first" in reason
    undone(third)
    assert catalogue() == between
    undone(second)
    assert catalogue() == before


def test_a_row_that_a_later_run_refers_to_stays(snapshot):
    imported(snapshot(players=two_teams()))
    newcomer = player("p20", "Uma", "Vale")
    run = imported(snapshot(players=[*two_teams(), newcomer]))
    on_oak_too = player("p20", "Uma", "Vale", team="Oak 1", club="Oak")
    later = imported(snapshot(players=[*two_teams(), newcomer, on_oak_too]))
    assert refused(run) == (
        f"Run {later.pk} has since made 1 roster spot of players that would go: undo run {later.pk} first."
    )


def test_a_key_that_a_later_run_gave_to_another_is_not_taken_back(snapshot):
    imported(snapshot(players=two_teams()))
    Alias.objects.create(kind="player", league_key="nstf", label="q1", means="p1")
    rekeyed = [player("q1", "Ann", "Hale"), *two_teams()[1:]]
    run = imported(snapshot(players=rekeyed))
    assert Player.objects.get(external_id="q1").full_name == "Ann Hale"
    Alias.objects.all().delete()  # which would say that p1 is Ann Hale for good
    later = imported(snapshot(players=[*rekeyed, player("p1", "Uma", "Vale")]))
    assert f"Run {later.pk} has since made 1 player under a former key: undo run {later.pk} first." in refused(run)


def test_a_first_import_is_undone_to_nothing(snapshots):
    run = run_import(Options(source=snapshots[0]))
    undone(run)
    assert not any(catalogue().values())
    again = run_import(Options(source=snapshots[0]))
    assert again.status == Status.PUBLISHED


def test_a_row_that_would_go_is_not_taken_from_under_a_user(snapshots):
    run = run_import(Options(source=snapshots[0]))
    team = Team.objects.filter(is_active=True).first()
    captain = UserFactory(email="cap@example.com")
    practice = PracticeTimeFactory(team=team, created_by=captain)
    PracticeTimeFactory(team=team)
    PlayerAssociationFactory(user=captain, player=Player.objects.first())
    before = dump()
    reason = refused(run)
    assert "2 practice times of users would lose their team" in reason
    assert f"“{practice}” of cap@example.com" in reason
    assert "1 player association of users would lose their player" in reason
    assert dump() == before


def test_where_a_user_looks_does_not_keep_a_row(snapshots):
    run = run_import(Options(source=snapshots[0]))
    team = Team.objects.filter(is_active=True).first()
    user = UserFactory(league_context=team.league, team_context=team)
    undone(run)
    user.refresh_from_db()
    assert (user.league_context_id, user.team_context_id) == (None, None)


def test_a_dry_run_changes_nothing(second_night):
    before = dump()
    undo = undo_run(second_night, dry_run=True)
    assert undo.status == Status.PREVIEWED, undo.error
    assert undo.counts["undone"]["catalogue"]["leagues_player"]["deleted"] > 0
    assert dump() == before
    assert second_night.status == Status.PUBLISHED


def test_an_undo_that_fails_its_audit_changes_nothing(second_night, monkeypatch):
    before = dump()

    def failing(*_):
        raise AuditFailed(["forced"])

    monkeypatch.setattr("etlimport.operator_change.audit_quickly", failing)
    undo = undo_run(second_night)
    assert (undo.status, undo.error) == (Status.FAILED, "Rolled back: forced")
    assert dump() == before


def test_sessions_learn_of_it(second_night):
    undo = undone(second_night)
    assert undo.session_version == second_night.session_version + 1
    signals = RefreshSignal.objects.filter(version=undo.session_version)
    assert undo.counts["signals"] == signals.count() > 0
    assert set(signals.values_list("refresh_reason", flat=True)) == {"run undone"}
    assert undo.health_after is not None


def test_the_same_files_can_be_imported_again(second_night, snapshots):
    after = [row[:3] for row in Team.objects.order_by("name", "pk").values_list("name", "squad", "is_active")]
    undone(second_night)
    assert not SourceFile.objects.exists()
    import_next(snapshots)
    again = [row[:3] for row in Team.objects.order_by("name", "pk").values_list("name", "squad", "is_active")]
    assert again == after


def test_questions_about_rows_that_went_go_too(second_night):
    assert second_night.ambiguities.exists() or note_question(second_night)
    undone(second_night)
    assert not AmbiguousIdentity.objects.filter(run=second_night).exists()


def note_question(run):
    new = Team.objects.order_by("-pk").first()
    return AmbiguousIdentity.objects.create(run=run, kind="team", old_id=1, new_id=new.pk, reason="asked by a test")


def test_what_cannot_be_undone_says_why(second_night, settings):
    undo = undone(second_night)
    assert refused(second_night) == f"Run {second_night.pk} is already undone, by run {undo.pk}."
    assert "is itself an undo" in refused(undo)
    assert "changed nothing" in refused(ImportRun.objects.create(status=Status.FAILED))


def test_rows_noted_before_a_column_was_there_are_not_put_back_without_it(second_night):
    noted = RowChange.objects.filter(table_name="leagues_team")
    for change in noted:
        row = json.loads(change.before)
        del row["season_id"]
        noted.filter(row_id=change.row_id).update(before=json.dumps(row))
    before = dump()
    undo = undo_run(second_night)
    assert undo.status == Status.REFUSED
    assert "made before teams had season_id" in undo.error
    assert dump() == before


def test_another_run_at_work_is_not_disturbed(second_night, monkeypatch):
    monkeypatch.setattr("etlimport.database.lock.import_lock", lambda wait: nullcontext(False))
    assert undo_run(second_night).status == Status.REFUSED


def undo_command(*arguments):
    """(exit code, output) of the command."""
    out = StringIO()
    try:
        call_command("undo_run", *arguments, stdout=out)
    except SystemExit as exit:
        return exit.code, out.getvalue()
    except CommandError as error:
        return error.returncode, str(error)
    return 0, out.getvalue()


def test_the_command_tells_what_it_did_and_exits_accordingly(second_night, monkeypatch):
    run = str(second_night.pk)
    assert undo_command("999999") == (2, "There is no run 999999.")
    code, text = undo_command(run, "--dry-run")
    assert code == 0
    assert "Dry run: nothing was changed." in text
    code, text = undo_command(run, "--json")
    assert code == 0
    assert json.loads(text)["mode"] == "undo"
    code, text = undo_command(run)
    assert code == 3
    assert "already undone" in text


NAMES = st.sampled_from([*ELM, *OAK, "Ann Mary Hale"])
PEOPLE = st.lists(st.tuples(st.integers(1, 12), NAMES, st.sampled_from(["Elm 1", "Oak 1", "Ash 2"])), max_size=10)


@given(nights=st.tuples(PEOPLE, PEOPLE), rebuild=st.booleans(), attached=st.data())
@examples(quick=3, ordinary=15, thorough=200)
def test_whatever_two_nights_say_the_second_is_undone_and_users_keep_theirs(nights, rebuild, attached, snapshot):
    first, second = ([entry(*person) for person in people] + two_teams()[6:] for people in nights)
    with transaction.atomic():
        imported(snapshot(players=first, schedules=[match()]))
        for found in (*Player.objects.all(), *Team.objects.all()):
            if attached.draw(st.booleans()):
                attach_something(found)
        before = catalogue(), owned()
        run = imported(snapshot(players=second, schedules=[match(date="10/01/2024")]), force=True, rebuild=rebuild)
        if run.status == Status.PUBLISHED:
            undone(run)
        assert (catalogue(), owned()) == before
        transaction.set_rollback(True)


def attach_something(found):
    if isinstance(found, Team):
        PracticeTimeFactory(team=found)
    else:
        PlayerAssociationFactory(player=found, user__league_context=found.league)


def entry(number, name, team):
    first, last = name.split(" ", 1)
    return player(f"p{number}", first, last, team=team, club=team.split()[0], series=f"Series {team.split()[1]}")


def former_keys() -> list[tuple]:
    return sorted(FormerKey.objects.values_list("pk", "kind", "league_key", "former_key", "current_key"))


@pytest.mark.parametrize("rebuild", [False, True])
def test_former_addresses_are_as_before(first_night, snapshots, rebuild):
    """Also those which the run led on: to the present key, or out of the league's former one."""
    for one in Player.objects.select_related("league"):
        place = {"kind": "player", "league_key": one.league.key, "current_key": one.external_id}
        FormerKey.objects.create(former_key=f"long-ago-{one.pk}", **place)
    before = former_keys()
    run = import_next(snapshots, rebuild=rebuild)
    led_on = {row[0]: row for row in former_keys()}
    assert any(led_on[row[0]] != row for row in before)
    assert len(led_on) > len(before)
    undone(run)
    assert former_keys() == before
