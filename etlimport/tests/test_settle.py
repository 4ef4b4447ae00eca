"""An operator says whether two rows are the same: then the old one stays, with everything of both."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from etlimport.errors import Refused
from etlimport.models import AmbiguousIdentity, IdentityChange, ImportRun
from etlimport.settle import settle_different, settle_same
from etlimport.tests.sources import (
    ELM,
    catalogue,
    dump,
    history,
    imported,
    line,
    match,
    player,
    roster,
    standing,
    two_teams,
)
from etlimport.undo import undo_run
from leagues.former_keys import current_key
from leagues.models import FormerKey, Player, PlayerAssociation, RosterSpot, ScheduledMatch, Standing, Team
from leagues.tests.factories import (
    AssociationSuggestionFactory,
    AvailabilityFactory,
    PlayerAssociationFactory,
    PracticeTimeFactory,
    UserFactory,
)
from sessionsync.models import SystemSetting

Status = ImportRun.Status
pytestmark = pytest.mark.django_db


def night(ann="p1", **files):
    """Everything about two teams; Ann Hale plays under the id `ann`."""
    rows = [player(ann, "Ann", "Hale"), *two_teams()[1:]]
    return {
        "players": rows,
        "schedules": [match(), match(date="10/01/2024")],
        "series_stats": [standing(), standing("Oak 1", points=7)],
        "match_history": [line(people=(ann, "p2", "p5", "p6"))],
        "player_history": [history(ann, {"date": "04/05/2025", "end_pti": "21.6", "series": "Series 1"})],
        **files,
    }


@pytest.fixture
def ambiguous(snapshot):
    """Ann Hale came back under another id, at another club: nothing says that she is the same."""
    imported(snapshot(**night()))
    ann = Player.objects.get(external_id="p1")
    PlayerAssociationFactory(user__email="ann@example.com", user__league_context=ann.league, player=ann)
    moved = [player("q9", "Ann", "Hale", team="Oak 1", club="Oak"), *two_teams()[1:]]
    source = snapshot(**night("q9", players=moved))
    imported(source)
    old, new = Player.objects.get(external_id="p1"), Player.objects.get(external_id="q9")
    assert old.pk != new.pk
    return question(old, new), source


def question(old, new):
    """The question about the two, as the run asked it or as an operator would."""
    found, _ = AmbiguousIdentity.objects.get_or_create(
        kind=old._meta.model_name,
        old_id=old.pk,
        new_id=new.pk,
        defaults={
            "run": ImportRun.objects.first(),
            "league_key": old.league.key,
            "old_label": str(old),
            "new_label": str(new),
            "reason": "the same name",
        },
    )
    return found


def things():
    """The catalogue with its former keys, and what users own."""
    return {table: rows for table, rows in dump().items() if table.startswith("leagues_")}


def settled(ambiguity, **options):
    run = settle_same(ambiguity, **options)
    assert run.status == Status.PUBLISHED, run.error
    return run


def refused(ambiguity):
    before = dump()
    run = settle_same(ambiguity)
    assert run.status == Status.REFUSED, run.error
    assert dump() == before
    return run.error


def test_the_old_row_stays_under_the_new_id_with_what_was_of_either(ambiguous):
    asked, _ = ambiguous
    version = SystemSetting.objects.get(key="session_version").value
    operator = UserFactory(is_staff=True)
    run = settled(asked, by=operator)
    ann = Player.objects.get(pk=asked.old_id)
    assert (ann.external_id, ann.is_active) == ("q9", True)
    assert not Player.objects.filter(pk=asked.new_id).exists()
    assert ann.association.user.email == "ann@example.com"
    assert set(ann.roster_spots.values_list("team__name", "is_active")) == {("Elm 1", False), ("Oak 1", True)}
    assert ann.history.count() == 1
    assert (asked.status, asked.decided_by) == (AmbiguousIdentity.Status.SAME, operator)
    assert (run.mode, run.started_by) == (ImportRun.Mode.SETTLE, operator)
    assert run.identity_changes.get().layer == IdentityChange.Layer.OPERATOR
    assert run.session_version == int(version) + 1


def test_the_next_import_of_the_same_snapshot_finds_nothing_to_do(ambiguous):
    asked, source = ambiguous
    settled(asked)
    before = catalogue()
    run = imported(source)
    assert run.status == Status.UNCHANGED
    assert all(counts["unchanged"] == counts["read"] for counts in run.counts["files"].values())
    assert catalogue() == before


def test_settling_is_undone_row_for_row(ambiguous):
    asked, _ = ambiguous
    AssociationSuggestionFactory(player_id=asked.old_id)
    AssociationSuggestionFactory(player_id=asked.new_id)
    before = things()
    run = settled(asked)
    undo = undo_run(run)
    assert undo.status == Status.PUBLISHED, undo.error
    assert things() == before
    asked.refresh_from_db()
    assert (asked.status, asked.decided_by) == (AmbiguousIdentity.Status.OPEN, None)


def test_the_old_address_leads_on_until_it_is_undone(ambiguous):
    asked, _ = ambiguous
    run = settled(asked)
    assert current_key("player", "p1", "nstf") == "q9"
    undo_run(run)
    assert not FormerKey.objects.exists()


def test_two_players_of_two_users_are_not_merged(ambiguous):
    asked, _ = ambiguous
    PlayerAssociationFactory(user__email="bob@example.com", player_id=asked.new_id)
    assert "belong to two users, ann@example.com and bob@example.com" in refused(asked)


def test_a_user_linked_to_both_is_linked_once_and_undo_brings_both_back(ambiguous):
    asked, _ = ambiguous
    kept = PlayerAssociation.objects.get(player_id=asked.old_id)
    second = PlayerAssociationFactory(user=kept.user, player_id=asked.new_id, is_primary=True)
    run = settled(asked)
    association = PlayerAssociation.objects.get(user=kept.user)
    assert (association.pk, association.player_id, association.is_primary) == (second.pk, asked.old_id, True)
    assert undo_run(run).status == Status.PUBLISHED
    pairs = PlayerAssociation.objects.filter(user=kept.user).values_list("pk", "player_id")
    assert set(pairs) == {(kept.pk, asked.old_id), (second.pk, asked.new_id)}


def test_of_two_suggestions_to_one_user_the_decided_one_is_kept(ambiguous):
    asked, _ = ambiguous
    declined = AssociationSuggestionFactory(player_id=asked.old_id, status="declined")
    AssociationSuggestionFactory(user=declined.user, player_id=asked.new_id)
    settled(asked)
    assert list(declined.user.suggestions.values_list("status", "player_id")) == [("declined", asked.old_id)]


def test_players_of_one_match_are_two_people(ambiguous):
    asked, _ = ambiguous
    one = Player.objects.get(pk=asked.new_id)
    both = question(Player.objects.get(external_id="p2"), one)
    assert "Both played in one match" in refused(both)


def test_a_decided_question_is_not_decided_again(ambiguous):
    asked, _ = ambiguous
    settle_different(asked)
    assert asked.status == AmbiguousIdentity.Status.DIFFERENT
    assert "Already decided" in refused(asked)
    with pytest.raises(Refused, match="Already decided"):
        settle_different(asked)


def test_other_questions_about_the_merged_row_are_closed_and_open_again_after_undo(ambiguous):
    asked, _ = ambiguous
    other = question(Player.objects.get(external_id="p3"), Player.objects.get(pk=asked.new_id))
    run = settled(asked)
    other.refresh_from_db()
    assert other.status == AmbiguousIdentity.Status.DIFFERENT
    undo_run(run)
    other.refresh_from_db()
    assert other.status == AmbiguousIdentity.Status.OPEN


@pytest.fixture
def renamed_team(snapshot):
    """Elm 1 came back as Ash 1, with one of its players and its whole schedule."""
    imported(snapshot(**night()))
    elm = Team.objects.get(name="Elm 1")
    PracticeTimeFactory(team=elm)
    for scheduled in ScheduledMatch.objects.order_by("date"):
        AvailabilityFactory(match=scheduled)
    ash = {"team": "Ash 1", "club": "Ash", "series": "Series 1"}
    others = roster(ELM[0], "Pat Quill", "Ray Stone", "Tom Usher", **ash)
    for number, row in enumerate(others[1:], 20):
        row["Player ID"] = f"p{number}"
    source = snapshot(
        players=[*others, *two_teams()[4:]],
        schedules=[match("Ash 1"), match("Ash 1", date="10/01/2024")],
        series_stats=[standing("Ash 1", points=12), standing("Oak 1", points=7)],
    )
    imported(source, force=True)
    return question(elm, Team.objects.get(name="Ash 1")), source


def test_a_team_takes_over_name_roster_matches_and_standing(renamed_team):
    asked, _ = renamed_team
    settled(asked)
    team = Team.objects.get(pk=asked.old_id)
    assert (team.name, team.club.name, team.series.key, team.is_active) == ("Ash 1", "Ash", "1", True)
    assert RosterSpot.objects.filter(team=team, is_active=True).count() == 4
    assert Standing.objects.get(team=team).points == 12
    assert team.practice_times.count() == 1
    assert ScheduledMatch.objects.filter(home_team=team, is_active=True).count() == 2
    assert ScheduledMatch.objects.count() == 2
    assert all(scheduled.availability.count() == 1 for scheduled in ScheduledMatch.objects.all())


def test_a_settled_team_is_found_by_the_next_import_and_undone_row_for_row(renamed_team):
    asked, source = renamed_team
    before = things()
    run = settled(asked)
    merged = catalogue()
    assert current_key("team", "1/elm/", "nstf") == "1/ash/"
    assert imported(source).status == Status.UNCHANGED
    assert catalogue() == merged
    assert undo_run(run).status == Status.PUBLISHED
    assert things() == before


def test_teams_that_meet_are_two_teams(renamed_team):
    asked, _ = renamed_team
    elm, oak = Team.objects.get(pk=asked.old_id), Team.objects.get(name="Oak 1")
    assert "The two meet in one match" in refused(question(elm, oak))


def test_the_import_must_be_undone_after_what_was_settled_of_it(ambiguous):
    asked, _ = ambiguous
    imported_run = ImportRun.objects.filter(mode=ImportRun.Mode.MERGE).first()
    run = settled(asked)
    undo = undo_run(imported_run)
    assert undo.status == Status.REFUSED
    assert f"undo run {run.pk} first" in undo.error


def settle_identity(*arguments):
    out = StringIO()
    call_command("settle_identity", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_lists_and_settles(ambiguous):
    asked, _ = ambiguous
    assert f"{asked.pk}: player" in settle_identity()
    assert "undoes it" in settle_identity(str(asked.pk), "--same")
    assert f"{asked.pk}: player" not in settle_identity()
    with pytest.raises(SystemExit, match="3"):
        settle_identity(str(asked.pk), "--same")
    with pytest.raises(CommandError) as unknown:
        settle_identity("999999", "--same")
    assert unknown.value.returncode == 2


# A rebuild makes the rows anew that questions and answers are about


@pytest.fixture
def moved_away(snapshot):
    """Ann Hale's user, the question whether the Ann Hale of another club is she, and the source that asks it."""
    imported(snapshot(**night()))
    ann = Player.objects.get(external_id="p1")
    user = PlayerAssociationFactory(user__league_context=ann.league, player=ann).user
    source = snapshot(**night("q9", players=[player("q9", team="Oak 1", club="Oak"), *two_teams()[1:]]))
    imported(source)
    return user, AmbiguousIdentity.objects.get(kind="player"), source


def test_a_question_asked_before_a_rebuild_can_be_settled_after_it(moved_away):
    user, question, source = moved_away
    imported(source, rebuild=True)
    question.refresh_from_db()
    assert settle_same(question).status == Status.PUBLISHED
    assert user.associations.get().player.external_id == "q9"
    assert Player.objects.filter(name_key="ann hale").count() == 1


def test_people_decided_to_be_two_are_two_after_a_rebuild(moved_away, snapshot):
    user, question, _ = moved_away
    settle_different(question)
    back_home = snapshot(**night("q9", players=[player("q9"), *two_teams()[1:]]))
    for options in ({}, {"rebuild": True}, {}):
        imported(back_home, **options)
        assert user.associations.get().player.external_id == "p1"
    assert AmbiguousIdentity.objects.get(kind="player").new_id == Player.objects.get(external_id="q9").pk


def test_questions_follow_their_rows_back_when_a_rebuild_is_undone(moved_away):
    _, question, source = moved_away
    before = AmbiguousIdentity.objects.filter(pk=question.pk).values_list("old_id", "new_id").get()
    rebuilt = imported(source, rebuild=True)
    assert AmbiguousIdentity.objects.filter(pk=question.pk).values_list("old_id", "new_id").get() != before
    assert undo_run(rebuilt).status == Status.PUBLISHED
    assert AmbiguousIdentity.objects.filter(pk=question.pk).values_list("old_id", "new_id").get() == before


def test_a_dry_run_of_the_command_tells_what_it_would_do_and_changes_nothing(ambiguous):
    asked, _ = ambiguous
    before = dump()
    assert "nothing was changed" in settle_identity(str(asked.pk), "--same", "--dry-run")
    assert "nothing was changed" in settle_identity(str(asked.pk), "--different", "--dry-run")
    told = json.loads(settle_identity(str(asked.pk), "--same", "--dry-run", "--json"))
    assert (told["status"], told["run"]["status"], told["run"]["dry_run"]) == ("open", "previewed", True)
    assert told["run"]["counts"]["merged"]["leagues_player"] >= 1
    assert dump() == before


def test_scripts_read_the_questions_and_the_answers_as_json(ambiguous):
    asked, _ = ambiguous
    (listed,) = [each for each in json.loads(settle_identity("--json")) if each["question"] == asked.pk]
    assert listed["old"] == {"id": asked.old_id, "label": asked.old_label}
    told = json.loads(settle_identity(str(asked.pk), "--same", "--json"))
    assert (told["question"], told["status"], told["run"]["status"]) == (asked.pk, "same", "published")
    assert json.loads(settle_identity("--json")) == []
