"""The repair step of an import: associations of people who are back, further ones, then league contexts."""

from collections.abc import Iterable
from dataclasses import dataclass

from etlimport import database
from etlimport.models import ImportRun, OwnedChange
from etlimport.repair.associations import Reassociation, re_associate_users
from etlimport.repair.contexts import ContextFix, fix_league_contexts
from leagues.discovery import Discovery, discover_associations
from leagues.models import AssociationSuggestion, Player, PlayerAssociation, RosterSpot, User
from leagues.sql import refresh_statistics


@dataclass
class Repairs:
    """What a run's repair did, for its report."""

    contexts: list[ContextFix]
    associations: list[Reassociation]
    discoveries: list[Discovery]

    def __bool__(self) -> bool:
        """Whether anything was repaired; an association that is only kept was not."""
        return bool(self.contexts or self.discoveries or any(item.restored for item in self.associations))

    def lines(self) -> list[str]:
        return [str(item) for item in (*self.associations, *self.discoveries, *self.contexts)]


def repair(run: ImportRun, *, people_changed: bool) -> Repairs:
    """Restore associations, discover further ones, fix contexts; inside the import, which publishes.

    What that changes of users' rows is noted for undo. `people_changed`: this very transaction has written players or
    their roster spots.
    """
    if not User.objects.exists():
        return Repairs([], [], [])
    if people_changed:
        refresh_statistics(Player, PlayerAssociation, RosterSpot, User)
    associations = re_associate_users(publish=False)
    discoveries = discover_associations(publish=False, changed_since=run.started_at)
    contexts = fix_league_contexts(publish=False)
    if associations:
        note_reassociations(run)
    note_discoveries(run, discoveries)
    if contexts:
        note_context_fixes(run)
    return Repairs(contexts, associations, discoveries)


NOTE = f"""INSERT INTO {OwnedChange._meta.db_table}
    (run_id, table_name, column_name, row_id, before_id, after_id, selected_at, inserted) """


def note_reassociations(run: ImportRun) -> None:
    database.execute(
        NOTE
        + f"""SELECT %s, '{PlayerAssociation._meta.db_table}', 'player_id', CAST(association_id AS text),
                     old_player_id, new_player_id, NULL, false
              FROM w_reassociation WHERE new_player_id IS NOT NULL""",
        [run.pk],
    )


def note_context_fixes(run: ImportRun) -> None:
    user = User._meta.db_table
    database.execute(
        NOTE
        + f"""SELECT %s, '{user}', 'league_context_id', CAST(user_id AS text), old_league_id, new_league_id,
                     selected_at, false
              FROM w_context_fix
              UNION ALL SELECT %s, '{user}', 'team_context_id', CAST(user_id AS text), old_team_id, new_team_id, NULL,
                               false
              FROM w_context_fix WHERE old_team_id IS DISTINCT FROM new_team_id""",
        [run.pk, run.pk],
    )


def note_discoveries(run: ImportRun, discoveries: Iterable[Discovery]) -> None:
    """The links and suggestions that were made. One that somebody else made at the same moment is not ours."""
    OwnedChange.objects.bulk_create(
        OwnedChange(
            run=run,
            table_name=(PlayerAssociation if found.linked else AssociationSuggestion)._meta.db_table,
            column_name="player_id",
            row_id=str(found.row_id),
            after_id=found.player_id,
            inserted=True,
        )
        for found in discoveries
        if found.row_id is not None
    )
