"""What the source itself says of its teams and matches is evidence: its ids, their pages, the time of scraping."""

import json

import pytest

from etlimport.models import IdentityChange, RowChange
from etlimport.tests.sources import imported, line, match, roster, standing, two_teams
from etlimport.undo import undo_run
from leagues.models import MatchScore, RosterSpot, ScheduledMatch, Team
from leagues.tests.factories import PracticeTimeFactory

pytestmark = pytest.mark.django_db

IDS = {"Elm 1": "t-1", "Oak 1": "t-2"}


def with_ids(rows: list[dict], ids: dict[str, str] = IDS) -> list[dict]:
    return [row | {"Team ID": ids[row.get("Series Mapping ID") or row["team"]]} for row in rows]


def of_new_people(start: int = 20) -> list[dict]:
    """The rosters of both teams without anybody who was there before."""
    elm = roster("Una Vale", "Vera Wood", team="Elm 1", start=start)
    return elm + roster("Wim Xu", "Xaver Young", team="Oak 1", club="Oak", start=start + 2)


def by_source_id() -> dict[str, int]:
    return dict(Team.objects.filter(is_active=True).values_list("source_id", "pk"))


def test_a_team_keeps_its_row_by_its_id_when_its_label_and_its_people_are_new(snapshot):
    imported(snapshot(players=with_ids(two_teams())))
    before = by_source_id()
    practice = PracticeTimeFactory(team=Team.objects.get(name="Elm 1"))
    renamed = {"Elm 1": "Maple 7", "Oak 1": "Fir 7"}
    rows = [row | {"Series Mapping ID": renamed[row["Series Mapping ID"]], "Club": ""} for row in of_new_people()]
    run = imported(snapshot(players=with_ids(rows, {"Maple 7": "t-1", "Fir 7": "t-2"})), force=True)
    assert by_source_id() == before
    practice.refresh_from_db()
    assert practice.team.name == "Maple 7"
    assert run.identity_changes.filter(kind="team", layer=IdentityChange.Layer.SOURCE_ID).count() == 2


def test_ids_tell_teams_that_exchanged_their_labels(snapshot):
    imported(snapshot(players=with_ids(two_teams())))
    before = by_source_id()
    exchanged = with_ids(of_new_people(), {"Elm 1": "t-2", "Oak 1": "t-1"})
    imported(snapshot(players=exchanged), force=True)
    assert by_source_id() == before
    assert Team.objects.get(source_id="t-1").name == "Oak 1"


def test_label_and_people_together_outweigh_the_id(snapshot):
    """Some sources number their teams anew."""
    imported(snapshot(players=with_ids(two_teams())))
    before = set(RosterSpot.objects.values_list("player_id", "team_id"))
    imported(snapshot(players=with_ids(two_teams(), {"Elm 1": "t-2", "Oak 1": "t-1"})))
    assert set(RosterSpot.objects.filter(is_active=True).values_list("player_id", "team_id")) == before
    assert Team.objects.get(name="Elm 1").source_id == "t-2"


@pytest.mark.parametrize("ids", [{"Elm 1": "t-9", "Oak 1": "t-9"}, {"Elm 1": "", "Oak 1": "N/A"}])
def test_an_id_of_two_teams_or_none_says_nothing_and_the_known_ones_stay(snapshot, ids):
    imported(snapshot(players=with_ids(two_teams())))
    before = by_source_id()
    imported(snapshot(players=with_ids(two_teams(), ids)))
    assert by_source_id() == before


def test_the_ids_in_schedules_and_tables_count_as_well(snapshot):
    night = {
        "players": two_teams(),
        "schedules": [match(home_team_id="t-1", away_team_id="t-2")],
        "series_stats": with_ids([standing(), standing("Oak 1")]),
    }
    imported(snapshot(**night))
    assert set(by_source_id()) == {"t-1", "t-2"}


@pytest.mark.parametrize("change", [{"date": "12/24/2024"}, {"date": "12/24/2024", "time": "08:00 pm"}])
def test_a_fixture_is_known_by_its_page_however_far_it_moved(snapshot, change):
    pages = ("https://elm.example/1", "https://elm.example/2")
    fixtures = [match(url=pages[0]), match(date="10/08/2024", url=pages[1])]
    imported(snapshot(players=two_teams(), schedules=fixtures))
    before = dict(ScheduledMatch.objects.values_list("source_url", "pk"))
    imported(snapshot(players=two_teams(), schedules=[fixtures[0] | change, fixtures[1]]))
    assert dict(ScheduledMatch.objects.filter(is_active=True).values_list("source_url", "pk")) == before


def test_a_line_without_an_id_is_known_by_the_page_of_its_match(snapshot):
    page = {"Match URL": "https://elm.example/1", "Line": "Line 2", "Series": "Series 1"}
    imported(snapshot(players=two_teams(), match_history=[line(**page)]))
    before = MatchScore.objects.get().pk
    other = line(people=("p2", "p3", "p5", "p6"), date="30-Sep-24", **page) | {"Scores": "7-6, 7-6"}
    imported(snapshot(players=two_teams(), match_history=[other]))
    found = MatchScore.objects.get()
    assert (found.pk, str(found.date), found.series_label) == (before, "2024-09-30", "Series 1")


def scraped(at: str) -> list[dict]:
    return [row | {"scraped_at": at} for row in two_teams()]


def test_an_older_copy_than_the_published_one_is_told(snapshot):
    assert imported(snapshot(players=scraped("2025-01-09T02:00:00Z"))).warnings == []
    older = imported(snapshot(players=[*scraped("2025-01-08T02:00:00Z")[:-1], *scraped("2025-01-07T02:00:00Z")[-1:]]))
    assert ["before what is published" in warning for warning in older.warnings] == [True]


def test_a_file_that_only_says_another_time_changes_nothing(snapshot):
    imported(snapshot(players=scraped("2025-01-09T02:00:00Z")))
    run = imported(snapshot(players=scraped("2025-01-10T02:00:00Z")))
    assert not RowChange.objects.filter(run=run).exists()


def test_a_run_is_undone_whose_notes_are_older_than_a_column(snapshot):
    imported(snapshot(players=with_ids(two_teams()), schedules=[match()]))
    run = imported(snapshot(players=with_ids(two_teams()), schedules=[match(location="Oak", time="08:00 pm")]))
    for note in RowChange.objects.filter(run=run):
        told = json.loads(note.before)
        note.before = json.dumps({name: told[name] for name in told if name not in ("address", "source_url")})
        note.save()
    undo = undo_run(run)
    assert undo.status == undo.Status.PUBLISHED, undo.error
    assert ScheduledMatch.objects.get().location == "Elm"
