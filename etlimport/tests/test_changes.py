"""What a run changed is told alike by its report, its preview and its page."""

import pytest

from etlimport.reports.changes import find_changes
from etlimport.tests.sources import imported, player, run_of, two_teams

pytestmark = pytest.mark.django_db


def on_its_page(run) -> dict[str, list[str]]:
    told = {}
    for change in find_changes(run)[0:1000]:
        told.setdefault(change.group, []).append(change.line)
    return told


@pytest.mark.parametrize("rebuild", [False, True], ids=["merge", "rebuild"])
def test_who_joined_and_who_left_is_told_alike_before_during_and_after(snapshot, rebuild):
    imported(snapshot(players=two_teams()))
    source = snapshot(players=[*two_teams()[1:], player("p9", "Zoe")])
    preview = run_of(source, rebuild=rebuild, dry_run=True, diff=True)
    run = imported(source, rebuild=rebuild)
    report = {group: found["items"] for group, found in run.diff.items()}
    assert report["players left"] == ["Ann Hale"]
    assert report["players joined"] == ["Zoe Hale"]
    assert on_its_page(run) == report == {group: found["items"] for group, found in preview.diff.items()}


def test_who_lost_the_id_to_somebody_else_left(snapshot):
    base = [*two_teams(), player("x1", "Vic", "Quist")]
    imported(snapshot(players=base))
    run = imported(snapshot(players=[*base[:-1], player("x1", "Zed", "Umber")]))
    assert run.diff["players left"]["items"] == ["Vic Quist"]
    assert run.diff["players joined"]["items"] == ["Zed Umber"]


def test_a_club_respelled_by_a_source_of_new_leagues_is_told(snapshot):
    imported(snapshot(players=two_teams()))
    others = [{**row, "League": "CNSWPL", "Club": row["Club"].upper()} for row in two_teams()]
    run = imported(snapshot(players=others))
    assert run.counts["identity changes"]["club"] == 2
    assert on_its_page(run)["clubs renamed"] == ["Elm → ELM (natural key)", "Oak → OAK (natural key)"]
