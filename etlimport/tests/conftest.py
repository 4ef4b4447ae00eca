"""Sources made on the spot. No Django here: pytest reads this before the settings are."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def snapshot(tmp_path) -> Callable[..., Path]:
    """Writes a source of its own at each call: `snapshot(players=[…], schedules=[…])` → its folder.

    A value that is text or bytes is written as it stands.
    """
    made = 0

    def write(**files) -> Path:
        nonlocal made
        made += 1
        folder = tmp_path / f"snapshot-{made}"
        folder.mkdir()
        for kind, rows in files.items():
            content = rows if isinstance(rows, str | bytes) else json.dumps(rows)
            (folder / f"{kind}.json").write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return write


@pytest.fixture
def last_season(snapshot) -> list[list]:
    """The first season of a small league is imported; what the catalogue has of it."""
    from etlimport.tests.seasons import first_season, what_is_in
    from etlimport.tests.sources import imported

    imported(snapshot(**first_season()))
    return what_is_in("2024")
