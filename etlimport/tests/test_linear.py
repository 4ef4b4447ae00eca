"""The time of every kind of run grows with its rows and no faster, on either database, with or without statistics."""

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from etlimport.health import record_health
from etlimport.models import AmbiguousIdentity, ImportRun
from etlimport.sample import make_next, make_snapshot
from etlimport.settle import settle_same
from etlimport.tests.sources import imported, run_of
from etlimport.undo import undo_run
from leagues.models import Player, PlayerAssociation, User

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

SIZES = (1_000, 4_000, 16_000)
"""The numbers of players."""

MOST_GROWTH = 2
"""By how much the time per row may grow from the first size to the last."""


def rewritten(folder: Path, out: Path, change: Callable[[list[Any]], list[Any]]) -> Path:
    """A copy of a snapshot with the rows of each file changed."""
    for path in folder.glob("*/*.json"):
        target = out / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(change(json.loads(path.read_bytes())), ensure_ascii=False))
    return out


def in_another_order(rows: list[Any]) -> list[Any]:
    return rows[::-1]


def changed_altogether(rows: list[Any]) -> list[Any]:
    """Every series renamed, every player with another id, every rating corrected."""
    return [changed("", row) for row in rows]


def changed(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {inner: changed(inner, x) for inner, x in value.items()}
    if isinstance(value, list):
        return [changed(name, x) for x in value]
    if not isinstance(value, str) or not value.strip():
        return value
    if name in ("Series", "series"):
        return f"Flight {value.split()[-1]}"
    if name == "player_id" or re.fullmatch(r"((Home|Away) )?Player (\d )?ID", name):
        return f"anew-{value[::-1]}"
    return f"{float(value) + 0.1:.2f}" if name in ("PTI", "end_pti") and re.fullmatch(r"[\d.]+", value) else value


def timed_runs(folder: Path, people: int, statistics: bool) -> Iterator[tuple[str, float]]:
    """Do one of each kind of run, one after the other; (what was done, seconds)."""
    first, following = folder / "first", folder / "following"
    make_snapshot(first, people, seed=5, history=4)
    make_next(first, following, seed=6)

    def seconds(work: Callable[[], object]) -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    yield "first import", seconds(lambda: imported(first))
    make_everybody_a_user()
    if statistics:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    yield "dry run with diff", seconds(lambda: run_of(following, dry_run=True, diff=True))
    yield "next night", seconds(lambda: imported(following))
    reordered = rewritten(following, folder / "reordered", in_another_order)
    yield "another order", seconds(lambda: imported(reordered))
    yield "health", seconds(record_health)
    everything = rewritten(following, folder / "everything", changed_altogether)
    yield "everything changed", seconds(lambda: imported(everything, force=True))
    yield "rebuild", seconds(lambda: imported(reordered, rebuild=True, force=True))
    yield "undo", seconds(lambda: undone(ImportRun.objects.latest("pk")))
    yield "settle", seconds(lambda: settled())


def make_everybody_a_user() -> None:
    """An account for each player, who looks at their league."""
    players = list(Player.objects.all())
    users = [
        User(email=f"{player.pk}@rally.example", password="!", is_active=True, league_context_id=player.league_id)
        for player in players
    ]
    User.objects.bulk_create(users, batch_size=1000)
    associations = [PlayerAssociation(user=user, player=player) for user, player in zip(users, players, strict=True)]
    PlayerAssociation.objects.bulk_create(associations, batch_size=1000)


def undone(run: ImportRun) -> None:
    undo = undo_run(run)
    assert undo.status == ImportRun.Status.PUBLISHED, undo.error


def settled() -> None:
    """Settle a question about somebody who has left and somebody of the same league who is new."""
    old = Player.objects.filter(is_active=False).first()
    new = Player.objects.filter(league=old.league, is_active=True).last()
    PlayerAssociation.objects.filter(player=new).delete()
    question = AmbiguousIdentity.objects.create(
        run=ImportRun.objects.latest("pk"), kind=AmbiguousIdentity.Kind.PLAYER, old_id=old.pk, new_id=new.pk
    )
    run = settle_same(question)
    assert run.status == ImportRun.Status.PUBLISHED, run.error


@pytest.mark.parametrize("statistics", [False, True], ids=["without statistics", "with statistics"])
def test_no_run_takes_longer_per_row_the_more_rows_there_are(tmp_path, statistics):
    """The bound is twice the time per row: a plan that looks through all rows for each would take sixteen times."""
    taken = {}
    for people in SIZES:
        with transaction.atomic():
            taken[people] = dict(timed_runs(tmp_path / str(people), people, statistics))
            transaction.set_rollback(True)
    first, last = SIZES[0], SIZES[-1]
    growth = {what: taken[last][what] / taken[first][what] / (last / first) for what in taken[first]}
    assert {what: round(times, 1) for what, times in growth.items() if times > MOST_GROWTH} == {}
