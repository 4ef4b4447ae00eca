"""Who is who among players from one snapshot to the next. Wrong is worse than missing."""

import pytest

from etlimport.models import AmbiguousIdentity, IdentityChange
from etlimport.tests.sources import ELM, OAK, imported, player, roster, two_teams
from leagues.models import Player, RosterSpot

pytestmark = pytest.mark.django_db
Layer = IdentityChange.Layer


def people() -> dict[str, int]:
    """Row ids of the active players by full name."""
    return {found.full_name: found.pk for found in Player.objects.filter(is_active=True)}


def crowd(size: int = 16) -> list[dict]:
    """Others of the league, whose ids all come back."""
    letters = "abcdefghijklmnop"[:size]
    return [player(f"crowd{a}", f"Given{a}", f"Family{a}", team="Oak 1", club="Oak") for a in letters]


def rekeyed(rows: list[dict], how) -> list[dict]:
    return [row | {"Player ID": how(row["Player ID"])} for row in rows]


def long_ids(prefix: str):
    return lambda external_id: f"{prefix}-{external_id[1:]:0>10}"


def test_a_name_two_people_share_is_two_people(snapshot):
    imported(snapshot(players=[player("p1"), player("p2")]))
    assert Player.objects.filter(name_key="ann hale").count() == 2


def test_placeholders_are_players_of_their_own_and_never_matched_by_name(snapshot):
    imported(snapshot(players=[*two_teams(), player("c1", "Court", "5 No Player 1")]))
    court = Player.objects.get(external_id="c1")
    imported(snapshot(players=rekeyed([*two_teams(), player("c1", "Court", "5 No Player 1")], "new-{}".format)))
    court.refresh_from_db()
    assert (court.external_id, court.is_active) == ("c1", False)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("Mary", "Ann Spencer"), ("Mary Ann", "Spencer")),
        (("Mary", "Spencer"), ("MARY", "spencer")),
        (("Mary", "Spencer"), (" Mary ", "Spencer  ")),
        (("Tom", "Sullivan"), ("Tom", "Sullivan - MSC")),
    ],
)
def test_a_re_keyed_player_is_known_however_the_name_is_written(snapshot, old, new):
    imported(snapshot(players=[*two_teams(), player("p9", *old)]))
    before = Player.objects.get(external_id="p9").pk
    imported(snapshot(players=rekeyed([*two_teams(), player("p9", *new)], "new-{}".format)))
    assert Player.objects.get(external_id="new-p9").pk == before


def test_a_surname_changed_by_marriage_under_the_same_id_is_the_same_person(snapshot):
    imported(snapshot(players=two_teams()))
    before = people()["Ann Hale"]
    imported(snapshot(players=[player("p1", "Ann", "Quist"), *two_teams()[1:]]))
    assert people()["Ann Quist"] == before


def test_players_re_keyed_with_a_common_tail_keep_their_rows(snapshot):
    imported(snapshot(players=rekeyed(two_teams(), long_ids("nndz"))))
    before = people()
    run = imported(snapshot(players=rekeyed(two_teams(), long_ids("cnswpl"))))
    assert people() == before
    assert set(run.identity_changes.filter(kind="player").values_list("layer", flat=True)) == {Layer.ID_TAIL}


def test_players_re_keyed_without_a_tail_keep_their_rows_by_full_name(snapshot):
    imported(snapshot(players=two_teams()))
    before = people()
    run = imported(snapshot(players=rekeyed(two_teams(), lambda old: f"{ord(old[-1]) * 7919:x}")))
    assert people() == before
    assert set(run.identity_changes.filter(kind="player").values_list("layer", flat=True)) == {Layer.FULL_NAME}
    assert run.counts["things"]["players"]["deactivated"] == 0


def test_a_nickname_at_the_same_team_is_the_same_person(snapshot):
    imported(snapshot(players=[*two_teams(), player("p9", "Robert", "Quist")]))
    before = people()["Robert Quist"]
    imported(snapshot(players=rekeyed([*two_teams(), player("p9", "Bob", "Quist")], "new-{}".format)))
    assert people()["Bob Quist"] == before


def test_a_nickname_at_another_club_is_nobody_known(snapshot):
    imported(snapshot(players=[*two_teams(), player("p9", "Robert", "Quist")]))
    before = people()["Robert Quist"]
    rows = [*two_teams(), player("p9", "Bob", "Quist", team="Fir 1", club="Fir")]
    imported(snapshot(players=rekeyed(rows, "new-{}".format)))
    assert people()["Bob Quist"] != before


def test_a_shared_name_stays_ambiguous_and_is_reported(snapshot):
    twins = [player("t1", "Jo", "Twin"), player("t2", "Jo", "Twin")]
    imported(snapshot(players=two_teams() + twins))
    old = set(Player.objects.filter(name_key="jo twin").values_list("pk", flat=True))
    run = imported(snapshot(players=rekeyed(two_teams() + twins[:1], "new-{}".format)))
    new = Player.objects.get(name_key="jo twin", is_active=True)
    assert new.pk not in old
    assert run.counts["ambiguous"]
    assert set(AmbiguousIdentity.objects.filter(new_id=new.pk).values_list("old_id", flat=True)) <= old


def test_ids_reissued_to_other_people_hand_nothing_over(snapshot):
    imported(snapshot(players=two_teams()))
    before = people()
    names = [*ELM, *OAK]
    shifted = names[1:] + names[:1]
    imported(
        snapshot(players=roster(*shifted[:4]) + roster(*shifted[4:], team="Oak 1", club="Oak", start=5)),
    )
    after = people()
    assert all(after[name] == before[name] for name in after.keys() & before.keys())
    assert Player.objects.get(external_id="p1", is_active=True).full_name == "Bea Irwin"


def test_one_id_given_to_somebody_else_is_somebody_else(snapshot):
    imported(snapshot(players=two_teams()))
    ann = people()["Ann Hale"]
    imported(snapshot(players=[player("p1", "Zoe", "Zimmer"), *two_teams()[1:]]))
    assert people()["Zoe Zimmer"] != ann
    assert not Player.objects.get(pk=ann).is_active


def test_two_players_who_swapped_their_ids_are_themselves(snapshot):
    imported(snapshot(players=two_teams()))
    before = people()
    rows = two_teams()
    rows[0]["Player ID"], rows[1]["Player ID"] = rows[1]["Player ID"], rows[0]["Player ID"]
    imported(snapshot(players=rows))
    assert people() == before


def test_a_player_who_moves_to_another_team_is_the_same_person(snapshot):
    imported(snapshot(players=two_teams()))
    before = people()
    imported(snapshot(players=[player("p1", team="Oak 1", club="Oak"), *two_teams()[1:]]))
    assert people() == before
    assert RosterSpot.objects.get(player_id=before["Ann Hale"], is_active=True).team.name == "Oak 1"


def test_a_person_of_the_same_name_in_another_league_is_another_row(snapshot):
    imported(snapshot(players=[player(), player("p1", League="CITA")]))
    assert Player.objects.count() == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"x1": "Ann Hale", "x2": "Bob Hale"}, {"x1": "Bob Hale", "x2": "Ann Hale"}),
        ({"x1": "Mary Hale", "x2": "Mary Quist"}, {"x1": "Mary Quist", "x2": "Mary Hale"}),
        ({"x1": "Ann Hale"}, {"x1": "Bob Hale", "x9": "Ann Hale"}),
        ({"x1": "Mary Hale"}, {"x1": "Mary Quist", "x9": "Mary Hale"}),
        ({"x1": "Mary Hale", "x2": "Mary Quist"}, {"x1": "Mary Quist", "x9": "Mary Hale"}),
    ],
)
@pytest.mark.parametrize("how", ["{}", "same-tail-{}"], ids=["ids", "tails"])
def test_an_id_that_changes_hands_among_people_who_share_a_name_hands_nothing_over(snapshot, before, after, how):
    """Families and first names: who is still there keeps the row, whatever id they have."""

    def rows(people: dict[str, str], prefix: str) -> list[dict]:
        ids = {external_id: how.replace("same", prefix).format(external_id.rjust(9, "0")) for external_id in people}
        return crowd() + [player(ids[external_id], *name.split()) for external_id, name in people.items()]

    imported(snapshot(players=rows(before, "old")))
    kept = people()
    imported(snapshot(players=rows(after, "new")))
    now = people()
    assert {name: now[name] for name in kept.keys() & now.keys()} == {
        name: kept[name] for name in kept.keys() & now.keys()
    }
    assert {now[name] for name in now.keys() - kept.keys()}.isdisjoint(kept.values())


def test_another_given_name_under_one_id_and_surname_is_asked_and_not_guessed(snapshot):
    imported(snapshot(players=[*crowd(), player("x1", "Ann", "Hale")]))
    ann = people()["Ann Hale"]
    imported(snapshot(players=[*crowd(), player("x1", "Bob", "Hale")]))
    assert people()["Bob Hale"] != ann
    question = AmbiguousIdentity.objects.get(kind="player")
    assert (question.old_id, question.new_id) == (ann, people()["Bob Hale"])


@pytest.mark.parametrize("called", ["Bob", "R", "Rob"])
def test_a_nickname_or_an_initial_under_the_same_id_is_the_same_person(snapshot, called):
    imported(snapshot(players=[*crowd(), player("x1", "Robert", "Hale")]))
    robert = people()["Robert Hale"]
    imported(snapshot(players=[*crowd(), player("x1", called, "Hale")]))
    assert people()[f"{called} Hale"] == robert


def test_who_marries_beside_a_namesake_who_stays_keeps_the_row(snapshot):
    imported(snapshot(players=[*crowd(), player("x1", "Jo", "Hale"), player("x2", "Jo", "Hale")]))
    jo = Player.objects.get(external_id="x1").pk
    imported(snapshot(players=[*crowd(), player("x1", "Jo", "Quist"), player("x2", "Jo", "Hale")]))
    assert people()["Jo Quist"] == jo


def test_who_comes_back_to_an_id_that_somebody_else_had_meanwhile_is_known(snapshot):
    imported(snapshot(players=[*crowd(), player("x1", "Ann", "Hale")]))
    ann = people()["Ann Hale"]
    imported(snapshot(players=[*crowd(), player("x1", "Zed", "Quist")]))
    zed = people()["Zed Quist"]
    imported(snapshot(players=[*crowd(), player("x1", "Ann", "Hale"), player("x2", "Zed", "Quist")]))
    assert (people()["Ann Hale"], people()["Zed Quist"]) == (ann, zed)


def test_who_comes_back_at_another_club_is_asked_about(snapshot):
    imported(snapshot(players=[*crowd(), player("x1", "Ann", "Hale")]))
    ann = people()["Ann Hale"]
    imported(snapshot(players=crowd()))
    imported(snapshot(players=[*crowd(), player("x9", "Ann", "Hale", team="Fir 1", club="Fir")]))
    assert people()["Ann Hale"] != ann
    assert AmbiguousIdentity.objects.get(kind="player").old_id == ann


def test_an_id_of_any_length_can_change_hands(snapshot):
    long = "y" * 150
    imported(snapshot(players=[*crowd(), player(long, "Ann", "Hale")]))
    ann = people()["Ann Hale"]
    imported(snapshot(players=[*crowd(), player(long, "Zed", "Quist")]))
    assert Player.objects.get(external_id=long).full_name == "Zed Quist"
    assert Player.objects.get(pk=ann).external_id.endswith(f"~{ann}")
