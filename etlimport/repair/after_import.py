"""The repair step of an import: contexts first, then what the new snapshot says about who is who."""

from dataclasses import dataclass

from etlimport.repair.associations import Reassociation, re_associate_users
from etlimport.repair.contexts import ContextFix, fix_league_contexts
from leagues.discovery import Discovery, discover_associations
from leagues.models import AssociationSuggestion, PlayerAssociation, User

WRITES = (PlayerAssociation, AssociationSuggestion, User)
"""The models whose rows a repair may change."""


@dataclass
class Repairs:
    """What a run's repair did, for its report."""

    contexts: list[ContextFix]
    associations: list[Reassociation]
    discoveries: list[Discovery]

    def __bool__(self):
        """Whether anything was repaired; an association that is only kept was not."""
        return bool(self.contexts or self.discoveries or any(item.restored for item in self.associations))

    def lines(self) -> list[str]:
        return [str(item) for item in (*self.associations, *self.discoveries, *self.contexts)]


def repair() -> Repairs:
    """Restore associations, discover further ones, fix contexts; inside the import, which publishes."""
    if not User.objects.exists():
        return Repairs([], [], [])
    associations = re_associate_users(publish=False)
    discoveries = discover_associations(publish=False)
    return Repairs(fix_league_contexts(publish=False), associations, discoveries)
