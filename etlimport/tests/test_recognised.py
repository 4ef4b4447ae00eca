"""Files that say what the published ones said are known, however they are written; any others are not."""

import hashlib
import json

import pytest

from etlimport.models import Alias, ImportRun, SourceFile
from etlimport.resolve.aliases import Aliases
from etlimport.sources import digested, gather
from etlimport.tests.sources import history, imported, line, match, player, standing, two_teams
from leagues.models import Player, ScheduledMatch, Standing, Team
from leagues.season import lines_of

pytestmark = pytest.mark.django_db


def merged(run: ImportRun) -> bool:
    return "merge" in run.timings


def test_other_blanks_and_another_order_of_fields_say_the_same(snapshot):
    imported(snapshot(players=two_teams()))
    rows = [dict(reversed(row.items())) for row in two_teams()]
    written_anew = snapshot(players=json.dumps(rows, indent=3))
    run = imported(written_anew)
    assert run.status == ImportRun.Status.UNCHANGED
    assert not merged(run)
    assert run.counts["files"]["players.json"]["unchanged"] == len(rows)


def test_files_recognised_once_are_known_by_their_bytes_the_next_time(snapshot):
    imported(snapshot(players=two_teams()))
    written_anew = snapshot(players=json.dumps(two_teams(), indent=3))
    assert imported(written_anew).counts["files"]["players.json"]["read"] == len(two_teams())
    (digest,) = SourceFile.objects.values_list("digest", flat=True)
    (file,) = gather(written_anew, Aliases(), use_known=True)
    assert file.known
    assert file.digest == digest


@pytest.mark.parametrize("change", [{"last": "Hall"}, {"team": "Elm 1a"}, {"external_id": "p99"}])
def test_one_other_value_is_merged(snapshot, change):
    imported(snapshot(players=[player(), *two_teams()[1:]]))
    assert merged(imported(snapshot(players=[player(**change), *two_teams()[1:]]), force=True))


def test_a_team_renamed_throughout_is_not_taken_for_the_old_one(snapshot):
    imported(snapshot(players=[player(team="Elm 1")]))
    assert merged(imported(snapshot(players=[player(team="Elm 2")]), force=True))


def test_what_an_operator_settled_meanwhile_is_taken_up(snapshot):
    imported(snapshot(players=two_teams()))
    Alias.objects.create(kind="club", label="Elm", means="Oak")
    assert merged(imported(snapshot(players=json.dumps(two_teams(), indent=3)), force=True))


def test_where_blocks_are_cut_says_nothing():
    rows = [(number, f"name {number}", None, True) for number in range(40)]
    digests = []
    for size in (1, 7, 40):
        digest = hashlib.blake2b()
        blocks = [rows[at : at + size] for at in range(0, 40, size)]
        assert list(digested(iter(blocks), digest)) == blocks
        digests.append(digest.hexdigest())
    assert len(set(digests)) == 1


def test_what_an_unchanged_file_says_is_told_again_when_another_one_changes(snapshot):
    of_newcomer = line(people=("n9", "p2", "p5", "p6"))
    unchanged = {
        "match_history": [of_newcomer],
        "player_history": [history("n9", {"date": "2024-09-24", "end_pti": 30})],
    }
    imported(snapshot(players=two_teams(), **unchanged))
    imported(snapshot(players=[*two_teams(), player("n9", "Nia", "Orr")], **unchanged))
    newcomer = Player.objects.get(external_id="n9")
    assert (len(lines_of(newcomer, 9)), newcomer.history.count()) == (1, 1)


def test_teams_that_lose_and_regain_their_suffix_get_their_schedule_and_table_back(snapshot):
    def night(suffix: str) -> dict:
        players = [row | {"Series Mapping ID": row["Series Mapping ID"] + suffix} for row in two_teams()]
        return {
            "players": players,
            "schedules": [match("Elm 1 SW", "Oak 1 SW")],
            "series_stats": [standing("Elm 1 SW")],
        }

    imported(snapshot(**night(" SW")))
    imported(snapshot(**night("")))
    imported(snapshot(**night(" SW")))
    assert Team.objects.filter(is_active=True).count() == 2
    assert not Standing.objects.filter(is_active=True, team__is_active=False).exists()
    assert not ScheduledMatch.objects.filter(is_active=True, home_team__is_active=False).exists()


def test_by_force_everything_is_read_again(snapshot):
    source = snapshot(players=two_teams())
    imported(source)
    assert not merged(imported(source))
    assert merged(imported(source, force=True))


def test_a_new_reader_reads_everything_again(snapshot, monkeypatch):
    source = snapshot(players=two_teams())
    imported(source)
    monkeypatch.setattr("etlimport.sources.READER", "next")
    assert imported(source).counts["files"]["players.json"]["read"] == len(two_teams())
