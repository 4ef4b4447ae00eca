"""The aliases that operators entered in the admin: what a label of the source stands for."""

import hashlib
from collections import defaultdict

from etlimport.models import Alias
from etlimport.resolve.labels import league_key
from etlimport.resolve.tokens import with_single_blanks
from leagues.models import Team


class Aliases:
    """The aliases as they are when this is created; a run uses the same ones from its beginning to its end.

    `digest` is different after any change of an alias, because then the same file may have another meaning.
    """

    def __init__(self) -> None:
        rows = list(Alias.objects.order_by("pk").values_list("kind", "league_key", "label", "means"))
        teams = Team.objects.exclude(alias="").order_by("name").values_list("name", "alias")
        self.digest = hashlib.blake2b(repr([*rows, *teams]).encode(), digest_size=4).hexdigest()
        self.means: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
        for kind, league, label, means in rows:
            self.means[league][kind, with_single_blanks(label).casefold()] = means

    def league(self, code: str) -> str:
        return league_key(self.means[""].get(("league", with_single_blanks(code).casefold()), code))

    def of(self, key: str) -> dict[tuple[str, str], str]:
        """What labels stand for in a league, by (kind, label). Its own aliases take precedence over general ones."""
        return {**self.means[""], **self.means[key]}
