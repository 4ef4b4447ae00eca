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
    twins = [player("t1", "Jo", "Twin"), player("t2", "Jo", "Twin", team="Oak 1", club="Oak")]
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
