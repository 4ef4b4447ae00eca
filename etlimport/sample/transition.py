"""Writes the snapshot that follows one of `make_snapshot`, and `truth.json`, which tells what has changed."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

from etlimport.sample.changes import (
    BROKEN_DATES,
    BROKEN_NUMBER,
    NEWCOMER_EVERY,
    Labels,
    Moves,
    TeamLabel,
    altered_name,
    broken_player,
    changed_plan,
    corrected,
    digest,
    is_valid,
    new_id,
    pseudo_random,
    renamed_clubs,
    roles,
)
from etlimport.sample.files import Row, encode, rows_of
from etlimport.sample.people import ID_LETTERS
from etlimport.sample.plan import TRUTH_FILE, LeaguePlan, make_room, save_plans, saved_plans
from etlimport.sample.snapshot import Counts, Progress, write_files
from etlimport.sample.truth import Truth
from etlimport.sample.words import GIVEN, surname

SIDES = ("Home Player 1", "Home Player 2", "Away Player 1", "Away Player 2")


def make_next(
    of: Path, out: Path, seed: int = 1, common_tail: bool = False, progress: Progress | None = None
) -> Counts:
    """Write the snapshot that follows the sample in `of` into `out`, with `truth.json`. It replaces an earlier sample.

    `common_tail`: whether new player ids keep the end of the old ones. `progress` is called with the number of rows
    written so far. Raises ValueError if `of` is no sample or is `out` itself, or if `out` holds JSON files that are not
    a sample; OSError if `out` cannot be written.
    """
    plans = saved_plans(of)
    if of.resolve() == out.resolve():
        raise ValueError(f"the next snapshot needs a folder of its own, not {of}")
    make_room(out)
    truth, counts, role_of = Truth(), Counts(), roles(seed)
    new_plans = []
    for plan in plans:
        league = NextLeague(plan, role_of.get(plan.kind, "unchanged"), seed, common_tail, of, truth)
        new_plans.append(league.new)
        write_files(league, of / plan.folder, out / plan.folder, counts, progress)
        counts.players += league.player_count()
    save_plans(out, new_plans)
    truth.write(out / TRUTH_FILE)
    return counts


class NextLeague:
    """The next snapshot of one league: for each kind of file, a method of its name yields the rows."""

    def __init__(self, plan: LeaguePlan, role: str, seed: int, common_tail: bool, of: Path, truth: Truth) -> None:
        self.old, self.role, self.seed, self.common_tail = plan, role, seed, common_tail
        self.folder, self.truth = of / plan.folder, truth
        self.new = changed_plan(plan, role, seed)
        self.team_field = "Team" if plan.other_spelling else "Series Mapping ID"
        self.league_field = "source_league" if plan.other_spelling else "league_id"
        self.random = Random(f"next {seed} {plan.folder}")
        self.moves = self.survey()
        clubs = {self.plain_club(team) for team in self.moves.teams}
        renamed = renamed_clubs(clubs, seed) if role == "restyled" else {}
        self.labels = Labels(plan, self.new, renamed)
        self.gone = {self.moves.teams[number].team for number in self.moves.dissolved}
        self.newcomers = 0
        truth.leagues[plan.code] = self.new.code
        self.record_truth()

    def survey(self) -> Moves:
        """Read from the old players file which players are on which teams."""
        numbers: dict[TeamLabel, int] = {}
        spots: dict[str, list[int]] = {}
        for row in self.valid("players"):
            number = numbers.setdefault(self.team_of(row), len(numbers))
            player_spots = spots.setdefault(row["Player ID"], [])
            if number not in player_spots:
                player_spots.append(number)
        return Moves(self.seed, self.old.folder, numbers, spots)

    def plain_club(self, team: TeamLabel) -> str:
        if self.old.kind == "divisions":
            return team.club[: -len(team.series.split()[-1])].rstrip(" #")
        return team.club.removesuffix(" II").removesuffix(" I")

    def valid(self, kind: str) -> Iterator[Row]:
        """The rows of the old file without those that an earlier `make_next` broke or repeated on purpose."""
        path = self.folder / f"{kind}.json"
        before = None
        for row in rows_of(path) if path.is_file() else ():
            if is_valid(row, kind) and row != before:
                before = dict(row)
                yield row

    def id_of(self, old_id: str) -> str:
        if self.role != "rekeyed":
            return old_id
        return new_id(self.new, self.seed, old_id, self.common_tail)

    def player_count(self) -> int:
        return self.newcomers + sum(bool(self.moves.next_spots(player)) for player in self.moves.spots)

    def record_truth(self) -> None:
        moves, code = self.moves, self.old.code
        old_anchors: dict[int, str] = {}
        new_anchors: dict[int, str] = {}
        both: dict[int, str] = {}
        for player, spots in moves.spots.items():
            after = moves.next_spots(player)
            new = self.id_of(player) if after else None
            self.truth.players.append(encode({"league": code, "old_id": player, "new_id": new}))
            if len(spots) == 1:
                old_anchors.setdefault(spots[0], player)
            if len(after) == 1:
                (target,) = after.values()
                new_anchors.setdefault(target, player)
                if spots == [target]:
                    both.setdefault(target, player)
        for number, team in enumerate(moves.teams):
            old = {"series": team.series, "team": team.team}
            row: Row = {"league": code, "old": old, "new": None, "old_anchor": None, "new_anchor": None}
            row["old_anchor"] = both.get(number, old_anchors.get(number))
            if number not in moves.dissolved:
                row["new"] = {"series": self.labels.series(team.series), "team": self.labels.team(team.team)}
                anchor = both.get(number, new_anchors.get(number))
                row["new_anchor"] = self.id_of(anchor) if anchor else None
            self.truth.teams.append(row)

    # The files

    def players(self) -> Iterator[object]:
        file = f"{self.old.folder}/players"
        kept = 0
        for row in self.valid("players"):
            player = row["Player ID"]
            target = self.moves.next_spots(player).get(self.moves.numbers[self.team_of(row)])
            if target is None:
                continue
            row = self.next_player(row, player, self.moves.teams[target])
            kept += 1
            yield row
            if self.role == "recoded" and kept in (5, 9, 14, 20):
                self.truth.count("invalid_rows", file)
                yield broken_player(row, kept)
            if self.role == "recoded" and kept in (3, 11):
                what = "duplicate_rows" if kept == 3 else "contradicting_rows"
                self.truth.count(what, file)
                yield row if kept == 3 else {**row, "PTI": BROKEN_NUMBER, "Losses": type(row["Losses"])(99)}
            if kept % NEWCOMER_EVERY == 0:
                yield self.newcomer(row)

    def team_of(self, row: Row) -> TeamLabel:
        return TeamLabel(row["Series"], row[self.team_field], row["Club"])

    def next_player(self, row: Row, player: str, team: TeamLabel) -> Row:
        first, last = altered_name(self.role, self.seed, player, row["First Name"], row["Last Name"])
        club = self.labels.club_of_player(team.club)
        row = row | {"League": self.new.code, "Player ID": self.id_of(player)}
        row |= {"First Name": first, "Last Name": last, "Club": club}
        row |= {"Series": self.labels.series(team.series), self.team_field: self.labels.team(team.team)}
        row["Location ID"] = club.upper().replace(" ", "_")
        if pseudo_random(self.seed, "played", player) < 0.2:
            row["Wins"] = type(row["Wins"])(int(row["Wins"]) + 1)
        return row

    def newcomer(self, mate: Row) -> Row:
        """A new player on the team of this one."""
        self.newcomers += 1
        random = self.random
        player = self.new.id_prefix + "".join(random.choices(ID_LETTERS, k=14))
        zero = type(mate["Wins"])(0)
        row = mate | {"Player ID": player, "First Name": random.choice(GIVEN), "Last Name": surname(random)}
        captain = "No" if self.old.other_spelling else ""
        return row | {"Wins": zero, "Losses": zero, "Win %": "0.0%", "Captain": captain}

    def schedules(self) -> Iterator[object]:
        file = f"{self.old.folder}/schedules"
        kept = 0
        for number, row in enumerate(self.valid("schedules")):
            if self.is_gone(row["home_team"]) or self.is_gone(row["away_team"]):
                continue
            labels = self.labels
            row |= {"home_team": labels.team(row["home_team"]), "away_team": labels.team(row["away_team"])}
            row |= {"series": labels.series(row["series"]), "location": labels.location(row["location"])}
            row["League"] = self.new.code
            if row["time"] and pseudo_random(self.seed, "time", number) < 0.03:
                row["time"] = "07:15 pm"
            kept += 1
            yield row
            if self.role == "restyled" and kept in (3, 4, 6):
                self.truth.count("invalid_rows", file)
                broken: dict[int, Row] = {3: {"date": BROKEN_DATES[0]}, 4: {"date": ""}, 6: {"home_team": None}}
                yield row | broken[kept]

    def is_gone(self, scheduled: str) -> bool:
        """Whether a label of a schedule names a dissolved team, also if it repeats the series."""
        label = scheduled.split(" - Series ")[0]
        *_, tail = label.rsplit(self.old.separator, 1)
        once = label.removesuffix(self.old.separator + tail)
        return label in self.gone or (once.endswith(self.old.separator + tail) and once in self.gone)

    def series_stats(self) -> Iterator[object]:
        for number, row in enumerate(self.valid("series_stats")):
            if row["team"] in self.gone:
                continue
            row |= {"series": self.labels.series(row["series"]), "team": self.labels.team(row["team"])}
            row["league_id"] = self.new.code
            if pseudo_random(self.seed, self.old.folder, "standing", number) < 0.03:
                row["points"] += 1
            yield row

    def match_history(self) -> Iterator[object]:
        file = f"{self.old.folder}/match_history"
        match, number, last = None, 0, None
        for index, row in enumerate(self.valid("match_history")):
            present = (row["Date"], row["Home Team"], row["Away Team"])
            number, match = (number + 1 if present == match else 1), present
            if pseudo_random(self.seed, self.old.folder, "score", index) < 0.01 and row["Winner"] != "unknown":
                self.truth.count("corrected_scores", file)
                row["Scores"] = corrected(row["Scores"])
            last = self.next_line(row, number, digest(self.seed, *present).hex()[:12])
            yield last
        for index, row in enumerate(self.valid("match_history")):
            if index % 10 == 0 and self.plays_on(row):
                row |= {
                    "Date": f"{1 + index // 10 % 30:02d}-Sep-25",
                    "Scores": "6-4, 5-7, 6-2",
                    "Winner": "home",
                }
                yield self.next_line(row, 1, f"new{index:07d}")
        if last and (self.role == "recoded" or (self.role == "rekeyed" and self.old.kind != "ladder")):
            self.truth.count("invalid_rows", file)
            yield last | {"Date": BROKEN_DATES[1]} | ({"match_id": "m-broken"} if self.new.match_ids else {})

    def next_line(self, row: Row, number: int, match: str) -> Row:
        row |= {
            "Home Team": self.labels.team(row["Home Team"]),
            "Away Team": self.labels.team(row["Away Team"]),
        }
        row[self.league_field] = self.new.code
        for side in SIDES:
            player = row[f"{side} ID"]
            if player and self.moves.next_spots(player):
                row[f"{side} ID"] = self.id_of(player)
        if self.new.match_ids and "match_id" not in row:
            row |= {"Line": f"Line {number}", "match_id": f"m-{match}_Line{number}"}
        elif "match_id" in row and match.startswith("new"):
            row["match_id"] = f"m-{match}_Line{number}"
        return row

    def plays_on(self, row: Row) -> bool:
        """Whether all players of this line are still on their teams, so that they may play another line."""
        players = [row[f"{side} ID"] for side in SIDES if row[f"{side} ID"]]
        return bool(players) and all(map(self.moves.is_unchanged, players))

    def player_history(self) -> Iterator[object]:
        for row in self.valid("player_history"):
            player = row["player_id"]
            if not self.moves.next_spots(player):
                continue
            series = self.labels.series(row["series"])
            row |= {"league_id": self.new.code, "player_id": self.id_of(player), "series": series}
            row["club"] = self.labels.club_of_player(row["club"])
            played = pseudo_random(self.seed, "rated", player)
            for entry in row["matches"]:
                entry["series"] = self.labels.series(entry["series"])
            if played < 0.5:
                day = f"09/{1 + int(played * 50):02d}/2025"
                row["matches"].insert(0, {"date": day, "end_pti": row["rating"], "series": series})
            yield row
