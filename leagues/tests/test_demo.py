import pytest
from django.core.management import CommandError, call_command

from leagues.models import PlayerAssociation, Poll, User
from leagues.tests.factories import PlayerFactory, RosterSpotFactory, SeasonFactory, TeamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def mates(team):
    players = PlayerFactory.create_batch(2, league=team.league)
    for player in players:
        RosterSpotFactory(player=player, team=team, is_captain=player == players[0])
    return players


def logins(capsys):
    lines = capsys.readouterr().out.splitlines()[1:]
    return {role: (email, password) for role, email, password, *_ in map(str.split, lines)}


def test_the_logins_it_prints_work_and_show_a_team(mates, settings, capsys, client, team):
    settings.DEBUG = True
    call_command("make_demo_accounts")
    printed = logins(capsys)
    assert set(printed) == {"player", "captain", "staff"}
    for email, password in printed.values():
        assert client.login(username=email, password=password)
        page = client.get("/")
        assert page.status_code == 200
        assert "staff" in email or page.context["team"] == team
    assert User.objects.filter(is_staff=True).count() == 1


def test_practice_and_poll_are_of_the_team_of_the_current_season(mates, settings, team):
    settings.DEBUG = True
    past = SeasonFactory(league=team.league, key="1999-00", is_current=False)
    long_ago = TeamFactory(league=team.league, season=past, name="A team of long ago")
    RosterSpotFactory(player=mates[0], team=long_ago, is_captain=True)
    mates[0].roster_spots.filter(team=team).delete()
    RosterSpotFactory(player=mates[0], team=team, is_captain=True)
    call_command("make_demo_accounts")
    assert list(Poll.objects.values_list("team", flat=True)) == [team.pk]


def test_it_can_be_repeated(mates, settings, capsys):
    settings.DEBUG = True
    call_command("make_demo_accounts")
    call_command("make_demo_accounts")
    assert User.objects.count() == 3
    assert PlayerAssociation.objects.count() == 2
    assert Poll.objects.count() == 1


def test_outside_debug_it_must_be_insisted_on_and_its_passwords_are_random(mates, settings, capsys):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="--yes"):
        call_command("make_demo_accounts")
    assert not User.objects.exists()
    call_command("make_demo_accounts", "--yes")
    first = logins(capsys)["staff"][1]
    call_command("make_demo_accounts", "--yes")
    assert logins(capsys)["staff"][1] != first


def test_without_data_it_says_what_to_do(settings):
    settings.DEBUG = True
    with pytest.raises(CommandError, match="import a snapshot first"):
        call_command("make_demo_accounts")
