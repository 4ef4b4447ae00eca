"""What users own is proved after each merge and each rebuild: a row lost or led astray fails the run."""

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from etlimport import pipeline
from etlimport.database import dialect
from etlimport.errors import AuditFailed
from etlimport.models import ImportRun
from etlimport.protect.proof import Proof, fingerprints
from etlimport.tests.sources import dump, imported, run_of, two_teams
from leagues.models import PracticeTime, Team
from leagues.tests.factories import PracticeTimeFactory

pytestmark = pytest.mark.django_db


def lose(first, second):
    first.delete()


def lead_astray(first, second):
    PracticeTime.objects.filter(pk=first.pk).update(team=Team.objects.exclude(pk=first.team_id).get())


def exchange(first, second):
    PracticeTime.objects.filter(pk=first.pk).update(team=second.team_id)
    PracticeTime.objects.filter(pk=second.pk).update(team=first.team_id)


@pytest.mark.parametrize("harm", [lose, lead_astray, exchange])
@pytest.mark.parametrize("rebuild", [False, True], ids=["merge", "rebuild"])
def test_a_run_that_harms_what_users_own_fails_and_changes_nothing(snapshot, monkeypatch, harm, rebuild):
    imported(snapshot(players=two_teams()))
    times = [PracticeTimeFactory(team=team) for team in Team.objects.order_by("name")]
    before = dump()
    step = "hand_over" if rebuild else "merge_catalogue"
    where = pipeline.Rebuild if rebuild else pipeline
    do = getattr(where, step)

    def harmful(*arguments):
        result = do(*arguments)
        harm(*PracticeTime.objects.filter(pk__in=[time.pk for time in times]).order_by("pk"))
        return result

    monkeypatch.setattr(where, step, harmful)
    run = run_of(snapshot(players=two_teams()[1:]), rebuild=rebuild)
    assert (run.status, run.step) == (ImportRun.Status.FAILED, "restore")
    assert "leagues.PracticeTime.team_id" in run.error
    assert "astray" in run.error
    assert dump() == before


def test_what_users_own_is_counted_with_each_run(snapshot):
    imported(snapshot(players=two_teams()))
    PracticeTimeFactory.create_batch(3, team=Team.objects.first())
    run = imported(snapshot(players=two_teams()[1:]))
    assert run.protection["before"]["leagues.PracticeTime.team_id"] == 3
    assert run.protection["after"] == run.protection["before"]


@pytest.mark.sqlite
def test_a_fingerprint_stays_while_nothing_points_elsewhere():
    first, second = PracticeTimeFactory(), PracticeTimeFactory()
    taken = fingerprints()
    first.location = "Elsewhere"
    first.save()
    assert fingerprints() == taken
    exchange(first, second)
    assert fingerprints() != taken


KEYS = st.dictionaries(st.integers(1, 50) | st.integers(1, 2**62), st.integers(1, 50) | st.integers(1, 2**62))


@given(KEYS, KEYS, st.randoms())
def test_fingerprints_are_equal_exactly_where_the_same_rows_point_to_the_same(pairs, others, random):
    def fingerprint(rows):
        rows = list(rows.items())
        random.shuffle(rows)
        aggregate = dialect.Fingerprint()
        for row in rows:
            aggregate.step(*row)
        return aggregate.finalize()

    pairs, others = {0: 7, **pairs}, {0: 7, **others}
    assert (fingerprint(pairs) == fingerprint(others)) == (pairs == others)
    assert fingerprint(pairs) == fingerprint(dict(pairs))


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_what_others_write_meanwhile_is_no_harm_done_by_the_run():
    mine, theirs = PracticeTimeFactory.create_batch(2)
    with transaction.atomic():
        proof = Proof()
        elsewhere = connection.copy()
        with elsewhere.cursor() as cursor:
            cursor.execute("DELETE FROM leagues_practicetime WHERE id = %s", [theirs.pk])
        elsewhere.close()
        proof.prove()
        assert proof.protection.after["leagues.PracticeTime.team_id"] == 1
        mine.save()
        with pytest.raises(AuditFailed):
            proof.prove()
