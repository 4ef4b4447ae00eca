"""The aliases that operators entered in the admin: what a label of the source stands for."""

import hashlib
from collections import defaultdict

from rapidfuzz.distance import OSA

from etlimport.models import Alias
from etlimport.resolve.labels import league_key
from etlimport.resolve.tokens import with_single_blanks
from leagues.models import League, Team

SHORTEST_MISSPELLED = 4


def are_one_code(one: str, other: str) -> bool:
    """Whether two keys of leagues differ in their separators, or in two letters that changed places, only."""
    if one.replace("-", "") == other.replace("-", ""):
        return True
    return len(one) >= SHORTEST_MISSPELLED and sorted(one) == sorted(other) and OSA.distance(one, other) == 1


class Aliases:
    """The aliases as they are when this is created; a run uses the same ones from its beginning to its end.

    `digest` is different after any change of an alias, because then the same file may have another meaning.
    """

    def __init__(self) -> None:
        rows = list(Alias.objects.order_by("pk").values_list("kind", "league_key", "label", "means"))
        teams = Team.objects.exclude(alias="").order_by("name").values_list("name", "alias")
        self.known_leagues = dict(League.objects.values_list("key", "code"))
        self.misspelled: dict[str, str] = {}
        self.digest = hashlib.blake2b(repr([*rows, *teams]).encode(), digest_size=4).hexdigest()
        self.means: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
        for kind, league, label, means in rows:
            self.means[league][kind, with_single_blanks(label).casefold()] = means

    def league(self, code: str) -> str:
        """The key of the league a code stands for: by its alias, by its spelling, or misspelled."""
        key = league_key(self.means[""].get(("league", with_single_blanks(code).casefold()), code))
        if key in self.known_leagues:
            return key
        alike = [known for known in self.known_leagues if are_one_code(known, key)]
        if len(alike) != 1:
            return key
        self.misspelled[code] = alike[0]
        return alike[0]

    def warnings(self) -> list[str]:
        """What is to be said of the codes that were taken for others."""
        return [
            f"The league code {code!r} is taken for {self.known_leagues[key]!r}."
            for code, key in sorted(self.misspelled.items())
        ]

    def of(self, key: str) -> dict[tuple[str, str], str]:
        """What labels stand for in a league, by (kind, label). Its own aliases take precedence over general ones."""
        return {**self.means[""], **self.means[key]}
