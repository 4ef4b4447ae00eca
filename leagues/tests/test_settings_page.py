import pytest
from django.contrib.auth import SESSION_KEY
from django.db.models.signals import pre_save
from django.test import Client

from leagues.models import PlayerAssociation, User
from leagues.tests.factories import (
    PASSWORD,
    AssociationSuggestionFactory,
    PlayerAssociationFactory,
    PlayerFactory,
    RosterSpotFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def suggestion(member):
    elsewhere = TeamFactory()
    player = PlayerFactory(league=elsewhere.league)
    RosterSpotFactory(player=player, team=elsewhere)
    return AssociationSuggestionFactory(user=member, player=player, evidence="same name")


def answer(client, suggestion, answer):
    return client.post(f"/settings/suggestions/{suggestion.pk}/", {"answer": answer}, follow=True)


def test_an_accepted_suggestion_links_the_player_and_opens_the_league(member, login, suggestion):
    client = login(member)
    assert suggestion.player.full_name in client.get("/settings/").content.decode()
    page = answer(client, suggestion, "accept")
    assert "is linked to you now" in page.content.decode()
    assert PlayerAssociation.objects.filter(user=member, player=suggestion.player, is_primary=False).exists()
    assert client.get(suggestion.player.get_absolute_url()).status_code == 200
    suggestion.refresh_from_db()
    assert suggestion.status == "accepted"
    assert suggestion.decided_at


def test_a_declined_suggestion_links_nothing_and_is_not_asked_again(member, login, suggestion):
    page = answer(login(member), suggestion, "decline")
    assert not PlayerAssociation.objects.filter(player=suggestion.player).exists()
    assert not page.context["suggestions"]
    assert answer(page.client, suggestion, "accept").status_code == 404


def test_nobody_answers_another_users_suggestion(login, suggestion):
    assert answer(login(UserFactory()), suggestion, "accept").status_code == 404
    suggestion.refresh_from_db()
    assert suggestion.status == "open"


def test_a_player_claimed_meanwhile_is_not_taken(member, login, suggestion):
    PlayerAssociationFactory(player=suggestion.player)
    assert answer(login(member), suggestion, "accept").status_code == 404
    assert not PlayerAssociation.objects.filter(user=member, player=suggestion.player).exists()


def test_a_second_player_in_one_league_is_refused_with_the_reason(member, login, team):
    second = AssociationSuggestionFactory(user=member, player=PlayerFactory(league=team.league))
    page = answer(login(member), second, "accept")
    assert "you have a player in that league" in page.content.decode()
    assert member.associations.count() == 1


def test_sessions_are_listed_and_ended_one_by_one_or_all_others_at_once(member, login):
    here, others = login(member), [Client() for _ in range(3)]
    for other in others:
        other.force_login(member)
    page = here.get("/settings/")
    assert len(page.context["sessions"]) == 4
    ended = page.context["sessions"].get(session_key=others[0].session.session_key)
    here.post(f"/settings/sessions/{ended.pk}/end/")
    assert others[0].get("/").status_code == 302
    assert others[1].get("/").status_code == 200
    here.post("/settings/sessions/end-others/")
    assert [other.get("/").status_code for other in others] == [302, 302, 302]
    assert here.get("/").status_code == 200


def test_nobody_ends_another_users_session(member, login):
    victim = Client()
    victim.force_login(UserFactory())
    row = victim.session.get_model_class().objects.get(session_key=victim.session.session_key)
    login(member).post(f"/settings/sessions/{row.pk}/end/")
    assert SESSION_KEY in victim.session


def test_no_session_key_is_in_the_page(member, login):
    client = login(member)
    Client().force_login(member)
    content = client.get("/settings/").content.decode()
    for row in client.get("/settings/").context["sessions"]:
        assert row.session_key not in content


def test_changing_the_password_logs_other_devices_out(member, login):
    client, other = login(member), Client()
    other.force_login(member)
    new = {"old_password": PASSWORD, "new_password1": "slice-and-dice-9", "new_password2": "slice-and-dice-9"}
    assert client.post("/password/change/", new, follow=True).status_code == 200
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 302


def test_a_new_name_is_in_the_context_at_once(member, login):
    client = login(member)
    client.post("/settings/", {"first_name": "Zoë", "last_name": "Ace"})
    assert client.session["context"]["first_name"] == "Zoë"
    member.refresh_from_db()
    assert member.name_key == "zoe ace"


def test_a_new_name_leaves_what_was_selected_meanwhile(member, login, team):
    """While the form is being saved, another device selects, or an import gives the team another id."""
    client, other = login(member), TeamFactory(league=team.league)

    def select(sender, instance, **kwargs):
        User.objects.filter(pk=instance.pk).update(team_context=other)

    pre_save.connect(select, sender=User)
    try:
        client.post("/settings/", {"first_name": "Zoë", "last_name": "Ace"})
    finally:
        pre_save.disconnect(select, sender=User)
    member.refresh_from_db()
    assert (member.first_name, member.team_context) == ("Zoë", other)


def test_finding_oneself_is_for_leagues_open_to_the_user(member, login, other_team):
    client = login(member)
    assert other_team.league not in client.get("/settings/player/").context["leagues"]
    assert client.get(f"/settings/player/{other_team.league.key}/").status_code == 403


def test_who_has_a_player_in_a_league_is_told_so(member, login, team):
    page = login(member).get(f"/settings/player/{team.league.key}/", follow=True)
    assert "already" in page.content.decode()


def test_the_page_takes_few_queries_however_many_players_and_suggestions(member, login, django_assert_max_num_queries):
    for _ in range(5):
        PlayerAssociationFactory(user=member)
        AssociationSuggestionFactory(user=member)
    client = login(member)
    client.get("/settings/")
    with django_assert_max_num_queries(6):
        client.get("/settings/")
