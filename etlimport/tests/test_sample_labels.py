"""The counter-check of who is who: other seeds label otherwise, and every team is known as itself."""

from collections import defaultdict
from random import Random

import pytest

from etlimport.resolve.labels import resolve_labels
from etlimport.resolve.series_labels import Label
from etlimport.sample.plan import LeaguePlan, plan_leagues
from etlimport.sample.snapshot import FILES
from etlimport.sample.teams import Team, teams_of
from etlimport.sample.words import club_names


def labels_of(plan: LeaguePlan, team: Team) -> set[tuple[str, str, str, str]]:
    """(kind of file, series, team, club) of this team, as the files of its league write it."""
    labels = {("series_stats", team.other_series, team.standing, "")}
    if team.has_players:
        labels.add(("players", team.series, team.team, team.club))
    if team.in_schedule:
        labels.add(("schedules", team.other_series, team.scheduled, ""))
    if "match_history" in FILES[plan.kind] and plan.kind != "indoor":  # indoor lines name clubs only
        labels.add(("match_history", "", team.match_team, ""))
    return labels


@pytest.mark.parametrize("size", [10, 30, 200])
@pytest.mark.parametrize("seed", range(1, 13))
def test_every_team_is_one_team_under_all_its_labels(seed, size):
    for plan in plan_leagues(seed):
        clubs = club_names(Random(seed), 60)
        teams = [team for group in teams_of(plan, Random(seed), clubs, size) for team in group]
        owners = defaultdict(set)
        for number, team in enumerate(teams):
            for label in labels_of(plan, team):
                owners[label].add(number)
        labels = dict(enumerate(sorted(owners)))
        resolved = resolve_labels(Label(number, *label) for number, label in labels.items())
        identities = defaultdict(set)
        for number, label in labels.items():
            for team in owners[label]:
                identities[team].add(resolved.get(number))
        unclear = {teams[number].team: found for number, found in identities.items() if len(found) > 1}
        assert not unclear, (plan, unclear)
        assert not [teams[number].team for number, found in identities.items() if None in found]
        assert len(set.union(*identities.values())) == len(teams), plan
