"""Settling what an import left ambiguous: an operator says whether two rows are the same thing."""

from dataclasses import dataclass

from django.utils import timezone

from etlimport.database import dialect
from etlimport.errors import Cause, Refused
from etlimport.journal.undo_log import UndoLog
from etlimport.models import Alias, AmbiguousIdentity, IdentityChange, ImportRun
from etlimport.operator_change import OperatorChange
from etlimport.run.runner import conduct
from etlimport.settle.evidence import reasons_against
from etlimport.settle.fuse import fuse
from leagues.former_keys import remember_former_keys
from leagues.models import CatalogueModel, FormerKey, Player, Team, User

__all__ = ["SETTLED_KINDS", "settle_different", "settle_same"]

Status = AmbiguousIdentity.Status
SETTLED_KINDS: dict[str, type[Player] | type[Team]] = {
    AmbiguousIdentity.Kind.TEAM: Team,
    AmbiguousIdentity.Kind.PLAYER: Player,
}


def settle_same(ambiguity: AmbiguousIdentity, by: User | None = None, dry_run: bool = False) -> ImportRun:
    """The new row is the old one: the old stays, with what users own, and takes over the new one's facts.

    Returns the run of mode settle that did it, or that was refused or failed and says why. `undo_run` undoes it.
    A dry run changes nothing.
    """
    reason = "player re-keyed" if ambiguity.kind == AmbiguousIdentity.Kind.PLAYER else "team renamed"
    run = conduct(
        Settling(ambiguity.pk, reason),
        {
            "mode": ImportRun.Mode.SETTLE,
            "source": str(ambiguity)[:1000],
            "dry_run": dry_run,
            "started_by": by,
        },
    )
    ambiguity.refresh_from_db()
    return run


@dataclass
class Settling(OperatorChange):
    """Merges the two rows of a question. What concerns one pair of rows is quickly done, so it is done at once."""

    ambiguity_id: int
    reason: str

    def complete_change(self, run: ImportRun) -> None:
        with dialect.single_rows_looked_up():
            merge_rows(self.ambiguity_id, run)


def settle_different(ambiguity: AmbiguousIdentity, by: User | None = None, dry_run: bool = False) -> None:
    """The two are two: nothing changes, and they are not asked about again. Raises Refused if already decided.

    A dry run only says whether it could be.
    """
    open_ones = AmbiguousIdentity.objects.filter(pk=ambiguity.pk, status=Status.OPEN)
    decision = {"status": Status.DIFFERENT, "decided_by": by, "decided_at": timezone.now()}
    if not (open_ones.exists() if dry_run else open_ones.update(**decision)):
        ambiguity.refresh_from_db()
        raise already_decided(ambiguity)
    ambiguity.refresh_from_db()


def merge_rows(ambiguity_id: int, run: ImportRun) -> None:
    """Merge the two rows within the transaction of `run`. Raises Refused with every reason against it."""
    ambiguity = AmbiguousIdentity.objects.get(pk=ambiguity_id)
    if ambiguity.status != Status.OPEN:
        raise already_decided(ambiguity)
    model = SETTLED_KINDS.get(ambiguity.kind)
    if model is None:
        raise Refused([f"Only teams and players can be settled, not a {ambiguity.kind}."], Cause.NOT_POSSIBLE)
    if reasons := reasons_against(model, ambiguity.old_id, ambiguity.new_id):
        raise Refused(reasons, Cause.NOT_POSSIBLE)
    log = UndoLog(run)
    remember_old_address(model, ambiguity, log)
    old_id, new_id = (model.objects.get(pk=pk).natural_key()[-1] for pk in (ambiguity.old_id, ambiguity.new_id))
    run.counts["merged"] = fuse(model, ambiguity.old_id, ambiguity.new_id, log)
    log.close()
    run.counts["settled"] = decide(ambiguity, run)
    run.counts["aliases"] = keep_both_ids(ambiguity, old_id, new_id) if model is Player else []
    IdentityChange.objects.create(
        run=run,
        kind=ambiguity.kind,
        league_key=ambiguity.league_key,
        row_id=ambiguity.old_id,
        old_label=ambiguity.old_label,
        new_label=ambiguity.new_label,
        layer=IdentityChange.Layer.OPERATOR,
        evidence=f"settled by {run.started_by or 'an operator'}",
    )


def keep_both_ids(ambiguity: AmbiguousIdentity, old_id: str, new_id: str) -> list[int]:
    """Both player ids are this person's from now on, whichever the source sends. The alias that says so, by its id."""
    alias, _ = Alias.objects.update_or_create(
        kind=ambiguity.kind, league_key=ambiguity.league_key, label=old_id, defaults={"means": new_id}
    )
    return [alias.pk]


def remember_old_address(model: type[CatalogueModel], ambiguity: AmbiguousIdentity, log: UndoLog) -> None:
    """The row that stays takes the new one's key: its old address leads on."""
    league_key, *former = key_without_season(model, ambiguity.old_id)
    _, *current = key_without_season(model, ambiguity.new_id)
    remember_former_keys(
        "SELECT %s AS kind, %s AS league_key, %s AS former_key, %s AS current_key",
        [ambiguity.kind, league_key, "/".join(former), "/".join(current)],
        before_change=lambda ids: log.before_update(FormerKey, ids),
    )


def key_without_season(model: type[CatalogueModel], pk: int) -> list[str]:
    """The natural key of a row, as former keys have it: an address that names no season leads on in any."""
    row = model.objects.get(pk=pk)
    return [
        part
        for lookup, part in zip(model.natural_key_lookups, row.natural_key(), strict=True)
        if lookup != "season__key"
    ]


def decide(ambiguity: AmbiguousIdentity, run: ImportRun) -> list[int]:
    """Close the question, and those about the row that is gone; the ids of all of them."""
    decision = {"decided_by": run.started_by, "decided_at": timezone.now()}
    moot = AmbiguousIdentity.objects.filter(kind=ambiguity.kind, new_id=ambiguity.new_id, status=Status.OPEN)
    closed = [ambiguity.pk, *moot.exclude(pk=ambiguity.pk).values_list("pk", flat=True)]
    moot.update(status=Status.DIFFERENT, **decision)
    AmbiguousIdentity.objects.filter(pk=ambiguity.pk).update(status=Status.SAME, **decision)
    return closed


def already_decided(ambiguity: AmbiguousIdentity) -> Refused:
    return Refused([f"Already decided: {ambiguity.get_status_display()}."], Cause.NOT_POSSIBLE)
