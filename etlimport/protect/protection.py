"""What came of what users own in a run, for its report."""

from dataclasses import dataclass, field
from typing import Any

from etlimport.errors import AuditFailed


@dataclass
class Protection:
    """Rows of users per reference into the catalogue (`leagues.PracticeTime.team_id`: 27), before and after.

    Of a rebuild, `restored`: rows by how they found their target, directly by its id or by the layer that told who it
    is, and `team_ids_preserved`: the share, 0–1, of the teams users hold whose id is what it was.
    """

    before: dict[str, int] = field(default_factory=dict)
    after: dict[str, int] = field(default_factory=dict)
    restored: dict[str, int] = field(default_factory=dict)
    team_ids_preserved: float = 1.0

    @property
    def held(self) -> int:
        return sum(self.before.values())

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value not in ({}, None)}

    def refuse_losses(self) -> None:
        """Raises AuditFailed with the number of rows lost or astray."""
        failures = [
            f"{name}: {count - self.after[name]:,} of {count:,} rows lost or astray"
            for name, count in self.before.items()
            if self.after[name] != count
        ]
        if failures:
            raise AuditFailed(failures)
