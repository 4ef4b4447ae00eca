from hashlib import blake2b
from typing import Any

from etlimport.kinds import MATCH_HISTORY
from etlimport.read.kinds.kind import KindReader, Leagues
from etlimport.read.label_book import LabelBook


class MatchLines(KindReader):
    describes = MATCH_HISTORY
    parsed = ("line", "winner")

    def __init__(self, book: LabelBook, leagues: Leagues):
        super().__init__(book, leagues)
        self.pairing: dict[tuple, tuple] = {}
        self.line, self.winner = self.parser("line"), self.parser("winner")

    def check_team(self, series: str, team: str) -> None:
        """A line without its teams is a line all the same."""

    def convert(self, idx: int, row: Any) -> tuple | None:
        league_no = self.leagues[row.league]
        if league_no is None:
            return None
        pair = (league_no, row.home_team, row.away_team)
        home_no, away_no, home, away, pair_key = self.pairing.get(pair) or self.number_pair(pair)
        date, facts = self.day(row.date), self.facts(row)
        id_1, id_2 = (row.home_player_1_id or "").strip(), (row.home_player_2_id or "").strip()
        id_3, id_4 = (row.away_player_1_id or "").strip(), (row.away_player_2_id or "").strip()
        name_1, name_2 = (row.home_player_1_name or "").strip(), (row.home_player_2_name or "").strip()
        name_3, name_4 = (row.away_player_1_name or "").strip(), (row.away_player_2_name or "").strip()
        scores, source_id = (row.scores or "").strip(), (row.source_id or "").strip()
        won, line = self.winner(row.winner), self.line(row.line)
        a, b = id_1 or folded(name_1), id_2 or folded(name_2)
        c, d = id_3 or folded(name_3), id_4 or folded(name_4)
        if b < a:
            a, b = b, a
        if d < c:
            c, d = d, c
        people = (id_1, id_2, id_3, id_4, name_1, name_2, name_3, name_4)
        key = digest(f"{pair_key}\n{date}\n{a}\n{b}\n{c}\n{d}")
        rest = (scores, won, source_id)
        whole = digest("\n".join((key, home, away, *people, *rest, str(line), *map(str, facts))))
        return idx, league_no, home_no, away_no, date, line, home, away, *people, *rest, key, whole, *facts

    def number_pair(self, pair: tuple) -> tuple:
        league_no, home, away = pair[0], (pair[1] or "").strip(), (pair[2] or "").strip()
        numbers = (self.number_label((league_no, "", team, "")) for team in (home, away))
        pair_key = f"{folded(home)}\n{folded(away)}"
        found = self.pairing[pair] = (*numbers, home, away, pair_key)
        return found


def folded(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").split())


def digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=12).hexdigest()
