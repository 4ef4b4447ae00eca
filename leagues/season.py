"""What the pages show of a season: standings, schedules, results, rosters. Each takes a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import Coalesce, NullIf, Rank
from django.utils import timezone

from leagues.models import (
    CaptainMessage,
    League,
    MatchScore,
    Player,
    PracticeTime,
    RosterSpot,
    ScheduledMatch,
    Season,
    Series,
    Standing,
    Team,
)
from leagues.rating_chart import RatingChart
from leagues.scores import from_away_side
from leagues.season_keys import order_of

SEATS = ("home_player_1", "home_player_2", "away_player_1", "away_player_2")
TEAM_RELATIONS = ("league", "season", "series", "club")


@dataclass
class Side:
    """One side of a line: its team, or the label of a team the import did not find, and its players' names."""

    label: str
    team: Team | None
    players: list[str]
    won: bool


@dataclass
class Line:
    """A line as one of the two sides sees it; `scores` are written from their view."""

    number: int | None
    scores: str
    us: Side
    them: Side


@dataclass
class Result:
    """A match as one of its teams sees it."""

    date: date
    opponent: Side
    at_home: bool
    lines: list[Line] = field(default_factory=list)

    @property
    def won(self) -> int:
        return sum(line.us.won for line in self.lines)

    @property
    def lost(self) -> int:
        return sum(line.them.won for line in self.lines)


class Table(list[Standing]):
    """The standings of a series, best team first. Each has its `place`, which equal ones share."""

    def tells(self, *columns: str) -> bool:
        """Whether any team has something else than nothing in one of these columns."""
        return any(getattr(row, column) for row in self for column in columns)

    @property
    def tells_points(self) -> bool:
        return self.tells("points")

    @property
    def tells_matches(self) -> bool:
        return self.tells("matches_won", "matches_lost")

    @property
    def tells_lines(self) -> bool:
        return self.tells("lines_won", "lines_lost")

    @property
    def tells_sets(self) -> bool:
        return self.tells("sets_won", "sets_lost")


PLAYED = Coalesce("matches_won", 0) + Coalesce("matches_lost", 0) + Coalesce("matches_tied", 0)
BEST_FIRST = (
    F("points").desc(nulls_last=True),
    (Coalesce("matches_won", 0) * 1.0 / NullIf(PLAYED, 0)).desc(nulls_last=True),
    F("matches_lost").asc(nulls_last=True),
)
"""More points first, then a larger share of matches won, then fewer lost, as the tables of the sources do."""


def series_in(league: League, season: Season | None) -> QuerySet[Series]:
    """The series in which teams play in a season, each with their number as `team_count`."""
    playing = Count("teams", filter=Q(teams__is_active=True, teams__season=season))
    return Series.objects.filter(league=league).annotate(team_count=playing).filter(team_count__gt=0)


def standings(series: Series, season: Season | None = None) -> Table:
    """Of a season, or of the current one."""
    related = [f"team__{name}" for name in TEAM_RELATIONS]
    of_season = Q(team__season=season) if season else Q(team__season__is_current=True)
    return Table(
        Standing.objects.filter(of_season, team__series=series, team__is_active=True, is_active=True)
        .select_related(*related)
        .annotate(place=Window(Rank(), order_by=BEST_FIRST))
        .order_by("place", "team__name")
    )


def schedule() -> QuerySet[ScheduledMatch]:
    related = [f"{side}__{name}" for side in ("home_team", "away_team") for name in TEAM_RELATIONS]
    return ScheduledMatch.objects.filter(is_active=True).select_related(*related)


def scheduled_for(team: Team) -> QuerySet[ScheduledMatch]:
    """All of the team's matches, earliest first."""
    return schedule().filter(Q(home_team=team) | Q(away_team=team))


def upcoming(team: Team) -> QuerySet[ScheduledMatch]:
    """The team's matches from today on, earliest first."""
    return scheduled_for(team).filter(date__gte=timezone.localdate())


def upcoming_in(series: Series, season: Season) -> QuerySet[ScheduledMatch]:
    return schedule().filter(series=series, season=season, date__gte=timezone.localdate())


def scheduled_in(series: Series, season: Season) -> QuerySet[ScheduledMatch]:
    """All matches of a season, earliest first."""
    return schedule().filter(series=series, season=season)


def other_years(team: Team) -> list[Team]:
    """The teams that have the same label in other seasons, and the ones it was before and became, the latest first."""
    same_label = Q(series=team.series_id, club=team.club_id, squad=team.squad)
    linked = Q(pk=team.previous_id) | Q(previous=team)
    others = Team.objects.filter(same_label | linked, league=team.league_id).exclude(pk=team.pk).distinct()
    return sorted(
        others.select_related(*TEAM_RELATIONS), key=lambda other: (order_of(other.season.key), other.name), reverse=True
    )


def practices(team: Team) -> QuerySet[PracticeTime]:
    return team.practice_times.filter(date__gte=timezone.localdate())


def team_messages(team: Team) -> QuerySet[CaptainMessage]:
    """Latest first."""
    return team.captain_messages.select_related("author")


def written_by_its_people(team: Team) -> dict[str, QuerySet[Any]]:
    """What the people of a team wrote for one another, by its name in the page. Only for them: ask `access` first."""
    return {
        "team_messages": team_messages(team),
        "polls": team.polls.all(),
        "practices": team.practice_times.all(),
    }


BY_NAME = ("player__last_name", "player__first_name")


def roster(team: Team, *, best_first: bool = False) -> QuerySet[RosterSpot]:
    """Captains first, then by name; or the best ratings first, as the league counts them. Substitutes last."""
    order: tuple[Any, ...] = ("-is_captain", "-is_co_captain")
    if best_first:
        rating = F("player__pti")
        order = (rating.asc(nulls_last=True) if team.league.lower_rating_is_better else rating.desc(nulls_last=True),)
    spots = RosterSpot.objects.filter(team=team, is_active=True, player__is_active=True)
    return spots.select_related("player__league").order_by("is_substitute", *order, *BY_NAME)


LATEST_SEASON_FIRST = ("-team__season__is_current", F("team__season__starts_on").desc(nulls_last=True))


def teams_of(player: Player) -> QuerySet[RosterSpot]:
    related = [f"team__{name}" for name in TEAM_RELATIONS]
    return (
        RosterSpot.objects.filter(player=player, is_active=True, team__is_active=True)
        .select_related(*related)
        .order_by(*LATEST_SEASON_FIRST, "is_substitute", "team__series__name", "team__name")
    )


MOST_RATINGS = 1000
"""In a chart, which shows no more."""


def rating_chart(player: Player) -> RatingChart:
    """The ratings of all seasons. Of a player's many thousand the latest ones are shown."""
    latest = player.history.filter(end_pti__isnull=False).order_by("-date", "-occurrence")
    rated = latest.values_list("date", "end_pti")[:MOST_RATINGS]
    seasons = Season.objects.filter(league=player.league_id, starts_on__isnull=False).values_list("starts_on", "name")
    return RatingChart(
        ratings=[(day, float(rating)) for day, rating in rated if rating is not None][::-1],
        lower_is_better=player.league.lower_rating_is_better,
        seasons=[(starts_on, name) for starts_on, name in seasons if starts_on],
    )


MatchLabel = tuple[date, str, str]
"""A match that was played: its day and the labels of its teams."""


def played(team: Team) -> QuerySet[MatchScore, MatchLabel]:
    """The matches of which lines of the team are known, latest first."""
    labels = lines_of_team(team).values_list("date", "home_label", "away_label")
    return labels.order_by("-date", "home_label", "away_label").distinct()


def results(team: Team, limit: int) -> list[Result]:
    """The team's latest matches, latest first, each with its lines."""
    return results_of(team, list(played(team)[:limit]))


def results_of(team: Team, labels: list[MatchLabel]) -> list[Result]:
    """These matches of the team with their lines, latest first."""
    if not labels:
        return []
    days, wanted = [day for day, *_ in labels], set(labels)
    lines = lines_of_team(team).filter(date__range=(min(days), max(days)))
    return matches(
        (line, line.home_team_id == team.pk)
        for line in lines
        if (line.date, line.home_label, line.away_label) in wanted
    )


def lines_of_team(team: Team) -> QuerySet[MatchScore]:
    return scores().filter(Q(home_team=team) | Q(away_team=team), season=team.season_id)


def lines_of(player: Player, limit: int) -> list[Result]:
    """The latest lines the player played, latest first, each as a match of one line."""
    seated = Q()
    for seat in SEATS:
        seated |= Q(**{seat: player})
    played = scores().filter(seated)[:limit]
    at_home = {player.pk}
    return [as_result(line, bool(at_home & {line.home_player_1_id, line.home_player_2_id}), [line]) for line in played]


def scores() -> QuerySet[MatchScore]:
    """The lines that the source has not taken back."""
    related = [f"{side}__{name}" for side in ("home_team", "away_team") for name in TEAM_RELATIONS]
    return (
        MatchScore.objects.filter(is_active=True)
        .select_related(*SEATS, *related)
        .order_by("-date", "home_label", "away_label", F("line").asc(nulls_last=True), "pk")
    )


def matches(lines: Iterable[tuple[MatchScore, bool]]) -> list[Result]:
    """The matches that these lines make up. The lines of a match must follow one another.

    Each line comes with whether the team or player in question played at home.
    """

    def of_match(pair: tuple[MatchScore, bool]) -> tuple[date, str, str, bool]:
        line, at_home = pair
        return line.date, line.home_label, line.away_label, at_home

    grouped = groupby(lines, key=of_match)
    return [as_result_of(list(pairs)) for _, pairs in grouped]


def as_result_of(pairs: list[tuple[MatchScore, bool]]) -> Result:
    first, at_home = pairs[0]
    return as_result(first, at_home, [line for line, _ in pairs])


def as_result(first: MatchScore, at_home: bool, lines: list[MatchScore]) -> Result:
    seen = [as_line(line, at_home) for line in lines]
    return Result(date=first.date, opponent=seen[0].them, at_home=at_home, lines=seen)


def as_line(line: MatchScore, at_home: bool) -> Line:
    home, away = side(line, "home"), side(line, "away")
    us, them = (home, away) if at_home else (away, home)
    scores = line.scores if at_home else from_away_side(line.scores)
    return Line(number=line.line, scores=scores, us=us, them=them)


def side(line: MatchScore, which: str) -> Side:
    players = []
    for number in (1, 2):
        player = getattr(line, f"{which}_player_{number}")
        name = player.full_name if player else getattr(line, f"{which}_player_{number}_name")
        players += [name] if name else []
    team = getattr(line, f"{which}_team")
    label = team.name if team else getattr(line, f"{which}_label")
    return Side(label=label, team=team, players=players, won=line.winner == which)
