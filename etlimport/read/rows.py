"""Row objects → tuples in the order of COLUMNS: one small class a kind, tuned because it runs for every row."""

from functools import lru_cache
from hashlib import blake2b
from typing import Any

from etlimport.read.fields import Entry
from etlimport.read.kind import Kind, Leagues
from etlimport.read.labels import LabelBook
from etlimport.read.shape import Rejected
from etlimport.read.values import captaincy, iso_date, iso_time, line_number, rating, whole_number, winner
from leagues.names import name_key

FIGURES = tuple(
    (name, how)
    for name, hows in (
        ("matches", ("won", "lost", "tied")),
        ("lines", ("won", "lost")),
        ("sets", ("won", "lost")),
        ("games", ("won", "lost")),
    )
    for how in hows
)
LINE_PLAYERS = ("home_player_1", "home_player_2", "away_player_1", "away_player_2")

COLUMNS: dict[str, tuple[str, ...]] = {
    "players": (
        *("idx", "league_no", "label_no", "external_id", "first_name", "last_name", "name_key", "pti"),
        *("wins", "losses", "career_wins", "career_losses", "is_captain", "is_co_captain"),
    ),
    "schedules": ("idx", "league_no", "home_no", "away_no", "date", "time", "location"),
    "series_stats": ("idx", "league_no", "label_no", "points", *(f"{name}_{how}" for name, how in FIGURES)),
    "match_history": (
        *("idx", "league_no", "home_no", "away_no", "date", "line", "home_label", "away_label"),
        *(f"{player}_id" for player in LINE_PLAYERS),
        *(f"{player}_name" for player in LINE_PLAYERS),
        *("scores", "winner", "source_id", "key", "fingerprint"),
    ),
    "player_history": ("idx", "league_no", "external_id", "date", "end_pti", "series_name"),
}

SEPARATORS = " -#–—:/\t"


class Players(Kind):
    name = "players"
    parsers = {
        "pti": rating,
        "wins": whole_number,
        "losses": whole_number,
        "career_wins": whole_number,
        "career_losses": whole_number,
        "captain": captaincy,
    }

    def __init__(self, book: LabelBook, leagues: Leagues):
        super().__init__(book, leagues)
        ratings, counts, captains = self.memos["pti"], self.memos["wins"], self.memos["captain"]
        label_no = self.label_no

        def convert(idx, row):
            league_no = leagues[row.league]
            if league_no is None:
                return None
            external_id = (row.external_id or "").strip()
            if not external_id:
                raise Rejected("no Player ID")
            first, last = (row.first_name or "").strip(), (row.last_name or "").strip()
            if not first and not last:
                raise Rejected("no name: First Name and Last Name are empty")
            figures = ratings[row.pti], counts[row.wins], counts[row.losses]
            career, captain = (counts[row.career_wins], counts[row.career_losses]), captains[row.captain]
            # Last, as a row that is rejected must not bring a team into being.
            label = (league_no, row.series, row.team, row.club)
            number = label_no.get(label)
            if number is None:
                number = self.number_label(label)
            name_key = quick_name_key(first, last)
            return idx, league_no, number, external_id, first, last, name_key, *figures, *career, *captain

        self.convert = convert


class Schedules(Kind):
    name = "schedules"
    parsers = {"date": iso_date, "time": iso_time}

    def convert(self, idx: int, row: Any) -> tuple | None:
        league_no = self.leagues[row.league]
        if league_no is None:
            return None
        home = (league_no, row.series, row.home_team, "")
        away = (league_no, row.series, row.away_team, "")
        date = self.memos["date"].get(row.date) or self.day(row.date)
        time = self.memos["time"][row.time]
        home_no, away_no = self.label_no.get(home), self.label_no.get(away)
        if home_no is None or away_no is None:
            home_no, away_no = self.number_teams(home, away)
        return idx, league_no, home_no, away_no, date, time, (row.location or "").strip()

    def number_teams(self, home: tuple, away: tuple) -> tuple[int, int]:
        named = [names_a_team(series or "", team or "") for _, series, team, _ in (home, away)]
        if not all(named):
            missing = "neither team" if not any(named) else "only one team"
            spelled = ", ".join(
                f"{side}_team is {(team[2] or '')[:60]!r}"
                for side, team, names in zip(("home", "away"), (home, away), named, strict=True)
                if not names
            )
            raise Rejected(f"names {missing}: {spelled}")
        return self.number_label(home), self.number_label(away)

    def repair(self, row: Any) -> list[str]:
        return self.repaired(row, "time", "time")


class SeriesStats(Kind):
    name = "series_stats"
    parsers = {"points": whole_number}

    def convert(self, idx: int, row: Any) -> tuple | None:
        league_no = self.leagues[row.league]
        if league_no is None:
            return None
        counts = self.memos["points"]
        figures = [counts[row.points], *(counts[getattr(getattr(row, name), how, None)] for name, how in FIGURES)]
        label = (league_no, row.series, row.team, "")
        number = self.label_no.get(label)
        if number is None:
            number = self.number_label(label)
        return idx, league_no, number, *figures

    def repair(self, row: Any) -> list[str]:
        said = self.repaired(row, "points", "points")
        for name, how in FIGURES:
            if part := getattr(row, name):
                said += self.repaired(part, how, f"{name} {how}", self.memos["points"])
        return said


class MatchHistory(Kind):
    name = "match_history"
    parsers = {"date": iso_date, "line": line_number, "winner": winner}

    def __init__(self, book: LabelBook, leagues: Leagues):
        super().__init__(book, leagues)
        self.pairing: dict[tuple, tuple] = {}

    def check_team(self, series: str, team: str) -> None:
        """A line without its teams is a line all the same."""

    def convert(self, idx: int, row: Any) -> tuple | None:
        league_no = self.leagues[row.league]
        if league_no is None:
            return None
        pair = (league_no, row.home_team, row.away_team)
        home_no, away_no, home, away, pair_key = self.pairing.get(pair) or self.number_pair(pair)
        date = self.memos["date"].get(row.date) or self.day(row.date)
        id_1, id_2 = (row.home_player_1_id or "").strip(), (row.home_player_2_id or "").strip()
        id_3, id_4 = (row.away_player_1_id or "").strip(), (row.away_player_2_id or "").strip()
        name_1, name_2 = (row.home_player_1 or "").strip(), (row.home_player_2 or "").strip()
        name_3, name_4 = (row.away_player_1 or "").strip(), (row.away_player_2 or "").strip()
        scores, source_id = (row.scores or "").strip(), (row.source_id or "").strip()
        won, line = self.memos["winner"][row.winner], self.memos["line"][row.line]
        a, b = id_1 or folded(name_1), id_2 or folded(name_2)
        c, d = id_3 or folded(name_3), id_4 or folded(name_4)
        if b < a:
            a, b = b, a
        if d < c:
            c, d = d, c
        people = (id_1, id_2, id_3, id_4, name_1, name_2, name_3, name_4)
        key = digest(f"{pair_key}\n{date}\n{a}\n{b}\n{c}\n{d}")
        whole = digest("\n".join((key, home, away, *people, scores, won, source_id, str(line))))
        return idx, league_no, home_no, away_no, date, line, home, away, *people, scores, won, source_id, key, whole

    def number_pair(self, pair: tuple) -> tuple:
        league_no, home, away = pair[0], (pair[1] or "").strip(), (pair[2] or "").strip()
        numbers = (self.number_label((league_no, "", team, "")) for team in (home, away))
        pair_key = f"{folded(home)}\n{folded(away)}"
        found = self.pairing[pair] = (*numbers, home, away, pair_key)
        return found

    def repair(self, row: Any) -> list[str]:
        return self.repaired(row, "line", "line") + self.repaired(row, "winner", "winner")


class PlayerHistory(Kind):
    """`convert` takes an entry of a player's matches; `player` tells whose they are."""

    name = "player_history"
    parsers = {"date": iso_date, "end_pti": rating}

    def player(self, row: Any) -> tuple[int, str] | None:
        """(league_no, external_id); None for a league that was not asked for. Raises Rejected."""
        league_no = self.leagues[row.league]
        if league_no is None:
            return None
        external_id = (row.external_id or "").strip()
        if not external_id:
            raise Rejected("no player_id")
        return league_no, external_id

    def convert(self, idx: int, entry: Entry, league_no: int, external_id: str) -> tuple:
        date = self.memos["date"].get(entry.date) or self.day(entry.date)
        end_pti = self.memos["end_pti"][entry.end_pti]
        return idx, league_no, external_id, date, end_pti, (entry.series or "").strip()

    def repair(self, entry: Entry) -> list[str]:
        return self.repaired(entry, "end_pti", "end_pti")


KIND_CLASSES = {cls.name: cls for cls in (Players, Schedules, SeriesStats, MatchHistory, PlayerHistory)}


def names_a_team(series: str, team: str) -> bool:
    """Not an empty label, ` - 9 SW` of the series `Chicago 9 SW`, or `BYE`."""
    said = team.strip(SEPARATORS).casefold()
    if not said or said == "bye":
        return False
    if team.strip()[:1] not in SEPARATORS:
        return True
    words, series_words = said.split(), series.casefold().split()
    return words != series_words[-len(words) :]


def quick_name_key(first: str, last: str) -> str:
    """`name_key`, without its care for the plain names that most people have."""
    if first.isalpha() and last.isalpha() and first.isascii() and last.isascii():
        return f"{first} {last}".lower()[:300]
    return remembered_name_key(first, last)


remembered_name_key = lru_cache(maxsize=50_000)(name_key)


def folded(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").split())


def digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=12).hexdigest()
