"""Remembering the keys that a source has changed, so that addresses with a former key still lead somewhere."""

from collections.abc import Callable, Sequence
from typing import Any

from leagues.models import FormerKey
from leagues.sql import execute
from leagues.working_tables import WorkingTable

Kind = FormerKey.Kind

CHANGED_KEY = WorkingTable(
    "w_changed_key",
    "a key of the catalogue that changes",
    dict.fromkeys(("kind", "league_key", "former_key", "current_key"), "text NOT NULL"),
)

# When a league's key changes, the former keys remembered within that league move with it.
FOLLOW_LEAGUES = """
UPDATE leagues_formerkey SET league_key = changed.current_key
FROM w_changed_key changed
WHERE changed.kind = 'league' AND leagues_formerkey.league_key = changed.former_key
"""

# Older keys that led to the former key lead to the present one, so that one look-up finds it.
SHORTEN = """
UPDATE leagues_formerkey SET current_key = changed.current_key
FROM w_changed_key changed
WHERE leagues_formerkey.kind = changed.kind AND leagues_formerkey.league_key = changed.league_key
  AND leagues_formerkey.current_key = changed.former_key
"""

# A key that is given back leads nowhere else any more.
FORGET = """
DELETE FROM leagues_formerkey WHERE former_key = current_key AND (kind, league_key, former_key) IN (
    SELECT kind, league_key, current_key FROM w_changed_key)
"""

REMEMBER = """
INSERT INTO leagues_formerkey (kind, league_key, former_key, current_key)
SELECT kind, league_key, former_key, current_key FROM w_changed_key WHERE TRUE
ON CONFLICT (kind, league_key, former_key) DO UPDATE SET current_key = excluded.current_key
"""


OF_SAME_THING = "f.kind = changed.kind AND f.league_key = changed.league_key"
ABOUT_TO_CHANGE = f"""
SELECT f.id FROM leagues_formerkey f JOIN w_changed_key changed
  ON changed.kind = 'league' AND f.league_key = changed.former_key
UNION SELECT f.id FROM leagues_formerkey f JOIN w_changed_key changed
  ON {OF_SAME_THING} AND f.current_key = changed.former_key
UNION SELECT f.id FROM leagues_formerkey f JOIN w_changed_key changed
  ON {OF_SAME_THING} AND f.former_key = changed.former_key
UNION SELECT f.id FROM leagues_formerkey f JOIN w_changed_key changed
  ON {OF_SAME_THING} AND f.former_key = changed.current_key
"""
"""SQL for a query of the ids of the rows that the statements above change or delete.

Each join is by equality alone: with OR in one of them, every former key would be compared with every changed one.
"""


def remember_former_keys(
    changes: str, params: Sequence[Any] = (), before_change: Callable[[str], object] | None = None
) -> int:
    """Remember the changed keys that the SQL `changes` selects: kind, league_key, former_key, current_key.

    The columns mean what they mean in `FormerKey`. To be called within the transaction that changes the
    keys. `before_change` is called with SQL for a query of the ids of the rows that are about to change.
    Returns how many keys were remembered.
    """
    only_changes = f"SELECT * FROM ({changes}) every WHERE former_key <> current_key"
    with CHANGED_KEY.filled(only_changes, params) as changed:
        if not changed:
            return 0
        if before_change:
            before_change(ABOUT_TO_CHANGE)
        execute(FOLLOW_LEAGUES)
        execute(SHORTEN)
        execute(FORGET)
        return execute(REMEMBER)


def current_key(kind: str, key: str, league_key: str = "") -> str | None:
    """The key that has replaced this one, or None."""
    remembered = FormerKey.objects.filter(kind=kind, league_key=league_key, former_key=key)
    return remembered.values_list("current_key", flat=True).first()
