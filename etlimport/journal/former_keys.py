"""Remembers the keys that a run changes, so that old addresses lead to the same things."""

from etlimport.journal.undo_log import UndoLog
from leagues.former_keys import remember_former_keys
from leagues.models import FormerKey

CHANGED = """
SELECT 'league' AS kind, '' AS league_key, t.key AS former_key, w.key AS current_key
FROM w_league w JOIN leagues_league t ON t.id = w.target_id
UNION ALL
SELECT 'club', '', t.key, w.key FROM w_club w JOIN leagues_club t ON t.id = w.target_id WHERE t.key <> w.key
UNION ALL
SELECT 'series', l.key, t.key, w.key
FROM w_series w JOIN w_league l ON l.no = w.league_no JOIN leagues_series t ON t.id = w.target_id WHERE t.key <> w.key
UNION ALL
SELECT 'team', l.key, ts.key || '/' || tc.key || '/' || t.squad, s.key || '/' || c.key || '/' || w.squad
FROM w_team w JOIN w_league l ON l.no = w.league_no
JOIN w_series s ON s.no = w.series_no JOIN w_club c ON c.no = w.club_no
JOIN leagues_team t ON t.id = w.target_id
JOIN leagues_series ts ON ts.id = t.series_id JOIN leagues_club tc ON tc.id = t.club_id
UNION ALL
SELECT 'player', l.key, t.external_id, w.external_id
FROM w_player w JOIN w_league l ON l.no = w.league_no JOIN leagues_player t ON t.id = w.target_id
WHERE t.external_id <> w.external_id
"""
"""SQL for a query of the keys of rows that the merge is about to change, as they are and as they will be."""


def remember_changed_keys(log: UndoLog) -> int:
    """To be called before the merge. Returns how many keys were remembered."""
    return remember_former_keys(CHANGED, before_change=lambda ids: log.before_update(FormerKey, ids))
