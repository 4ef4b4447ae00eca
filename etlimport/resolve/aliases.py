"""What operators said labels mean, in the admin's tables: one look, which a whole run keeps to."""

import hashlib
from collections import defaultdict

from etlimport.models import Alias
from etlimport.resolve.labels import league_key
from etlimport.resolve.tokens import one_line
from leagues.models import Team


class Aliases:
    """`digest` changes whenever an alias does: then the same file may mean something else."""

    def __init__(self):
        rows = list(Alias.objects.order_by("pk").values_list("kind", "league_key", "label", "means"))
        teams = Team.objects.exclude(alias="").order_by("name").values_list("name", "alias")
        self.digest = hashlib.blake2b(repr([*rows, *teams]).encode(), digest_size=4).hexdigest()
        self.means = defaultdict(dict)
        for kind, league, label, means in rows:
            self.means[league][kind, one_line(label).casefold()] = means

    def league(self, code: str) -> str:
        return league_key(self.means[""].get(("league", one_line(code).casefold()), code))

    def of(self, key: str) -> dict[tuple[str, str], str]:
        """The aliases of a league: its own, over those for everywhere."""
        return {**self.means[""], **self.means[key]}
