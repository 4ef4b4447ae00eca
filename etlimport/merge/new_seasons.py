"""What a run says of the seasons it opened, in one sentence each."""

from itertools import pairwise

from etlimport import database
from etlimport.resolve.seasons import LeagueSeasons

NUMBERS = """
    SELECT
        (SELECT count(*) FROM leagues_team t WHERE t.season_id = {before}),
        (SELECT count(*) FROM leagues_team t WHERE t.season_id = {season}),
        (SELECT count(DISTINCT player_id) FROM ({people_before}) b),
        (SELECT count(DISTINCT player_id) FROM ({people_now}) n WHERE player_id IN ({people_before})),
        (SELECT count(DISTINCT player_id) FROM ({people_now}) n WHERE player_id NOT IN ({people_before})),
        (SELECT count(*) FROM leagues_team t JOIN leagues_team o ON o.id = t.previous_id
         WHERE t.season_id = {season} AND t.name <> o.name)"""
PEOPLE = """
    SELECT r.player_id FROM leagues_rosterspot r JOIN leagues_team t ON t.id = r.team_id
    WHERE r.is_active AND t.season_id = {season}"""


def describe_new_seasons(leagues: list[LeagueSeasons]) -> list[str]:
    """A sentence for each season that was opened in a league which had one before. To be called after the merge."""
    ids = dict(database.rows("SELECT no, target_id FROM w_season"))
    names = dict(database.rows("SELECT no, name FROM w_league"))
    return [
        describe_new_season(names[league.league_no], season.name, ids[season.no], ids[earlier.no], league.reasons)
        for league in leagues
        for earlier, season in pairwise(league.seasons)
        if season in league.opened and league.league_no in names
    ]


def describe_new_season(league: str, name: str, season: int, before: int, reasons: list[str]) -> str:
    """`season` and `before`: the ids of the new season and of the one before; `reasons`: what said that it is one."""
    why = f" ({'; '.join(reasons)})" if reasons else ""
    people_before, people_now = PEOPLE.format(season=int(before)), PEOPLE.format(season=int(season))
    ((teams_before, teams, players, carry_on, newcomers, renamed),) = database.rows(
        NUMBERS.format(before=int(before), season=int(season), people_before=people_before, people_now=people_now)
    )
    parts = [f"{teams_before:,} → {teams:,} teams"]
    if carry_on or newcomers:
        parts.append(f"{carry_on:,} of {players:,} players carry on, {newcomers:,} newcomer{'s' * (newcomers != 1)}")
    if renamed:
        parts.append(f"{renamed:,} team{'s play' if renamed != 1 else ' plays'} on under another label")
    return f"New season {name} of {league}: {'; '.join(parts)}{why}"
