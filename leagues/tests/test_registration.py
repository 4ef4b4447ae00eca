import pytest
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError

from leagues.forms import RegistrationForm
from leagues.models import PlayerAssociation, User
from leagues.tests.factories import (
    PASSWORD,
    LeagueFactory,
    PlayerAssociationFactory,
    PlayerFactory,
    RosterSpotFactory,
    SeriesFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def player(team):
    player = PlayerFactory(league=team.league, first_name="Ann", last_name="O'Hara - MSC")
    RosterSpotFactory(player=player, team=team)
    return player


def details(team, **changed):
    return {
        "first_name": "Ann",
        "last_name": "O’Hara",
        "email": "Ann@Example.com",
        "password": "drop-shot-42",
        "club": team.club.key,
        "series": team.series.key,
        **changed,
    }


def register(client, team, **changed):
    return client.post(f"/register/{team.league.key}/", details(team, **changed), follow=True)


def test_a_new_user_is_linked_to_the_player_of_their_name_and_sees_their_team(client, team, player):
    page = register(client, team)
    user = User.objects.get(email__iexact="ann@example.com")
    association = PlayerAssociation.objects.get()
    assert (association.user, association.player, association.is_primary) == (user, player, True)
    assert page.redirect_chain[-1][0] == "/"
    assert page.context["team"] == team
    assert "We found you" in page.content.decode()


def test_a_player_who_is_somebodys_already_is_never_taken(client, team, player):
    owner = PlayerAssociationFactory(player=player).user
    page = register(client, team)
    assert PlayerAssociation.objects.get().user == owner
    assert "could not find you" in page.content.decode()
    assert page.redirect_chain[-1][0] == "/settings/"


@pytest.mark.parametrize("namesake_is_claimed", [False, True])
def test_two_players_of_one_name_on_the_same_teams_are_a_question_not_a_link(client, team, player, namesake_is_claimed):
    namesake = PlayerFactory(league=team.league, first_name="Ann", last_name="O'Hara")
    RosterSpotFactory(player=namesake, team=team)
    if namesake_is_claimed:
        PlayerAssociationFactory(player=namesake)
    page = register(client, team)
    user = User.objects.get(email__iexact="ann@example.com")
    assert not user.associations.exists()
    assert player in [suggestion.player for suggestion in page.context["suggestions"]]


def test_a_nickname_is_a_question(client, team):
    robert = PlayerFactory(league=team.league, first_name="Robert", last_name="Stone")
    RosterSpotFactory(player=robert, team=team)
    page = register(client, team, first_name="Bob", last_name="Stone")
    assert not PlayerAssociation.objects.exists()
    assert [suggestion.player for suggestion in page.context["suggestions"]] == [robert]


def test_somebody_not_found_gets_an_account_and_a_way_on(client, team, player):
    page = register(client, team, first_name="Quentin", last_name="Unknown")
    assert page.status_code == 200
    assert SESSION_KEY in client.session
    assert "/settings/player/" in page.content.decode()
    assert client.get("/").context["league"] == team.league
    corrected = client.post("/settings/", {"first_name": "Ann", "last_name": "O'Hara"}, follow=True)
    assert "saved" in corrected.content.decode()
    found = client.post(
        f"/settings/player/{team.league.key}/", {"club": team.club.key, "series": team.series.key}, follow=True
    )
    assert "We found you" in found.content.decode()
    assert client.get("/").context["team"] == team


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("email", "taken@example.com", "There is an account with this email"),
        ("email", "not an address", "valid email"),
        ("password", "12345", "too short"),
        ("password", "ann@example.com", "too similar"),
        ("first_name", "", "required"),
        ("club", "nowhere", "Select a valid choice"),
        ("series", "", "required"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_made(client, team, field, value, complaint):
    UserFactory(email="Taken@Example.com")
    page = client.post(f"/register/{team.league.key}/", details(team, **{field: value}))
    assert complaint in " ".join(page.context["form"].errors[field])
    assert User.objects.count() == 1


def test_a_form_sent_twice_at_once_makes_one_account_and_says_so(client, team, monkeypatch):
    UserFactory(email="ann@example.com")
    monkeypatch.setattr(RegistrationForm, "clean_email", lambda form: form.cleaned_data["email"])
    monkeypatch.setattr(RegistrationForm, "_post_clean", lambda form: None)
    monkeypatch.setattr(RegistrationForm, "save", lambda form: UserFactory(email="Ann@example.com"))
    page = client.post(f"/register/{team.league.key}/", details(team))
    assert "There is an account" in page.context["form"].errors["email"][0]
    assert User.objects.count() == 1
    assert SESSION_KEY not in client.session


@pytest.mark.parametrize("fault", [PermissionDenied, IntegrityError])
def test_who_registers_while_a_rebuild_replaces_the_league_is_asked_to_send_it_again(client, team, monkeypatch, fault):
    """The league was there when the form was checked, and is another row when the account is made."""

    def refuse(request, league):
        raise fault

    monkeypatch.setattr("leagues.views.accounts.select_league", refuse)
    page = client.post(f"/register/{team.league.key}/", details(team))
    assert page.status_code == 200
    assert "once more" in page.context["form"].non_field_errors()[0]
    assert not User.objects.exists()
    assert SESSION_KEY not in client.session

    monkeypatch.undo()
    assert client.post(f"/register/{team.league.key}/", details(team)).status_code == 302


def test_a_name_without_letters_finds_nobody_and_is_refused(client, team):
    page = client.post(f"/register/{team.league.key}/", details(team, first_name="!", last_name="?"))
    assert "letters" in page.context["form"].errors["first_name"][0]


def test_only_active_leagues_can_be_joined(client, team):
    gone = LeagueFactory(is_active=False, name="Gone League")
    assert "Gone League" not in client.get("/register/").content.decode()
    assert client.get(f"/register/{gone.key}/").status_code == 404


def test_clubs_and_series_are_those_that_play_in_the_league_in_natural_order(client, team):
    for number in (10, 9):
        TeamFactory(league=team.league, series=SeriesFactory(league=team.league, name=f"Series {number}"))
    TeamFactory(league=team.league, is_active=False, club__name="Gone Club")
    form = client.get(f"/register/{team.league.key}/").context["form"]
    assert [name for _, name in form.fields["series"].choices][1:] == ["Series 5", "Series 9", "Series 10"]
    assert "Gone Club" not in dict(form.fields["club"].choices).values()


def test_people_log_in_by_email_in_any_case_and_return_to_where_they_were(client, member, team):
    page = client.get(team.get_absolute_url(), follow=True)
    sent = {"username": member.email.upper(), "password": PASSWORD, "next": page.context["next"]}
    assert client.post("/login/", sent).url == team.get_absolute_url()


def test_login_never_leads_off_the_site(client, member):
    sent = {"username": member.email, "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post("/login/", sent).url == "/"


def test_logging_in_renews_the_session_key(client, member):
    client.get("/login/")
    client.session["anything"] = 1
    client.session.save()
    before = client.session.session_key
    client.post("/login/", {"username": member.email, "password": PASSWORD})
    assert client.session.session_key != before


def test_logging_out_takes_a_post(member, login):
    client = login(member)
    assert client.get("/logout/").status_code == 405
    client.post("/logout/")
    assert SESSION_KEY not in client.session


def test_a_forgotten_password_is_reset_by_email(client, member):
    client.post("/password/reset/", {"email": member.email})
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/" in word)
    form = client.get(link.removeprefix("http://testserver"), follow=True)
    new = {"new_password1": "slice-and-dice-9", "new_password2": "slice-and-dice-9"}
    client.post(form.redirect_chain[-1][0], new)
    assert client.login(username=member.email, password="slice-and-dice-9")


def test_asking_for_an_unknown_address_looks_the_same_and_sends_nothing(client, member):
    answers = {client.post("/password/reset/", {"email": email}).url for email in (member.email, "no@example.com")}
    assert len(answers) == 1
    assert len(mail.outbox) == 1
