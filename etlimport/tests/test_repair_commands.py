import json

import pytest
from django.core.management import CommandError, call_command

from etlimport.models import HealthSnapshot
from etlimport.repair.command import SHOWN
from etlimport.tests.test_health import orphan  # noqa: F401
from leagues.models import PlayerAssociation, User
from leagues.tests.factories import PlayerAssociationFactory, PlayerFactory, PracticeTimeFactory, UserFactory

pytestmark = pytest.mark.django_db


def run(capsys, *args):
    """What a command prints, and the code it exits with."""
    try:
        call_command(*args)
        code = 0
    except SystemExit as exit:
        code = exit.code
    return capsys.readouterr().out.strip(), code


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (
            ["fix_league_contexts", "--specific-user", "no@example.com"],
            "no user with the email “no@example.com”",
        ),
        (
            ["re_associate_users", "--specific-user", "no@example.com"],
            "no user with the email “no@example.com”",
        ),
        (["discover_associations", "--user-id", "987654"], "no user with the id 987654"),
        (["check_health", "--check", "nonsense"], "no check “nonsense”"),
    ],
)
def test_who_or_what_does_not_exist_is_a_usage_error(args, words):
    with pytest.raises(CommandError, match=words) as caught:
        call_command(*args)
    assert caught.value.returncode == 2


def test_contexts_are_fixed_for_one_user_whatever_the_case_of_the_address(capsys):
    user = PlayerAssociationFactory(user__email="ann@example.com").user
    PlayerAssociationFactory()
    out, code = run(capsys, "fix_league_contexts", "--specific-user", "Ann@Example.com")
    assert (out.splitlines()[-1], code) == ("1 league contexts fixed, 0 cleared", 0)
    assert list(User.objects.filter(league_context__isnull=False)) == [user]


def test_a_dry_run_says_so_and_changes_nothing(capsys):
    PlayerAssociationFactory()
    out, _ = run(capsys, "fix_league_contexts", "--dry-run")
    assert out.endswith("1 league contexts fixed, 0 cleared (dry run: nothing was changed)")
    assert not User.objects.filter(league_context__isnull=False).exists()


def test_a_long_report_is_cut_for_people_and_whole_for_scripts(capsys):
    PlayerAssociationFactory.create_batch(SHOWN + 2)
    out, _ = run(capsys, "fix_league_contexts", "--dry-run")
    assert len(out.splitlines()) == SHOWN + 2
    assert "… and 2 more (all of them with --json)" in out
    out, _ = run(capsys, "fix_league_contexts", "--dry-run", "--json")
    found = json.loads(out)
    assert (found["dry_run"], found["fixed"], found["cleared"], len(found["findings"])) == (
        True,
        SHOWN + 2,
        0,
        SHOWN + 2,
    )


def test_associations_that_stay_on_an_inactive_player_are_reported(capsys):
    PlayerAssociationFactory(player__is_active=False, user__email="ann@example.com")
    out, code = run(capsys, "re_associate_users")
    assert "kept on the inactive player: ann@example.com is" in out
    assert (out.splitlines()[-1], code) == ("0 associations restored, 1 kept on the inactive player", 0)


def test_discovery_takes_a_user_and_a_limit(capsys):
    user = UserFactory(first_name="Ann", last_name="Cole")
    PlayerFactory.create_batch(3, first_name="Ann", last_name="Cole")
    out, _ = run(capsys, "discover_associations", "--user-id", str(user.pk), "--limit", "2", "--json")
    found = json.loads(out)
    assert (found["linked"], found["suggested"], user.suggestions.count()) == (0, 2, 2)
    assert not PlayerAssociation.objects.exists()


@pytest.mark.parametrize("wrong", ["0", "-1", "many"])
def test_a_limit_that_is_no_number_above_0_is_a_usage_error(wrong):
    with pytest.raises(CommandError, match="not a number above 0"):
        call_command("discover_associations", f"--limit={wrong}")


def test_health_is_kept_and_printed_in_one_line_when_all_is_well(capsys):
    out, code = run(capsys, "check_health")
    assert out.startswith("health ")
    assert out.endswith("score 100.0 % (perfect)")
    assert (code, HealthSnapshot.objects.count()) == (0, 1)


def test_poor_health_names_what_fails_and_the_repair_and_exits_with_1(capsys):
    PlayerAssociationFactory()
    out, code = run(capsys, "check_health", "--dry-run")
    assert "warning: contexts_missing: 1 users with an active player and no league context" in out
    assert "python manage.py fix_league_contexts" in out
    assert (code, HealthSnapshot.objects.count()) == (1, 0)
    run(capsys, "fix_league_contexts")
    assert run(capsys, "check_health")[1] == 0


def test_health_as_json_has_every_check(capsys):
    out, _ = run(capsys, "check_health", "--json")
    found = json.loads(out)
    assert (found["score"], found["band"]) == (100, "perfect")
    assert {"name": "orphans_team", "number": 0, "critical": True} in [
        {key: check[key] for key in ("name", "number", "critical")} for check in found["checks"]
    ]


def test_one_check_alone_fails_where_its_number_is_not_0(capsys):
    assert run(capsys, "check_health", "--check", "held_on_inactive_team")[1] == 0
    PracticeTimeFactory(team__is_active=False)
    out, code = run(capsys, "check_health", "--check", "held_on_inactive_team", "--json")
    assert (json.loads(out)["number"], code) == (1, 1)
    assert not HealthSnapshot.objects.exists()


def test_safety_counts_what_users_own(capsys):
    PracticeTimeFactory()
    out, code = run(capsys, "check_etl_safety")
    assert "1  leagues_practicetime" in out
    assert (out.splitlines()[-1], code) == ("safe to rebuild", 0)


def test_an_orphan_makes_it_unsafe_with_exit_code_3(capsys, orphan):  # noqa: F811
    out, code = run(capsys, "check_etl_safety", "--json")
    found = json.loads(out)
    assert (found["safe"], code) == (False, 3)
    assert found["problems"][0]["name"] == "orphans_practicetime"
