from hashlib import blake2b
from typing import Any

from etlimport.kinds import MATCH_HISTORY, StagedRow
from etlimport.kinds.values import Memo, parse_datetime, plain_id, set_scores
from etlimport.read.converters.converter import LeagueNumbers, RowConverter
from etlimport.read.converters.placeholders import names_a_team
from etlimport.read.converters.score_sides import ScoreSides
from etlimport.read.file_report import Witness
from etlimport.read.label_book import LabelBook
from etlimport.read.rejected import Rejected
from leagues.line_digests import digests_of_folded
from leagues.names import folded as folded_name
from leagues.names import without_marks

HEADINGS = ("%B %d, %Y", "%b %d, %Y", "%A, %B %d, %Y")

TeamsOfRow = tuple[int, str | None, str | None]
"""(number of the league, home team, away team) as a row spells them."""

NumberedTeams = tuple[int, int, str, str, str]
"""(number of the home team's label, of the away team's, home team, away team, key of both)."""


class Names(dict[str | None, tuple[str, str]]):
    """Each name met so far without the marks behind it, and its folded form."""

    def __missing__(self, written: str | None) -> tuple[str, str]:
        name = without_marks((written or "").strip())
        found = self[written] = name, folded_name(name)
        return found


class MatchLines(RowConverter):
    describes = MATCH_HISTORY
    key = ("league", "date")

    def __init__(self, book: LabelBook, leagues: LeagueNumbers) -> None:
        super().__init__(book, leagues)
        self.numbered: dict[TeamsOfRow, NumberedTeams] = {}
        self.names = Names()
        self.line, self.winner = self.parser("line"), self.parser("winner")
        self.sides, self.headings = ScoreSides(), Memo(is_date)
        self.look_at, self.heading_count = self.sides.look_at, 0

    def check_team(self, series: str, team: str) -> None:
        """A match line without teams is not rejected, unlike one against nobody."""
        if team and not names_a_team(series, team):
            raise Rejected(f"names no team: {team[:60]!r}")

    def convert(self, idx: int, row: Any) -> StagedRow | None:
        league_no = self.leagues[row.league, row.season]
        if league_no is None:
            return None
        date, facts = self.day(row.date), self.facts(row)  # first, so that a row that is rejected adds no team
        scores = self.sides.from_home_side(set_scores(row.scores), row.league)
        if self.headings[scores]:
            self.heading_count += 1
            raise Rejected(f"is a heading, no line: its scores are {scores!r}")
        teams = (league_no, row.home_team, row.away_team)
        home_no, away_no, home, away, teams_key = self.numbered.get(teams) or self.number_teams(teams)
        id_1, id_2 = plain_id(row.home_player_1_id), plain_id(row.home_player_2_id)
        id_3, id_4 = plain_id(row.away_player_1_id), plain_id(row.away_player_2_id)
        (name_1, key_1), (name_2, key_2) = self.names[row.home_player_1_name], self.names[row.home_player_2_name]
        (name_3, key_3), (name_4, key_4) = self.names[row.away_player_1_name], self.names[row.away_player_2_name]
        source_id, won, line = plain_id(row.source_id), self.winner(row.winner), self.line(row.line)
        name_keys = (key_1, key_2, key_3, key_4)
        a, b, c, d = (each or key for each, key in zip((id_1, id_2, id_3, id_4), name_keys, strict=True))
        if b < a:
            a, b = b, a
        if d < c:
            c, d = d, c
        who = (id_1, id_2, id_3, id_4, name_1, name_2, name_3, name_4)
        key = digest(f"{teams_key}\n{date}\n{a}\n{b}\n{c}\n{d}")
        named = [key or each for key, each in zip(name_keys, (id_1, id_2, id_3, id_4), strict=True)]
        people, result = digests_of_folded(named, scores, won)
        rest = (scores, won, source_id, key, people, result)
        return idx, league_no, home_no, away_no, date, line, home, away, *who, *rest, 0, *facts

    def witness(self, idx: int, row: Any, league_no: int) -> Witness | None:
        """A line of these two teams, on this day if it can be read; nothing for a heading."""
        if self.headings[self.readable("scores", row) or ""]:
            return None
        home_no, away_no = (self.known_label(row, league_no, name) for name in ("home_team", "away_team"))
        if home_no is None or away_no is None:
            return None
        date = self.readable("date", row)
        return Witness(idx, self.describes.name, league_no, home_no=home_no, away_no=away_no, date=date)

    def remarks(self) -> list[str]:
        said = [f"{self.heading_count:,} rows are headings, no lines"] if self.heading_count else []
        return said + list(self.sides.remarks())

    def number_teams(self, teams: TeamsOfRow) -> NumberedTeams:
        league_no, home, away = teams[0], (teams[1] or "").strip(), (teams[2] or "").strip()
        home_no, away_no = (self.number_label((league_no, "", team, "")) for team in (home, away))
        found = self.numbered[teams] = home_no, away_no, home, away, f"{folded(home)}\n{folded(away)}"
        return found


def is_date(scores: str) -> bool:
    """Whether scores are a date such as `April 9, 2025`, which sources write above the lines of a day."""
    return bool(scores) and scores[0].isalpha() and parse_datetime(scores, HEADINGS) is not None


def folded(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").split())


def digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=12).hexdigest()
