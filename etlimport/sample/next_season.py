"""Writes the snapshot with which a new season begins, and `truth.json`, which tells who plays on as what."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from etlimport.sample.changes import TeamLabel, is_valid, pseudo_random
from etlimport.sample.files import Row, encode, rows_of
from etlimport.sample.people import ID_LETTERS
from etlimport.sample.plan import TRUTH_FILE, LeaguePlan, make_room, save_plans, saved_plans
from etlimport.sample.snapshot import Counts, Progress, write_files
from etlimport.sample.truth import Truth
from etlimport.sample.words import GIVEN, surname

YEAR = timedelta(weeks=52)
GONE, EXCHANGED = 0.2, 0.125
"""The share of the players who do not play on, and of the teams that exchange their label with another one."""

NEWCOMER_EVERY = 6
SUFFIX = re.compile(r"\s+\S*$")
"""The last word of what players files call the club, which may be that of the team: `Elm 5a`."""


def make_next_season(
    of: Path, out: Path, seed: int = 1, early: bool = False, progress: Progress | None = None
) -> Counts:
    """Write the snapshot with which the season after that of the sample in `of` begins into `out`, with `truth.json`.

    `early`: whether the players files alone are of the new season, and all others still of the last one. The rest is as
    in `make_next`.
    """
    plans = saved_plans(of)
    if of.resolve() == out.resolve():
        raise ValueError(f"the next season needs a folder of its own, not {of}")
    make_room(out)
    truth, counts = Truth(), Counts()
    for plan in plans:
        league = LeagueOfNextSeason(plan, seed, early, of, truth)
        write_files(league, of / plan.folder, out / plan.folder, counts, progress)
        counts.players += league.player_count
    save_plans(out, plans)
    truth.write(out / TRUTH_FILE)
    return counts


class LeagueOfNextSeason:
    """One league at the beginning of a season: for each kind of file, a method of its name yields the rows."""

    def __init__(self, plan: LeaguePlan, seed: int, early: bool, of: Path, truth: Truth) -> None:
        self.plan, self.seed, self.early, self.folder = plan, seed, early, of / plan.folder
        self.team_field = "Team" if plan.other_spelling else "Series Mapping ID"
        self.random = Random(f"season {seed} {plan.folder}")
        self.player_count = 0
        people = {row["Player ID"]: None for row in self.valid("players")}
        teams = {self.team_of(row): None for row in self.valid("players")}
        self.label_now = exchanged_labels(list(teams), self.random)
        truth.leagues[plan.code] = plan.code
        for player in people:
            new_id = None if self.is_gone(player) else player
            truth.players.append(encode({"league": plan.code, "old_id": player, "new_id": new_id}))
        for team in teams:
            truth.teams.append({"league": plan.code, "old": team.team, "new": self.label_now.get(team, team).team})

    def valid(self, kind: str) -> Iterator[Row]:
        path = self.folder / f"{kind}.json"
        return (row for row in (rows_of(path) if path.is_file() else ()) if is_valid(row, kind))

    def team_of(self, row: Row) -> TeamLabel:
        return TeamLabel(row["Series"], row[self.team_field], row["Club"])

    def is_gone(self, player: str) -> bool:
        return pseudo_random(self.seed, self.plan.folder, "gone", player) < GONE

    # The files

    def players(self) -> Iterator[Row]:
        kept: set[str] = set()
        for row in self.valid("players"):
            if self.is_gone(row["Player ID"]):
                continue
            team = self.team_of(row)
            now = self.label_now.get(team, team)
            zero = type(row["Wins"])(0)
            row |= {"Series": now.series, self.team_field: now.team, "Club": now.club, "Win %": "0.0%"}
            row |= {"Wins": zero, "Losses": zero}
            kept.add(row["Player ID"])
            yield row
            if len(kept) % NEWCOMER_EVERY == 0:
                newcomer = self.newcomer(row)
                kept.add(newcomer["Player ID"])
                yield newcomer
        self.player_count = len(kept)

    def newcomer(self, mate: Row) -> Row:
        """A new player on the team of this one."""
        player = self.plan.id_prefix + "".join(self.random.choices(ID_LETTERS, k=14))
        captain = "No" if self.plan.other_spelling else ""
        name = {"First Name": self.random.choice(GIVEN), "Last Name": surname(self.random)}
        return mate | name | {"Player ID": player, "Captain": captain, "PTI": "N/A"}

    def schedules(self) -> Iterator[Row]:
        rows = self.valid("schedules")
        return rows if self.early else (row | {"date": a_year_later(row["date"])} for row in rows)

    def series_stats(self) -> Iterator[Row]:
        rows = self.valid("series_stats")
        return rows if self.early else (at_zero(row) for row in rows)

    def match_history(self) -> Iterator[Row]:
        """Nothing was played yet: the file still has the lines of last season."""
        return self.valid("match_history")

    def player_history(self) -> Iterator[Row]:
        return self.valid("player_history")


def exchanged_labels(teams: list[TeamLabel], random: Random) -> dict[TeamLabel, TeamLabel]:
    """The new labels of teams that went up or down: two teams of a club exchange theirs."""
    by_club: dict[str, list[TeamLabel]] = defaultdict(list)
    for team in teams:
        by_club[SUFFIX.sub("", team.club)].append(team)
    moved: dict[TeamLabel, TeamLabel] = {}
    for of_club in by_club.values():
        random.shuffle(of_club)
        for one, other in zip(of_club[::2], of_club[1::2], strict=False):
            if one.series != other.series and len(moved) < EXCHANGED * len(teams):
                moved |= {one: other, other: one}
    return moved


def a_year_later(date: str) -> str:
    return (datetime.strptime(date, "%m/%d/%Y") + YEAR).strftime("%m/%d/%Y")


def at_zero(value: Any) -> Any:
    """A standing whose figures are all zero."""
    if isinstance(value, dict):
        return {name: at_zero(inner) for name, inner in value.items()}
    if isinstance(value, str):
        return "0.0%" if value.endswith("%") else value
    return 0
