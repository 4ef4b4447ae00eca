"""What a source does to a league of the game between two snapshots: one function a change, drawn by chance."""

from collections.abc import Callable
from random import Random

from etlimport.tests.leaguegame import (
    FAMILY,
    GIVEN,
    SEPARATORS,
    WORDS,
    League,
    Person,
    add_match,
    add_person,
    add_team,
    invent_id,
    next_uid,
    play,
)
from leagues.names import given_name_variants

Change = Callable[[League, Random], None]


def somebody(league: League, random: Random) -> Person | None:
    present = list(league.present().values())
    return random.choice(present) if present else None


def some_team(league: League, random: Random) -> int | None:
    return random.choice(list(league.teams)) if league.teams else None


# Labels


def rename_club(league, random):
    club = random.choice(list(league.clubs))
    place = random.choice(("Long Meadow", "High Garth", "Saint Oran", "Two Rivers", "Stone Gate"))
    name = random.choice((f"{league.clubs[club]} TC", place))
    if name not in league.clubs.values():
        league.clubs[club] = name


def restyle(league, random):
    league.word, league.separator = random.choice(WORDS[league.kind]), random.choice(SEPARATORS)


def respell_code(league, random):
    league.code = random.choice((league.code.upper(), league.code.lower(), league.code.replace("_", " ")))


def swap_squads(league, random):
    """Two teams of one club and series exchange their labels."""
    for one in league.teams.values():
        for other in league.teams.values():
            if one.uid < other.uid and one.place[:2] == other.place[:2]:
                one.squad, other.squad = other.squad, one.squad
                return


def change_series(league, random):
    """A team goes up or down; at its club another may take its place, or have left it."""
    if uid := some_team(league, random):
        team = league.teams[uid]
        series = random.choice((4, 5, 12))
        there = [x for x in league.teams.values() if x.place[:2] == (team.club, series)]
        if series == team.series or len(there) > 1:
            return
        if there:
            there[0].series, there[0].squad = team.series, team.squad
        team.series, team.squad = series, 0
        for match in list(league.matches.values()):
            if league.teams[match.home].series != league.teams[match.away].series:
                del league.matches[match.uid]


# Ids


def rekey_with_common_tail(league, random):
    prefix = f"v{random.randint(2, 99)}:"
    for person in league.people.values():
        person.external_id = prefix + person.external_id[-10:]


def rekey_wholly(league, random):
    for person in league.people.values():
        person.external_id = invent_id("id", person.uid, random)


def reissue_all_ids(league, random):
    """Everybody gets somebody else's id."""
    present = list(league.present().values())
    ids = [person.external_id for person in present]
    by = random.randrange(1, max(2, len(ids)))
    for person, external_id in zip(present, ids[by:] + ids[:by], strict=True):
        person.external_id = external_id


def reissue_an_id(league, random):
    """Somebody leaves, and a newcomer gets the id."""
    leaver, team = somebody(league, random), some_team(league, random)
    if leaver and team:
        remove(league, leaver)
        newcomer = add_person(league, random, random.choice(GIVEN), random.choice(FAMILY), team)
        newcomer.external_id, leaver.external_id = leaver.external_id, newcomer.external_id


# Names


def split_names_elsewhere(league, random):
    for person in league.people.values():
        first, _, rest = person.first.partition(" ")
        if rest:
            person.first, person.last = first, f"{rest} {person.last}"
        elif " " in person.last:
            rest, _, last = person.last.partition(" ")
            person.first, person.last = f"{person.first} {rest}", last


def shout(league, random):
    for person in league.people.values():
        person.last = person.last.upper()


def use_nickname(league, random):
    if person := somebody(league, random):
        variants = sorted(given_name_variants(person.first) & {name.casefold() for name in GIVEN})
        if len(variants) > 1:
            person.first = random.choice(variants).title()


def marry(league, random):
    if person := somebody(league, random):
        person.last = random.choice(FAMILY)


# People and teams


def remove(league: League, person: Person) -> None:
    for spot in [spot for spot in league.spots if spot[0] == person.uid]:
        del league.spots[spot]


def leave(league, random):
    if person := somebody(league, random):
        remove(league, person)


def move(league, random):
    person, team = somebody(league, random), some_team(league, random)
    if person and team:
        remove(league, person)
        league.spots[person.uid, team] = [0, 0]


def play_for_another_team_too(league, random):
    person, team = somebody(league, random), some_team(league, random)
    if person and team:
        league.spots.setdefault((person.uid, team), [0, 0])


def join(league, random):
    if team := some_team(league, random):
        add_person(league, random, random.choice(GIVEN), random.choice(FAMILY), team)


def join_as_namesake(league, random):
    person, team = somebody(league, random), some_team(league, random)
    if person and team:
        add_person(league, random, person.first, person.last, team)


def come_back(league, random):
    absent = [person for person in league.people.values() if person.uid not in league.present()]
    if absent and (team := some_team(league, random)):
        league.spots[random.choice(absent).uid, team] = [0, 0]


def dissolve(league, random):
    if len(league.teams) > 1:
        gone = some_team(league, random)
        del league.teams[gone]
        league.spots = {spot: record for spot, record in league.spots.items() if spot[1] != gone}
        league.matches = {uid: match for uid, match in league.matches.items() if gone not in (match.home, match.away)}


def found_team(league, random):
    if team := add_team(league, random):
        for _ in range(random.randint(0, 4)):
            if random.random() < 0.3 and (person := somebody(league, random)):
                league.spots.setdefault((person.uid, team.uid), [0, 0])
            else:
                add_person(league, random, random.choice(GIVEN), random.choice(FAMILY), team.uid)
        for other in list(league.teams.values()):
            if other.series == team.series and other.uid != team.uid:
                add_match(league, team, other, random)


# Matches


def play_matches(league, random):
    for match in list(league.matches.values()):
        if random.random() < 0.3:
            play(league, match, random)


def reschedule(league, random):
    if league.matches:
        random.choice(list(league.matches.values())).day = random.randint(0, 60)


def correct_a_score(league, random):
    if league.lines:
        random.choice(league.lines).scores = f"7-5, 6-{random.randint(0, 4)}"


def give_lines_ids(league, random):
    league.numbers_lines = True
    for line in league.lines:
        line.source_id = line.source_id or f"m{next_uid()}"


CHANGES: tuple[Change, ...] = (
    *(rename_club, restyle, respell_code, swap_squads, change_series),
    *(rekey_with_common_tail, rekey_wholly, reissue_all_ids, reissue_an_id),
    *(split_names_elsewhere, shout, use_nickname, marry),
    *(leave, move, play_for_another_team_too, join, join_as_namesake, come_back, dissolve, found_team),
    *(play_matches, reschedule, correct_a_score, give_lines_ids),
)
