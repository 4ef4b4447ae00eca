"""Under one id a person stays a person however the name is spelled; two ids may be one person, one id two people."""

import pytest
from django.urls import reverse

from etlimport.models import Alias, AmbiguousIdentity, ImportRun
from etlimport.settle import settle_same
from etlimport.tests.sources import imported, player, two_teams
from etlimport.undo import undo_run
from leagues.contexts import context_row
from leagues.models import Player, PlayerAssociation, RosterSpot, User

pytestmark = pytest.mark.django_db
RECORD = {"Wins": 5, "Losses": 2}


def owner(external_id: str) -> User:
    found = Player.objects.get(external_id=external_id)
    user = User.objects.create_user(
        "ann@example.com", "secret", first_name=found.first_name, last_name=found.last_name, league_context=found.league
    )
    PlayerAssociation.objects.create(user=user, player=found, is_primary=True)
    return user


def teams_of(user: User) -> list[str]:
    spots = RosterSpot.objects.filter(player__association__user=user, player__is_active=True, is_active=True)
    return sorted(spots.values_list("team__name", flat=True))


def night(*rows: dict) -> dict:
    return {"players": [*rows, *two_teams()[1:]]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("Søren", "Løwe"), ("Soren", "Lowe")),
        (("Łucja", "Đukić"), ("Lucja", "Dukic")),
        (("Mary Ann", "Pell"), ("Maryann", "Pell")),
        (("Jean-Paul", "Roy"), ("Jeanpaul", "Roy")),
        (("Nina", "Okafor"), ("Dr. Nina", "Okafor")),
        (("Bob", "Hale Jr."), ("Robert", "Hale")),
        (("Anna", "Van der Berg"), ("Van der Berg", "Anna")),
        (("Micheal", "Torvik"), ("Michael", "Torvik")),
        (("Petra", "Quist"), ("Petra", "Quist (S)")),
        (("Ann", "Hale*"), ("Ann", "Moore")),
    ],
)
def test_another_spelling_under_the_same_id_is_the_same_person(snapshot, before, after):
    imported(snapshot(**night(player("p1", *before))))
    user = owner("p1")
    imported(snapshot(**night(player("p1", *after))))
    assert teams_of(user) == ["Elm 1"]


@pytest.mark.parametrize("matches", [0, 2])
def test_any_name_of_the_same_id_team_and_record_is_the_same_person(snapshot, matches):
    imported(snapshot(**night(player("p1", "Elizabeth", "Moore", **RECORD))))
    user = owner("p1")
    grown = RECORD | {"Wins": RECORD["Wins"] + matches}
    imported(snapshot(**night(player("p1", "Liz", "Dunn", **grown))))
    assert teams_of(user) == ["Elm 1"]


@pytest.mark.parametrize("record", [{}, {"Wins": 0, "Losses": 0}, {"Wins": 4, "Losses": 2}, {"Wins": 30, "Losses": 20}])
def test_another_name_with_another_record_is_another_person(snapshot, record):
    imported(snapshot(**night(player("p1", "Elizabeth", "Moore", **RECORD))))
    user = owner("p1")
    imported(snapshot(**night(player("p1", "Uma", "Vale", **record))))
    assert teams_of(user) == []


def test_the_name_of_somebody_else_of_the_league_is_somebody_else(snapshot):
    imported(snapshot(**night(player("p1", "Elizabeth", "Moore", **RECORD), player("p9", "Uma", "Vale", **RECORD))))
    user = owner("p1")
    imported(snapshot(**night(player("p1", "Uma", "Vale", **RECORD))))
    assert Player.objects.get(external_id="p1", is_active=True).full_name == "Uma Vale"
    assert teams_of(user) == []


@pytest.mark.parametrize("first_in_file", [True, False])
def test_who_had_an_id_keeps_it_whatever_the_order_of_rows(snapshot, first_in_file):
    known, other = player("p1", "Ann", "Hale"), player("p1", "Zoe", "Zander", team="Oak 1", club="Oak")
    imported(snapshot(**night(known)))
    user = owner("p1")
    run = imported(snapshot(**night(*((known, other) if first_in_file else (other, known)))))
    assert Player.objects.get(external_id="p1", is_active=True).full_name == "Ann Hale"
    assert teams_of(user) == ["Elm 1"]
    assert run.rejected_rows.get().reason == "its Player ID is that of somebody else"


def test_a_mark_is_no_part_of_a_name_and_a_persons_own_team_comes_first(snapshot):
    spare = player("p1", "Ann", "Hale(S)", team="Ash 1", club="Ash", series="Series 0")
    imported(
        snapshot(
            **night(player(), spare),
        )
    )
    user = owner("p1")
    assert Player.objects.get(external_id="p1").full_name == "Ann Hale"
    assert context_row(user.pk)["team_name"] == "Elm 1"
    spots = RosterSpot.objects.filter(player__external_id="p1")
    assert dict(spots.values_list("team__name", "is_substitute")) == {"Elm 1": False, "Ash 1": True}


def test_the_owner_of_an_id_that_is_dropped_may_claim_the_other_one(client, snapshot):
    twins = [player("p1", **RECORD), player("p1x", **RECORD)]
    imported(snapshot(**night(*twins)))
    user = owner("p1")
    imported(snapshot(**night(twins[1])))
    assert [suggestion.player.external_id for suggestion in user.suggestions.all()] == ["p1x"]
    client.force_login(user)
    assert client.get(reverse("find_me_in", args=["nstf"])).status_code == 200


def settled(snapshot) -> User:
    """Somebody of whom an operator told that the new id is theirs, too."""
    imported(snapshot(**night(player("p1", "Ann", "Hale"))))
    user = owner("p1")
    run = imported(snapshot(**night(player("p1x", "Anna-Maria", "Hale-Quist"))))
    old, new = Player.objects.get(external_id="p1"), Player.objects.get(external_id="p1x")
    names = {"old_label": str(old), "new_label": str(new)}
    question = AmbiguousIdentity.objects.create(
        run=run, kind="player", league_key="nstf", old_id=old.pk, new_id=new.pk, **names
    )
    settle_same(question)
    assert teams_of(user) == ["Elm 1"]
    return user


@pytest.mark.parametrize("sent", [["p1"], ["p1x"], ["p1", "p1x"], ["p1x", "p1"]])
def test_what_an_operator_settled_holds_whichever_id_the_source_sends(snapshot, sent):
    user = settled(snapshot)
    names = {"p1": ("Ann", "Hale"), "p1x": ("Anna-Maria", "Hale-Quist")}
    for _ in range(2):
        teams = {"p1": {}, "p1x": {"team": "Oak 1", "club": "Oak"} if len(sent) > 1 else {}}
        imported(snapshot(**night(*(player(each, *names["p1x"], **teams[each]) for each in sent))))
        assert teams_of(user) == (["Elm 1", "Oak 1"] if len(sent) > 1 else ["Elm 1"])
        assert Player.objects.filter(association__user=user).count() == 1


def test_undoing_the_answer_takes_its_alias_back(snapshot):
    settled(snapshot)
    assert Alias.objects.count() == 1
    undo_run(ImportRun.objects.get(mode=ImportRun.Mode.SETTLE))
    assert not Alias.objects.exists()


def namesakes(*records: dict, prefix: str) -> list[dict]:
    """People of one name, each of the team and with the figures given, beside a league that gets new ids too."""
    others = [row | {"Player ID": f"{prefix}{row['Player ID']}"} for row in two_teams()]
    return [*others, *(player(f"{prefix}x{n}", "Pat", "Roe", **record) for n, record in enumerate(records))]


ELM, OAK = {"team": "Elm 1", "club": "Elm"}, {"team": "Oak 1", "club": "Oak"}


@pytest.mark.parametrize("rebuild", [False, True])
@pytest.mark.parametrize(
    ("first", "second", "later"),
    [
        (ELM, OAK, (ELM, OAK)),
        (ELM | RECORD, ELM | {"Wins": 1, "Losses": 9}, (ELM | RECORD, ELM | {"Wins": 1, "Losses": 9})),
        (ELM | {"PTI": 30}, ELM | {"PTI": 50}, (ELM | {"PTI": 30.4}, ELM | {"PTI": 49.6})),
        (ELM | RECORD | {"PTI": 30}, OAK | {"PTI": 50}, (OAK | RECORD | {"PTI": 30}, OAK | {"PTI": 50})),
    ],
    ids=["team", "record", "rating", "record after a change of team"],
)
def test_namesakes_of_a_rekeyed_league_are_told_by_what_is_known_of_them(snapshot, first, second, later, rebuild):
    imported(snapshot(players=namesakes(first, second, prefix="a")))
    users = [owner("ax0")]
    imported(snapshot(players=namesakes(*later, prefix="zz")), rebuild=rebuild)
    assert [user.associations.get().player.external_id for user in users] == ["zzx0"]


def test_namesakes_of_whom_the_same_is_known_are_a_question_and_nobodys_guess(snapshot):
    imported(snapshot(players=namesakes(ELM, ELM, prefix="a")))
    user = owner("ax0")
    imported(snapshot(players=namesakes(ELM, ELM, prefix="zz")))
    assert user.associations.get().player.external_id == "ax0"
    assert AmbiguousIdentity.objects.filter(old_id=user.associations.get().player_id).exists()
