"""People whose names others bear: a name alone is a person only where nobody else can be meant."""

import copy
from random import Random

import pytest

from etlimport.models import ImportRun
from etlimport.pipeline import Options, run_import
from etlimport.tests.leaguechanges import rekey_wholly, remove
from etlimport.tests.leaguegame import League, Team, add_person, write_source
from leagues import models

pytestmark = pytest.mark.django_db
TEAM, ELSEWHERE = 1, 2


@pytest.fixture
def league() -> League:
    league = League(100, "NORTH", "ladder", "Series", " - ", clubs={0: "Elm", 1: "Birchwood"})
    league.teams = {TEAM: Team(TEAM, 0, 4, 0), ELSEWHERE: Team(ELSEWHERE, 1, 4, 0)}
    for number, team in enumerate((TEAM, TEAM, TEAM, ELSEWHERE, ELSEWHERE, ELSEWHERE)):
        add_person(league, Random(number), f"Given{'abcdef'[number]}", f"Family{'abcdef'[number]}", team)
    return league


@pytest.fixture
def tell(tmp_path):
    """Import what the source says of a league; the row of each person in it, by uid."""

    def tell(league: League) -> dict[int, int]:
        source = write_source(tmp_path / str(len(list(tmp_path.iterdir()))), [league])
        run = run_import(Options(source, force=True))
        assert run.status == ImportRun.Status.PUBLISHED, run.error
        rows = dict(models.Player.objects.filter(is_active=True).values_list("external_id", "pk"))
        return {uid: rows[person.external_id] for uid, person in league.present().items()}

    return tell


def test_all_with_names_of_their_own_are_known_where_every_id_is_new(league, tell):
    before = tell(league)
    rekey_wholly(league, Random(1))
    assert tell(league) == before


def test_a_newcomer_with_the_name_of_one_who_left_before_is_a_new_person_where_every_id_is_new(league, tell):
    before = tell(league)
    leaver = league.people[min(league.people)]
    remove(league, leaver)
    stayed = tell(league)
    rekey_wholly(league, Random(1))
    newcomer = add_person(league, Random(20), leaver.first, leaver.last, ELSEWHERE)
    after = tell(league)
    assert after.pop(newcomer.uid) not in before.values()
    assert after == stayed


def test_of_two_people_of_one_name_neither_is_guessed_when_one_leaves_and_every_id_is_new(league, tell):
    one = league.people[min(league.people)]
    other = add_person(league, Random(30), one.first, one.last, ELSEWHERE)
    before = tell(league)
    remove(league, one)
    changed = copy.deepcopy(league)
    rekey_wholly(changed, Random(1))
    assert tell(changed)[other.uid] != before[one.uid]
