"""The repair step of an import: associations of people who are back, further ones, then league contexts."""

from dataclasses import dataclass

from etlimport.models import ImportRun
from etlimport.protect.backup import write_down
from etlimport.protect.repaired_references import note_own_changes
from etlimport.repair.associations import Reassociation, re_associate_users
from etlimport.repair.contexts import ContextFix, fix_league_contexts
from leagues.discovery import Discovery, discover_associations
from leagues.models import AssociationSuggestion, Player, PlayerAssociation, RosterSpot, User
from leagues.sql import refresh_statistics

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


def repair(run: ImportRun, moved: dict[str, str], *, rebuilt: bool, people_changed: bool) -> Repairs:
    """Restore associations, discover further ones, fix contexts; inside the import, which publishes.

    What that changes of users' rows is noted for undo. `moved` as `Backup.prove` takes it; `people_changed`: this very
    transaction has written players or their roster spots.
    """
    if not User.objects.exists():
        return Repairs([], [], [])
    if not rebuilt:  # a rebuild has written down everything; after a merge all is proved to be as it was
        write_down(WRITES)
    if people_changed:
        refresh_statistics(Player, PlayerAssociation, RosterSpot, User)
    associations = re_associate_users(publish=False)
    discoveries = discover_associations(publish=False)
    repairs = Repairs(fix_league_contexts(publish=False), associations, discoveries)
    if repairs:
        note_own_changes(run, WRITES, moved)
    return repairs
