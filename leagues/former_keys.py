"""Where an address leads whose key has changed since."""

from leagues.models import FormerKey
from leagues.sql import dicts, execute, temporary_table

Kind = FormerKey.Kind

# A league's own change of key takes along what was remembered within it.
FOLLOW_LEAGUES = """
UPDATE leagues_formerkey SET league_key = changed.current_key
FROM changed_key changed
WHERE changed.kind = 'league' AND leagues_formerkey.league_key = changed.former_key
"""

# What led to the former key leads to the present one at once, so that a look-up is a single step.
SHORTEN = """
UPDATE leagues_formerkey SET current_key = changed.current_key
FROM changed_key changed
WHERE leagues_formerkey.kind = changed.kind AND leagues_formerkey.league_key = changed.league_key
  AND leagues_formerkey.current_key = changed.former_key
"""

REMEMBER = """
INSERT INTO leagues_formerkey (kind, league_key, former_key, current_key)
SELECT kind, league_key, former_key, current_key FROM changed_key WHERE TRUE
ON CONFLICT (kind, league_key, former_key) DO UPDATE SET current_key = excluded.current_key
"""


def remember_former_keys(changes: str, params=()) -> int:
    """Remember the changes of keys that SQL `changes` selects: kind, league_key, former_key, current_key.

    The columns mean what they mean in `FormerKey`. To be called within the transaction that changes the
    keys; the number of keys remembered.
    """
    only_changes = f"SELECT * FROM ({changes}) every WHERE former_key <> current_key"
    with temporary_table("changed_key", only_changes, params):
        if not dicts("SELECT 1 FROM changed_key LIMIT 1"):
            return 0
        execute(FOLLOW_LEAGUES)
        execute(SHORTEN)
        return execute(REMEMBER)


def current_key(kind: str, key: str, league_key: str = "") -> str | None:
    """The key that replaced this one, or None."""
    remembered = FormerKey.objects.filter(kind=kind, league_key=league_key, former_key=key)
    return remembered.values_list("current_key", flat=True).first()
