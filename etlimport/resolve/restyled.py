"""Knows the series of ratings again when a source writes the names of its series otherwise."""

from collections import defaultdict

from etlimport import database
from etlimport.database import fact_tables
from etlimport.database.load import load
from etlimport.read import LabelBook
from etlimport.resolve.series_labels import Label, style_words, without_style
from etlimport.resolve.tokens import tokens

OTHER_NAMES = """
    SELECT DISTINCT p.league_no, t.series_name AS known, w.series_name AS told
    FROM w_history w JOIN leagues_playerhistory t ON t.id = w.target_id JOIN w_player p ON p.no = w.player_no
    WHERE t.series_name <> w.series_name"""


def keep_names_of_restyled_series(book: LabelBook) -> None:
    """A rating keeps the name of its series, `Series 22`, if the source only writes another style word: `Flight 22`.

    Else a source that restyles its series would change every rating it has ever told.
    """
    by_league: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for league_no, known, told in database.rows(OTHER_NAMES):
        by_league[league_no].append((known, told))
    if not by_league:
        return
    labels = labels_by_league(book)
    same = [(no, *pair) for no, pairs in by_league.items() for pair in same_series(pairs, labels[no])]
    fact_tables.RESTYLED_SERIES.create()
    load("w_restyled_series", {}, ("league_no", "known", "told"), [same])
    database.execute(
        """UPDATE w_history SET series_name = s.known
           FROM w_restyled_series s, leagues_playerhistory t, w_player p
           WHERE t.id = w_history.target_id AND p.no = w_history.player_no
             AND s.league_no = p.league_no AND s.told = w_history.series_name AND s.known = t.series_name"""
    )


def labels_by_league(book: LabelBook) -> dict[int, list[Label]]:
    """The labels of the snapshot that tell a series, by the number of their league."""
    league_of = dict(database.rows("SELECT no, league_no FROM w_spelling"))
    found: dict[int, list[Label]] = defaultdict(list)
    for number, (spelling, kind, series, team, club) in enumerate(book.labels):
        if series:
            found[league_of[spelling]].append(Label(number, kind, series, team, club))
    return found


def same_series(pairs: list[tuple[str, str]], labels: list[Label]) -> list[tuple[str, str]]:
    """Those pairs of names that differ in their style word alone. The known names show their own style words."""
    before = [Label(-1, "before", known, "", "") for known, _ in pairs]
    told = [Label(-1, "player_history", now, "", "") for _, now in pairs]
    styles = style_words([*labels, *before, *told])
    return [
        (known, now)
        for known, now in pairs
        if without_style(tokens(known), styles) == without_style(tokens(now), styles)
    ]
