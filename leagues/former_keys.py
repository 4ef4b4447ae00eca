"""Where an address leads whose key has changed since."""

from leagues.models import FormerKey
from leagues.sql import execute

Kind = FormerKey.Kind

# A league's own change of key takes along what was remembered within it.
FOLLOW_LEAGUES = """
UPDATE leagues_formerkey SET league_key = renamed.current_key
FROM ({changes}) renamed
WHERE renamed.kind = 'league' AND leagues_formerkey.league_key = renamed.former_key
"""

# What led to the former key leads to the present one at once, so that a look-up is a single step.
SHORTEN = """
UPDATE leagues_formerkey SET current_key = changed.current_key
FROM ({changes}) changed
WHERE leagues_formerkey.kind = changed.kind AND leagues_formerkey.league_key = changed.league_key
  AND leagues_formerkey.current_key = changed.former_key
"""

REMEMBER = """
INSERT INTO leagues_formerkey (kind, league_key, former_key, current_key)
SELECT kind, league_key, former_key, current_key FROM ({changes}) changed
WHERE former_key <> current_key
ON CONFLICT (kind, league_key, former_key) DO UPDATE SET current_key = excluded.current_key
"""


def remember_former_keys(changes: str, params=()) -> int:
    """Remember the changes of keys that SQL `changes` selects: kind, league_key, former_key, current_key.

    The columns mean what they mean in `FormerKey`. To be called within the transaction that changes the
    keys; the number of keys remembered.
    """
    for sql in (FOLLOW_LEAGUES, SHORTEN):
        execute(sql.format(changes=changes), params)
    return execute(REMEMBER.format(changes=changes), params)


def current_key(kind: str, key: str, league_key: str = "") -> str | None:
    """The key that replaced this one, or None."""
    remembered = FormerKey.objects.filter(kind=kind, league_key=league_key, former_key=key)
    return remembered.values_list("current_key", flat=True).first()
